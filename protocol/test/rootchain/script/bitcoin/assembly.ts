import { encodeNumber, Opcode } from "../../../../rootchain/script/index.ts";
import { fromHex } from "../../../crypto/vectors.ts";
import { pushOf } from "./sighash.ts";

const OPCODES: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(Opcode).filter(([, code]) => code >= Opcode.NOP || code === Opcode.RESERVED),
  // Names from before BIP 65 and BIP 112 and one from after, which is nothing in legacy scripts.
  ["NOP2", Opcode.CHECKLOCKTIMEVERIFY],
  ["NOP3", Opcode.CHECKSEQUENCEVERIFY],
  ["CHECKSIGADD", 0xba],
]);

function pushNumber(value: number): Uint8Array {
  if (value === 0) return Uint8Array.of(Opcode["0"]);
  const isSmall = value === -1 || (value >= 1 && value <= 16);
  return isSmall ? Uint8Array.of(Opcode.RESERVED + value) : pushOf(encodeNumber(value));
}

function assembleWord(word: string): Uint8Array {
  if (/^-?\d+$/.test(word)) return pushNumber(Number(word));
  if (/^0x([0-9a-fA-F]{2})+$/.test(word)) return fromHex(word.slice(2));
  if (/^'.*'$/.test(word)) return pushOf(new TextEncoder().encode(word.slice(1, -1)));
  const opcode = OPCODES.get(word.replace(/^OP_/, ""));
  if (opcode === undefined) throw new Error(`no operation of Bitcoin's: ${word}`);
  return Uint8Array.of(opcode);
}

/** Reads a script in the notation of Bitcoin's vectors. */
export function parseAssembly(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return Uint8Array.from(words.flatMap((word) => [...assembleWord(word)]));
}
