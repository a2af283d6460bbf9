import { assert } from "../../core/assert.ts";
import { MAX_ELEMENT_BYTES } from "./limits.ts";
import { Opcode, smallNumberOpcode } from "./opcode.ts";

/** A number is an operation, bytes are pushed. */
export type ScriptElement = number | Uint8Array;

const NEGATIVE_ONE_BYTE = 0x81;

/**
 * Writes a script, each push as short as possible.
 *
 * @throws InvariantError for bytes that no script may push; the caller's fault
 */
export function assembleScript(elements: readonly ScriptElement[]): Uint8Array {
  const bytes: number[] = [];
  for (const element of elements) {
    if (typeof element === "number") bytes.push(element);
    else appendPush(bytes, element);
  }
  return Uint8Array.from(bytes);
}

function appendPush(bytes: number[], item: Uint8Array): void {
  const { length } = item;
  assert(length <= MAX_ELEMENT_BYTES, "an item that a script pushes has at most 520 bytes");
  const only = length === 1 ? (item[0] as number) : 0;
  if (only >= 1 && only <= 16) bytes.push(smallNumberOpcode(only));
  else if (only === NEGATIVE_ONE_BYTE) bytes.push(Opcode["1NEGATE"]);
  else {
    if (length < Opcode.PUSHDATA1) bytes.push(length);
    else if (length <= 0xff) bytes.push(Opcode.PUSHDATA1, length);
    else bytes.push(Opcode.PUSHDATA2, length & 0xff, length >> 8);
    for (let i = 0; i < length; i++) bytes.push(item[i] as number);
  }
}
