import { assert } from "../../core/assert.ts";

const SIGN_BIT = 0x80;
const MAGNITUDE_BITS = 0x7f;

/** The empty item: zero and false. */
export const EMPTY_ITEM: Uint8Array = new Uint8Array(0);
/** The item that operations push for true. */
export const TRUE_ITEM: Uint8Array = Uint8Array.of(1);

const SMALL_ITEMS: readonly Uint8Array[] = Array.from({ length: 17 }, (_, value) => {
  return value === 0 ? EMPTY_ITEM : value === 1 ? TRUE_ITEM : Uint8Array.of(value);
});

/**
 * Encodes a number as scripts do: little-endian magnitude, the sign in the top bit, as short as possible.
 *
 * @param value an integer of at most 52 bits
 * @returns bytes that must not be altered: small numbers are shared
 * Source: Bitcoin, CScriptNum.
 */
export function encodeNumber(value: number): Uint8Array {
  assert(Number.isSafeInteger(value), "a script number is a safe integer");
  const small = value >= 0 ? SMALL_ITEMS[value] : undefined;
  if (small !== undefined) return small;
  const bytes: number[] = [];
  for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  const top = bytes.length - 1;
  const sign = value < 0 ? SIGN_BIT : 0;
  if ((bytes[top] as number) & SIGN_BIT) bytes.push(sign);
  else bytes[top] = (bytes[top] as number) | sign;
  return Uint8Array.from(bytes);
}

/**
 * Reads an item as a number.
 *
 * @param maxBytes a longer item is no number; at most 6
 * @param isMinimal whether an item longer than necessary is no number
 * @returns null for what is no number
 */
export function decodeNumber(bytes: Uint8Array, maxBytes: number, isMinimal: boolean): number | null {
  const { length } = bytes;
  if (length > maxBytes) return null;
  if (length === 0) return 0;
  const top = bytes[length - 1] as number;
  if (isMinimal && (top & MAGNITUDE_BITS) === 0 && !needsSignByte(bytes)) return null;
  let value = top & MAGNITUDE_BITS;
  for (let i = length - 2; i >= 0; i--) value = value * 256 + (bytes[i] as number);
  // Subtracting from zero spares a negative zero.
  return top & SIGN_BIT ? 0 - value : value;
}

/** A last byte without magnitude is needed only where the byte before has its top bit set. */
function needsSignByte(bytes: Uint8Array): boolean {
  return bytes.length > 1 && ((bytes[bytes.length - 2] as number) & SIGN_BIT) !== 0;
}

/** Reads an item as true or false: zero of either sign and any length is false. */
export function isTrue(item: Uint8Array): boolean {
  const last = item.length - 1;
  for (let i = 0; i <= last; i++) {
    const byte = item[i] as number;
    if (byte !== 0) return i < last || byte !== SIGN_BIT;
  }
  return false;
}

/** @returns whether two items are the same bytes */
export function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return false;
  }
  return true;
}
