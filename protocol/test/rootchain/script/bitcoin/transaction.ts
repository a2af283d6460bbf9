/** Bitcoin's transactions, for its vectors only. */

export interface BitcoinInput {
  readonly hash: Uint8Array;
  readonly index: number;
  readonly unlocking: Uint8Array;
  readonly sequence: number;
  readonly witness: readonly Uint8Array[];
}

export interface BitcoinOutput {
  readonly value: bigint;
  readonly locking: Uint8Array;
}

export interface BitcoinTransaction {
  readonly version: number;
  readonly inputs: readonly BitcoinInput[];
  readonly outputs: readonly BitcoinOutput[];
  readonly lockTime: number;
}

class Malformed extends Error {}

class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get complete(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw new Malformed("a transaction ends early");
    this.#at += count;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.take(1));
  u32 = (): number => this.#view.getUint32(this.take(4), true);
  u64 = (): bigint => this.#view.getBigInt64(this.take(8), true);

  count(): number {
    const first = this.u8();
    if (first < 0xfd) return first;
    if (first === 0xfd) return this.#view.getUint16(this.take(2), true);
    return first === 0xfe ? this.u32() : Number(this.u64());
  }

  fixed(count: number): Uint8Array {
    const at = this.take(count);
    return this.#bytes.slice(at, at + count);
  }

  bytes = (): Uint8Array => this.fixed(this.count());

  list<T>(read: () => T): T[] {
    const length = this.count();
    if (length > this.#bytes.length) throw new Malformed("a transaction has no room for a list");
    return Array.from({ length }, read);
  }
}

function readInput(reader: ByteReader): BitcoinInput {
  const hash = reader.fixed(32);
  const index = reader.u32();
  const unlocking = reader.bytes();
  return { hash, index, unlocking, sequence: reader.u32(), witness: [] };
}

function readOutput(reader: ByteReader): BitcoinOutput {
  const value = reader.u64();
  return { value, locking: reader.bytes() };
}

function readTransaction(bytes: Uint8Array, hasWitnesses: boolean): BitcoinTransaction {
  const reader = new ByteReader(bytes);
  const version = reader.u32();
  if (hasWitnesses && (reader.u8() !== 0 || reader.u8() !== 1)) throw new Malformed("no witness marker");
  const bare = reader.list(() => readInput(reader));
  const outputs = reader.list(() => readOutput(reader));
  const inputs = hasWitnesses ? bare.map((input) => ({ ...input, witness: reader.list(() => reader.bytes()) })) : bare;
  const lockTime = reader.u32();
  if (!reader.complete) throw new Malformed("a transaction ends late");
  return { version, inputs, outputs, lockTime };
}

/** Reads a transaction in either format; what fits both has witnesses, as in Bitcoin (BIP 144). */
export function parseTransaction(bytes: Uint8Array): BitcoinTransaction {
  try {
    return readTransaction(bytes, true);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return readTransaction(bytes, false);
  }
}

export class ByteWriter {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  u32(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.#bytes.push((value >>> shift) & 0xff);
    return this;
  }

  u64(value: bigint): this {
    for (let shift = 0n; shift < 64n; shift += 8n) this.#bytes.push(Number((value >> shift) & 0xffn));
    return this;
  }

  count(value: number): this {
    if (value < 0xfd) return this.u8(value);
    if (value <= 0xffff)
      return this.u8(0xfd)
        .u8(value & 0xff)
        .u8(value >> 8);
    return this.u8(0xfe).u32(value);
  }

  fixed(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    return this.count(bytes.length).fixed(bytes);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Writes a transaction as its id and the legacy hash see it: without witnesses. */
export function serializeTransaction({ version, inputs, outputs, lockTime }: BitcoinTransaction): Uint8Array {
  const writer = new ByteWriter().u32(version).count(inputs.length);
  for (const { hash, index, unlocking, sequence } of inputs) {
    writer.fixed(hash).u32(index).bytes(unlocking).u32(sequence);
  }
  writer.count(outputs.length);
  for (const { value, locking } of outputs) writer.u64(value).bytes(locking);
  return writer.u32(lockTime).finish();
}
