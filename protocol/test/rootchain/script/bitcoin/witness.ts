import { isPayToScript, isPushOnly, Opcode, ScriptReader } from "../../../../rootchain/script/index.ts";

/** Whether a locking script is a version and a program of 2 … 40 bytes (BIP 141). */
function isWitnessProgram(script: Uint8Array): boolean {
  const { length } = script;
  const [version = Opcode.NOP, programBytes] = script;
  const isVersion = version === Opcode["0"] || (version >= Opcode["1"] && version <= Opcode["16"]);
  return length >= 4 && length <= 42 && isVersion && programBytes === length - 2;
}

/** Whether spending an output is ruled by witness: its script, or the one whose hash it pays, is a witness program. */
export function isRuledByWitness({ unlocking, locking }: { unlocking: Uint8Array; locking: Uint8Array }): boolean {
  if (isWitnessProgram(locking)) return true;
  if (!isPayToScript(locking) || !isPushOnly(unlocking)) return false;
  const reader = new ScriptReader(unlocking);
  while (!reader.atEnd) reader.next();
  return isWitnessProgram(reader.data());
}
