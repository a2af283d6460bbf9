import { sha1 } from "@noble/hashes/legacy.js";
import { assert } from "../../../core/assert.ts";
import { sha256 } from "../../../crypto/hash.ts";
import { hash160, ripemd160 } from "../hash160.ts";
import type { Operation } from "../machine.ts";
import { Opcode } from "../opcode.ts";

function digest(opcode: number, bytes: Uint8Array): Uint8Array {
  switch (opcode) {
    case Opcode.RIPEMD160:
      return ripemd160(bytes);
    case Opcode.SHA1:
      return sha1(bytes);
    case Opcode.SHA256:
      return sha256(bytes);
    case Opcode.HASH160:
      return hash160(bytes);
    default:
      assert(opcode === Opcode.HASH256, "a hash operation is known");
      return sha256(sha256(bytes));
  }
}

/** RIPEMD160, SHA1, SHA256, HASH160, HASH256. */
export const hash: Operation = ({ stack, reader }) => {
  const item = stack.pop();
  if (item === undefined) return "stack-operation";
  stack.push(digest(reader.opcode, item));
  return null;
};
