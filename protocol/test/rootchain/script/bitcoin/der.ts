/** Encodings of ECDSA signatures, each without the byte of the hash type that scripts put behind. */

const INTEGER = 0x02;
const SEQUENCE = 0x30;
const SCALAR_BYTES = 32;

/**
 * Whether an integer of a strict signature is positive and not padded.
 */
function isStrictInteger(bytes: Uint8Array, start: number, length: number): boolean {
  if (length === 0 || (bytes[start] as number) & 0x80) return false;
  return length === 1 || bytes[start] !== 0 || ((bytes[start + 1] as number) & 0x80) !== 0;
}

/** Whether a signature is strict DER. @param signature with its hash type. Source: BIP 66. */
export function isStrictDer(signature: Uint8Array): boolean {
  const { length } = signature;
  if (length < 9 || length > 73) return false;
  if (signature[0] !== SEQUENCE || signature[1] !== length - 3) return false;
  const lengthR = signature[3] as number;
  if (5 + lengthR >= length) return false;
  const lengthS = signature[5 + lengthR] as number;
  if (lengthR + lengthS + 7 !== length) return false;
  if (signature[2] !== INTEGER || !isStrictInteger(signature, 4, lengthR)) return false;
  return signature[4 + lengthR] === INTEGER && isStrictInteger(signature, lengthR + 6, lengthS);
}

/** Reads what old versions of OpenSSL took. */
class LaxReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) this.failed = true;
    return byte ?? 0;
  }

  tag(expected: number): void {
    if (this.#byte() !== expected) this.failed = true;
  }

  /** The length of the sequence is not believed, only skipped. */
  skipLength(): void {
    const first = this.#byte();
    if (first & 0x80) this.#skip(first - 0x80);
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.#at) this.failed = true;
    else this.#at += count;
  }

  #length(): number {
    const first = this.#byte();
    if (!(first & 0x80)) return first;
    let count = first - 0x80;
    if (count > this.#bytes.length - this.#at) this.failed = true;
    for (; count > 0 && this.#bytes[this.#at] === 0; count--) this.#at++;
    if (count >= 4) this.failed = true;
    if (this.failed) return 0;
    let length = 0;
    for (; count > 0; count--) length = length * 256 + this.#byte();
    return length;
  }

  /** @returns an integer without leading zeros */
  integer(): Uint8Array {
    this.tag(INTEGER);
    const length = this.#length();
    const start = this.#at;
    this.#skip(length);
    if (this.failed) return new Uint8Array(0);
    const digits = this.#bytes.subarray(start, start + length);
    const leading = digits.findIndex((byte) => byte !== 0);
    return leading < 0 ? new Uint8Array(0) : digits.subarray(leading);
  }
}

/** The two numbers of a signature; null stands for one that no scalar can hold. */
export interface LaxSignature {
  readonly r: bigint | null;
  readonly s: bigint | null;
}

function scalar(digits: Uint8Array): bigint | null {
  if (digits.length > SCALAR_BYTES) return null;
  return digits.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

/** Reads a signature in any of the encodings that are in Bitcoin's chain. @param signature without its hash type */
export function parseLaxDer(signature: Uint8Array): LaxSignature | null {
  const reader = new LaxReader(signature);
  reader.tag(SEQUENCE);
  reader.skipLength();
  const r = reader.integer();
  const s = reader.integer();
  return reader.failed ? null : { r: scalar(r), s: scalar(s) };
}
