import type { Hash } from "./ids.ts";

const HASH_BYTES = 32;
const DIGIT_CODES = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const codes = new Array<number>(2 * HASH_BYTES).fill(0);

/** @param at where the 32 bytes of a hash begin @returns them as hex digits in lower case */
export function hashAt(bytes: Uint8Array, at: number): Hash {
  for (let i = 0; i < HASH_BYTES; i++) {
    const byte = bytes[at + i] as number;
    codes[2 * i] = DIGIT_CODES[byte >> 4] as number;
    codes[2 * i + 1] = DIGIT_CODES[byte & 15] as number;
  }
  return String.fromCharCode.apply(null, codes) as Hash;
}
