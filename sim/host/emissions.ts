import type { Message } from "../../protocol/core/machine.ts";

const INITIAL_SLOTS = 256;

/** A buffer of its own costs a short message more than its bytes; a larger one would be held whole by the last that is in it. */
const SLAB_BYTES = 2048;

/** Copies of short byte strings that live about as long as each other, several in one buffer. */
class Slabs {
  private slab = new ArrayBuffer(SLAB_BYTES);
  private used = 0;

  copyOf(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (4 * length > SLAB_BYTES) return bytes.slice();
    if (this.used + length > SLAB_BYTES) {
      this.slab = new ArrayBuffer(SLAB_BYTES);
      this.used = 0;
    }
    const copy = new Uint8Array(this.slab, this.used, length);
    copy.set(bytes);
    this.used += length;
    return copy;
  }
}

/** Messages on their way, one slot for each send or broadcast, freed when its last copy is done. */
export class Emissions {
  /** By slot: the message, or null for bytes that are none. */
  readonly messages: (Message | null)[] = [];
  readonly wires: Uint8Array[] = [];
  sources = new Int32Array(INITIAL_SLOTS);
  /** The source's life (how often it had started) when it sent. */
  lives = new Int32Array(INITIAL_SLOTS);
  /** The protocol version that the source ran when it sent. */
  versions = new Int32Array(INITIAL_SLOTS);
  ids = new Float64Array(INITIAL_SLOTS);
  private copies = new Int32Array(INITIAL_SLOTS);
  private readonly free: number[] = [];
  private readonly onAir = new Slabs();

  /** @returns a slot without copies yet */
  take(message: Message | null, wire: Uint8Array): number {
    const slot = this.free.pop() ?? this.messages.length;
    if (slot === this.sources.length) this.grow();
    this.messages[slot] = message;
    this.wires[slot] = wire;
    this.copies[slot] = 0;
    return slot;
  }

  /**
   * Puts a message's bytes among those of others that radios hold: one may stay there for long, and shall not hold what else is in
   * the buffer that its bytes are a part of.
   */
  own(slot: number): void {
    const wire = this.wires[slot] as Uint8Array;
    if (wire.length === wire.buffer.byteLength) return;
    const copy = this.onAir.copyOf(wire);
    this.wires[slot] = copy;
    const message = this.messages[slot];
    if (message != null && message.wire === wire) message.wire = copy;
  }

  addCopy(slot: number): void {
    this.copies[slot] = (this.copies[slot] as number) + 1;
  }

  /** Ends one copy, and with the last one the slot. */
  dropCopy(slot: number): void {
    const left = (this.copies[slot] as number) - 1;
    this.copies[slot] = left;
    if (left === 0) this.release(slot);
  }

  /** Frees a slot that got no copies. */
  releaseUnused(slot: number): void {
    if (this.copies[slot] === 0) this.release(slot);
  }

  /** Slots in use. */
  get size(): number {
    return this.messages.length - this.free.length;
  }

  private release(slot: number): void {
    this.messages[slot] = null;
    this.wires[slot] = NO_BYTES;
    this.free.push(slot);
  }

  private grow(): void {
    this.sources = doubled(this.sources, new Int32Array(2 * this.sources.length));
    this.lives = doubled(this.lives, new Int32Array(2 * this.lives.length));
    this.versions = doubled(this.versions, new Int32Array(2 * this.versions.length));
    this.copies = doubled(this.copies, new Int32Array(2 * this.copies.length));
    const ids = new Float64Array(2 * this.ids.length);
    ids.set(this.ids);
    this.ids = ids;
  }
}

const NO_BYTES = new Uint8Array(0);

function doubled(from: Int32Array, to: Int32Array): Int32Array<ArrayBuffer> {
  to.set(from);
  return to as Int32Array<ArrayBuffer>;
}
