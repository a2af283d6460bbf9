import {
  classifyScript,
  countSignatureChecks,
  decodeNumber,
  encodeNumber,
  hashTimeLock,
  isPushOnly,
  lockingScript,
  multisig,
  Opcode,
  payToKey,
  payToScript,
  ScriptReader,
} from "../../rootchain/script/index.ts";
import { holder } from "../people.ts";
import { type Format, whole } from "./format.ts";

const [one, other] = [holder(1).publicKey, holder(2).publicKey];
const contract = hashTimeLock({
  hash: one,
  receiverKey: one,
  senderKey: other,
  expiry: 500_000,
});
const standard = [payToKey(one), payToScript(payToKey(one)), multisig(2, [one, other]), contract];
const pushes = Uint8Array.of(
  ...[Opcode["0"], Opcode["16"], 2, 7, 8, Opcode.PUSHDATA1, 1, 9],
  ...[Opcode.PUSHDATA2, 3, 0, 1, 2, 3, Opcode.PUSHDATA4, 2, 0, 0, 0, 5, 6],
);

/** @returns an operation as its opcode and its data give it */
function operation({ opcode, dataStart, dataEnd, script }: ScriptReader): number[] {
  const count = dataEnd - dataStart;
  const width = opcode < Opcode.PUSHDATA1 || opcode > Opcode.PUSHDATA4 ? 0 : 1 << (opcode - Opcode.PUSHDATA1);
  const length = [count & 255, (count >>> 8) & 255, (count >>> 16) & 255, count >>> 24].slice(0, width);
  return [opcode, ...length, ...script.subarray(dataStart, dataEnd)];
}

/** @returns what the operations of a script say, null where it cannot be parsed to its end */
function parsed(script: Uint8Array): Uint8Array | null {
  // Whoever counts or classifies meets the same bytes.
  countSignatureChecks(script);
  isPushOnly(script);
  const reader = new ScriptReader(script);
  const bytes: number[] = [];
  while (reader.next()) bytes.push(...operation(reader));
  return reader.atEnd ? Uint8Array.from(bytes) : null;
}

const NUMBERS = [0, 1, -1, 127, 128, -128, 255, 256, 0x7fff_ffff, -0x7fff_ffff];

/** Scripts, the standard ones among them, and their numbers. */
export const scripts: Record<string, Format> = {
  scripts: { samples: [...standard, pushes], again: parsed },
  "standard scripts": { samples: standard, again: (bytes) => formOf(bytes) },
  "script numbers": whole(encodeNumber, (bytes) => decodeNumber(bytes, 4, true), ...NUMBERS),
};

function formOf(script: Uint8Array): Uint8Array | null {
  const form = classifyScript(script);
  return form === null ? null : lockingScript(form);
}
