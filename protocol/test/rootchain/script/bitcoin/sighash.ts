import { sha256 } from "../../../../crypto/hash.ts";
import { Opcode, ScriptReader } from "../../../../rootchain/script/index.ts";
import { areEqual } from "../../../../rootchain/script/item.ts";
import { type BitcoinOutput, type BitcoinTransaction, ByteWriter, serializeTransaction } from "./transaction.ts";

const NONE = 2;
const SINGLE = 3;
const TYPE_MASK = 0x1f;
const ANYONE_CAN_PAY = 0x80;
const NO_OUTPUT: BitcoinOutput = { value: -1n, locking: new Uint8Array(0) };

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The signed script without its CODESEPARATORs. */
function withoutSeparators(script: Uint8Array): Uint8Array {
  const reader = new ScriptReader(script);
  const parts: Uint8Array[] = [];
  let from = 0;
  while (reader.next()) {
    if (reader.opcode !== Opcode.CODESEPARATOR) continue;
    parts.push(script.subarray(from, reader.at - 1));
    from = reader.at;
  }
  return concatenate([...parts, script.subarray(from)]);
}

/**
 * Takes every occurrence of a pattern that begins at an operation out of a script.
 *
 * @returns the same object where there is none
 * Source: Bitcoin, FindAndDelete.
 */
export function findAndDelete(script: Uint8Array, pattern: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const reader = new ScriptReader(script);
  let kept = 0;
  do {
    const at = reader.at;
    while (areEqual(script.subarray(reader.at, reader.at + pattern.length), pattern)) reader.at += pattern.length;
    if (reader.at > at) {
      parts.push(script.subarray(kept, at));
      kept = reader.at;
    }
  } while (reader.next());
  return parts.length === 0 ? script : concatenate([...parts, script.subarray(kept)]);
}

/** What FindAndDelete looks for: a signature as it is pushed in the usual way. */
export function pushOf(signature: Uint8Array): Uint8Array {
  const { length } = signature;
  const writer = new ByteWriter();
  if (length < Opcode.PUSHDATA1) writer.u8(length);
  else if (length <= 0xff) writer.u8(Opcode.PUSHDATA1).u8(length);
  else
    writer
      .u8(Opcode.PUSHDATA2)
      .u8(length & 0xff)
      .u8(length >> 8);
  return writer.fixed(signature).finish();
}

function signedOutputs(outputs: readonly BitcoinOutput[], type: number, index: number): readonly BitcoinOutput[] {
  if (type === NONE) return [];
  if (type !== SINGLE) return outputs;
  return outputs.slice(0, index + 1).map((output, place) => (place === index ? output : NO_OUTPUT));
}

/**
 * The hash that a legacy signature signs, in the order of its bytes.
 *
 * Source: Bitcoin, SignatureHash; for SINGLE without an output beside the input it is the number 1, a bug that stayed.
 */
export function signatureHash(
  transaction: BitcoinTransaction,
  signed: { script: Uint8Array; index: number; hashType: number },
): Uint8Array {
  const { index, hashType } = signed;
  const type = hashType & TYPE_MASK;
  if (type === SINGLE && index >= transaction.outputs.length) return Uint8Array.of(1, ...new Uint8Array(31));
  const script = withoutSeparators(signed.script);
  const inputs = transaction.inputs.map((input, place) => {
    if (place === index) return { ...input, unlocking: script };
    const sequence = type === NONE || type === SINGLE ? 0 : input.sequence;
    return { ...input, unlocking: new Uint8Array(0), sequence };
  });
  const preimage = serializeTransaction({
    ...transaction,
    inputs: hashType & ANYONE_CAN_PAY ? inputs.slice(index, index + 1) : inputs,
    outputs: signedOutputs(transaction.outputs, type, index),
  });
  return sha256(sha256(new ByteWriter().fixed(preimage).u32(hashType).finish()));
}
