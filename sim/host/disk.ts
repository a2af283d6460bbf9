import { assert } from "../../protocol/core/assert.ts";
import { ownBytes } from "../../protocol/core/codec.ts";
import type { DurableRecord, Storage } from "../../protocol/core/machine.ts";
import { absorb, finish } from "../kernel/random.ts";
import type { DiskProfile } from "./device.ts";
import { recordBytes, seal, tear, unseal } from "./sealed-record.ts";
import { StoredRecords } from "./stored-records.ts";

/**
 * What a crash does to the disk: keeps what is durable, tears the write under way on top of that, loses everything, or (stale)
 * loses the writes that it claimed last to be durable.
 */
export type DiskFate = "kept" | "torn" | "lost" | "stale";

/** Writes that a stale disk loses at most. */
export const MAX_STALE_WRITES = 1_000;

/** What it loses where nobody says how many. */
export const DEFAULT_STALE_WRITES = 8;

/** Which writes end up in another record's place. */
export interface Misdirection {
  /** Key of the draws. */
  readonly key: number;
  readonly probability: number;
}

interface Write {
  readonly key: string;
  readonly value: DurableRecord | null;
  readonly durableNs: number;
  /** The one that follows it. */
  next: Write | null;
}

/**
 * One node's disk: an append-only log of sealed records, of which this keeps the newest durable value of each key, and the
 * writes still under way. A torn record fails its seal and reads as never written, so the value before it stays.
 */
export class Disk {
  private readonly profile: DiskProfile;
  private records: Map<string, DurableRecord>;
  /** Whether a machine that lives may look at the records: they are changed in a copy then. */
  private isShown = false;
  /** The writes under way, from the first to the last. */
  private first: Write | null = null;
  private last: Write | null = null;
  private freeNs = 0;
  private slowness = 1;
  /** Nothing becomes durable before this; 0 while there is space. */
  private fullUntilNs = 0;
  private misdirection: Misdirection | null = null;
  private writes = 0;
  /** What the latest durable writes replaced, oldest first; at most `remembered`. */
  private readonly replaced: { readonly key: string; readonly value: DurableRecord | null }[] = [];
  private remembered = 0;
  /** Writes that waited for space, and writes that destroyed another record. */
  waited = 0;
  misdirected = 0;

  /** @param provisioned what is on the disk before the first start */
  constructor(profile: DiskProfile, provisioned: Storage = new Map()) {
    this.profile = profile;
    this.records = new Map(provisioned);
  }

  /** Writes or, with null, deletes. @param given kept, and must not change @returns when the record is durable, in ns */
  write(key: string, given: DurableRecord | null, nowNs: number): number {
    this.settle(nowNs);
    const value = given instanceof Uint8Array ? ownBytes(given) : given;
    const sizeBytes = value === null ? 0 : value instanceof Uint8Array ? value.length : value.sizeBytes;
    const { latencyNs, nsPerByte } = this.profile;
    if (this.fullUntilNs > nowNs) this.waited++;
    this.freeNs =
      Math.max(this.freeNs, nowNs, this.fullUntilNs) + Math.round((latencyNs + sizeBytes * nsPerByte) * this.slowness);
    const write: Write = { key, value, durableNs: this.freeNs, next: null };
    if (this.last === null) this.first = write;
    else this.last.next = write;
    this.last = write;
    return this.freeNs;
  }

  /** Loses power. @returns how many writes were lost, and how many of them were torn */
  crash(nowNs: number, fate: DiskFate): { lost: number; torn: number } {
    this.isShown = false;
    this.settle(nowNs);
    const lost = this.writesUnderWay() + (fate === "lost" ? this.records.size : 0);
    const torn = fate === "torn" && this.tearFirst() ? 1 : 0;
    if (fate === "lost") this.records = new Map();
    const stale = fate === "stale" ? this.rollBack() : 0;
    this.first = null;
    this.last = null;
    this.freeNs = 0;
    return { lost: lost + stale, torn };
  }

  /** Makes writes take `factor` times as long as they do now. */
  slowDown(factor: number): void {
    this.slowness *= factor;
  }

  /** Lets a later stale crash lose so many of the writes that were durable. */
  remember(writes: number): void {
    assert(writes <= MAX_STALE_WRITES, "a stale disk loses a bounded number of writes");
    this.remembered = Math.max(this.remembered, writes);
  }

  /** From now on writes wait for space until `untilNs`, and so does what rests on them. */
  fill(untilNs: number): void {
    this.fullUntilNs = untilNs;
  }

  /** Ends, with null, or begins that writes go astray. */
  misdirect(misdirection: Misdirection | null): void {
    this.misdirection = misdirection;
  }

  /** @returns whether it writes what it is told, where it is told */
  isSound(nowNs: number): boolean {
    return this.fullUntilNs <= nowNs && this.misdirection === null;
  }

  /** Lets all writes become durable, as before a sleep; the machine that wrote them is gone. */
  flush(): void {
    this.isShown = false;
    this.settle(Infinity);
  }

  /** @returns what a starting machine finds; it stays so until the machine's life ends */
  contents(): Storage {
    this.isShown = true;
    return new StoredRecords(this.records);
  }

  private settle(nowNs: number): void {
    let write = this.first;
    while (write !== null && write.durableNs <= nowNs) {
      this.apply(write);
      write = write.next;
    }
    this.first = write;
    if (write === null) this.last = null;
  }

  private writesUnderWay(): number {
    let count = 0;
    for (let write = this.first; write !== null; write = write.next) count++;
    return count;
  }

  private apply(write: Write): void {
    if (this.isShown) {
      this.records = new Map(this.records);
      this.isShown = false;
    }
    const key = this.misdirection === null ? write.key : this.strayFrom(write.key, this.misdirection);
    if (this.remembered > 0) this.keepReplaced(key);
    // A seal covers its key: a record in another's place destroys that one and is not found under its own.
    if (write.value === null || key !== write.key) this.records.delete(key);
    else this.records.set(key, write.value);
  }

  /** @returns the key whose place a write takes; mostly its own */
  private strayFrom(key: string, misdirection: Misdirection): string {
    const draw = finish(absorb(misdirection.key, this.writes++));
    if (draw >= misdirection.probability * 2 ** 32) return key;
    const others = [...this.records.keys()].filter((other) => other !== key);
    if (others.length === 0) return key;
    this.misdirected++;
    return others[finish(absorb(draw, others.length)) % others.length] as string;
  }

  private keepReplaced(key: string): void {
    this.replaced.push({ key, value: this.records.get(key) ?? null });
    if (this.replaced.length > this.remembered) this.replaced.shift();
  }

  /** Undoes the latest durable writes. @returns how many */
  private rollBack(): number {
    const undone = this.replaced.splice(0).reverse();
    for (const { key, value } of undone) {
      if (value === null) this.records.delete(key);
      else this.records.set(key, value);
    }
    return undone.length;
  }

  /** Leaves half of the first write on the disk, where the seal tells it from a whole one. @returns whether there was one */
  private tearFirst(): boolean {
    const write = this.first;
    if (write === null || write.value === null) return false;
    const value = unseal(tear(seal(recordBytes(write.value))));
    if (value !== null) this.apply({ ...write, value });
    return true;
  }
}
