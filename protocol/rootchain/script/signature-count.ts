import { MAX_MULTISIG_KEYS } from "./limits.ts";
import { Opcode } from "./opcode.ts";
import { isPayToScript, ScriptReader } from "./reader.ts";

const LAST_PUSH = Opcode["16"];

/**
 * Counts the signature checks that a script may make, up to where it cannot be parsed: a CHECKMULTISIG counts for the number
 * right in front of it, and for the most keys where that is no plain number.
 *
 * Source: Bitcoin, accurate counting of signature operations (BIP 16).
 */
export function countSignatureChecks(script: Uint8Array): number {
  const reader = new ScriptReader(script);
  let count = 0;
  let previous = -1;
  while (reader.next()) {
    const { opcode } = reader;
    if (opcode === Opcode.CHECKSIG || opcode === Opcode.CHECKSIGVERIFY) count++;
    else if (opcode === Opcode.CHECKMULTISIG || opcode === Opcode.CHECKMULTISIGVERIFY) count += keysOf(previous);
    previous = opcode;
  }
  return count;
}

function keysOf(previous: number): number {
  const isSmall = previous >= Opcode["1"] && previous <= Opcode["16"];
  return isSmall ? previous - Opcode.RESERVED : MAX_MULTISIG_KEYS;
}

/** Counts the signature checks of spending an output: those of both scripts and of the script whose hash was paid, if any. */
export function countSpendingChecks(scripts: { unlocking: Uint8Array; locking: Uint8Array }): number {
  const { unlocking, locking } = scripts;
  const outer = countSignatureChecks(unlocking) + countSignatureChecks(locking);
  if (!isPayToScript(locking)) return outer;
  const redeeming = lastPush(unlocking);
  return redeeming === null ? outer : outer + countSignatureChecks(redeeming);
}

/** @returns what a script that only pushes leaves on top, null for any other script */
function lastPush(script: Uint8Array): Uint8Array | null {
  const reader = new ScriptReader(script);
  while (!reader.atEnd) {
    if (!reader.next() || reader.opcode > LAST_PUSH) return null;
  }
  return reader.data();
}
