import { Draws } from "../driver.ts";

/** Numbers at which lengths, counts and fields change their meaning. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x1fffff, 0x200000, 0x7fffffff, 0x80000000];
const TOP_EDGES = [0xfffffffe, 0xffffffff];
const ALL_EDGES = [...EDGES, ...TOP_EDGES];
/** Kinds, flags and counts are in front: they are hit more often than their share of the bytes. */
const FRONT_BYTES = 48;
const NOISE_BYTES = 96;
/** Bytes by which damage may make an encoding longer. */
const GROWTH_BYTES = NOISE_BYTES + 16;
const CHUNK_BYTES = 32;

/** Makes malformed bytes out of real encodings, the same ones in each run; all in one buffer, so that it costs next to nothing. */
export class Damage {
  readonly #samples: readonly Uint8Array[];
  readonly #draws: Draws;
  readonly #room: Uint8Array;
  #length = 0;

  constructor(samples: readonly Uint8Array[], seed: number) {
    this.#samples = samples;
    this.#draws = new Draws(seed);
    this.#room = new Uint8Array(2 * Math.max(...samples.map(({ length }) => length)) + GROWTH_BYTES);
  }

  /** @returns other bytes each time; they last until the next call */
  next(): Uint8Array {
    const draws = this.#draws;
    const sample = this.#sample();
    this.#room.set(sample);
    this.#length = sample.length;
    if (draws.below(16) === 0) this.#noise();
    else for (let left = 1 + draws.below(2); left > 0; left--) this.#harm(draws.below(12));
    return this.#room.subarray(0, this.#length);
  }

  #sample(): Uint8Array {
    return this.#samples[this.#draws.below(this.#samples.length)] as Uint8Array;
  }

  #place(): number {
    const front = this.#draws.chance(0.4) ? Math.min(FRONT_BYTES, this.#length) : this.#length;
    return this.#draws.below(Math.max(1, front));
  }

  #harm(way: number): void {
    const draws = this.#draws;
    if (way === 0) this.#length = draws.below(this.#length + 1);
    else if (way === 1) this.#insert(this.#length, 1 + draws.below(8));
    else if (way === 2) this.#insert(this.#place(), 1 + draws.below(4));
    else if (way === 3) this.#remove(this.#place(), 1 + draws.below(4));
    else if (way === 4) this.#splice();
    else if (way === 5) this.#writeEdge(this.#place());
    else if (way === 6) this.#writeWide(this.#place());
    else if (way === 7) this.#repeat(this.#place(), this.#place());
    else if (way === 8) this.#room[this.#place()] = draws.below(4);
    else if (way === 9) this.#room[this.#place()] = draws.below(256);
    else this.#flip(this.#place());
  }

  #flip(at: number): void {
    this.#room[at] = (this.#room[at] as number) ^ (1 << this.#draws.below(8));
  }

  /** Bytes of no meaning, behind the real first byte every other time. */
  #noise(): void {
    const draws = this.#draws;
    this.#length = draws.below(NOISE_BYTES);
    for (let at = draws.below(2); at < this.#length; at++) this.#room[at] = draws.below(256);
  }

  #insert(at: number, count: number): void {
    if (this.#length + count > this.#room.length) return;
    this.#room.copyWithin(at + count, at, this.#length);
    this.#length += count;
    const isZero = this.#draws.chance(0.3);
    for (let each = at; each < at + count; each++) this.#room[each] = isZero ? 0 : this.#draws.below(256);
  }

  #remove(at: number, count: number): void {
    const taken = Math.min(count, this.#length - at);
    if (taken <= 0) return;
    this.#room.copyWithin(at, at + taken, this.#length);
    this.#length -= taken;
  }

  /** Goes on with another encoding, at the same place or anywhere in it. */
  #splice(): void {
    const other = this.#sample();
    const at = this.#draws.below(this.#length + 1);
    const from = this.#draws.chance(0.6) ? Math.min(at, other.length) : this.#draws.below(other.length + 1);
    const count = Math.min(other.length - from, this.#room.length - at);
    this.#room.set(other.subarray(from, from + count), at);
    this.#length = at + count;
  }

  #writeEdge(at: number): void {
    if (at + 4 > this.#length) return;
    const edge = ALL_EDGES[this.#draws.below(ALL_EDGES.length)] as number;
    this.#room.set([edge >>> 24, (edge >>> 16) & 255, (edge >>> 8) & 255, edge & 255], at);
  }

  /** A field of eight or sixteen bytes becomes nothing, as large as can be, or just more than a safe integer. */
  #writeWide(at: number): void {
    const bytes = this.#draws.chance(0.5) ? 8 : 16;
    if (at + bytes > this.#length) return;
    const way = this.#draws.below(4);
    this.#room.fill(way === 0 ? 0 : 255, at, at + bytes);
    if (way === 2) this.#room.set([0, 0x1f], at);
    if (way === 3) this.#room.fill(0, at, at + bytes).set([0, 0x20], at);
  }

  /** What is listed is listed twice. */
  #repeat(from: number, to: number): void {
    const count = Math.min(CHUNK_BYTES, this.#length - from, this.#length - to);
    if (count > 0) this.#room.copyWithin(to, from, from + count);
  }
}

/** Counts and lengths as large as a field, or a bound, allows. */
const CLAIMS = [0xffff_ffff, 0x7fff_ffff, 8 * 1024 * 1024, 65_536, 1024, 256];

/** @returns encodings that claim more at one place than they hold: with nothing after it, and with what was there */
export function overclaims(sample: Uint8Array, at: number): Uint8Array[] {
  return CLAIMS.flatMap((claim) => {
    const field = [claim >>> 24, (claim >>> 16) & 255, (claim >>> 8) & 255, claim & 255];
    const cut = Uint8Array.of(...sample.subarray(0, at), ...field);
    return [cut, Uint8Array.of(...cut, ...sample.subarray(at + 4))];
  });
}
