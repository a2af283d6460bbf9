import { ScriptFlag } from "../flags.ts";
import { decodeNumber } from "../item.ts";
import { MAX_LOCK_TIME_BYTES } from "../limits.ts";
import type { Operation, ScriptMachine } from "../machine.ts";

const { CHECKLOCKTIMEVERIFY, CHECKSEQUENCEVERIFY } = ScriptFlag;
/** Bit 31 of a sequence number switches its meaning as a lock time off (BIP 68). */
const DISABLING_BIT = 2_147_483_648;

function lockTime(machine: ScriptMachine): number | null {
  return decodeNumber(machine.item(0), MAX_LOCK_TIME_BYTES, machine.isMinimal);
}

/**
 * CHECKLOCKTIMEVERIFY: its item stays on the stack, since it once had no effect.
 *
 * Source: BIP 65.
 */
export const checkLockTime: Operation = (machine) => {
  if (!(machine.flags & CHECKLOCKTIMEVERIFY)) return null;
  if (machine.stack.length === 0) return "stack-operation";
  const required = lockTime(machine);
  if (required === null) return "number";
  if (required < 0) return "negative-lock-time";
  return machine.scheme.checkLockTime(required) ? null : "unsatisfied-lock-time";
};

/**
 * CHECKSEQUENCEVERIFY.
 *
 * Source: BIP 112.
 */
export const checkSequence: Operation = (machine) => {
  if (!(machine.flags & CHECKSEQUENCEVERIFY)) return null;
  if (machine.stack.length === 0) return "stack-operation";
  const required = lockTime(machine);
  if (required === null) return "number";
  if (required < 0) return "negative-lock-time";
  const isDisabled = Math.floor(required / DISABLING_BIT) % 2 === 1;
  return isDisabled || machine.scheme.checkSequence(required) ? null : "unsatisfied-lock-time";
};
