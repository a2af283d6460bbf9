import { ScriptFlag } from "../flags.ts";
import { isTrue } from "../item.ts";
import type { Operation } from "../machine.ts";
import { Opcode } from "../opcode.ts";

const { MINIMALIF, DISCOURAGE_UPGRADABLE_NOPS } = ScriptFlag;

/** IF, NOTIF: in a branch that is not taken they only open. */
export const openBranch: Operation = (machine) => {
  if (!machine.executing) {
    machine.openCondition(false);
    return null;
  }
  const condition = machine.stack.pop();
  if (condition === undefined) return "stack-operation";
  if (machine.flags & MINIMALIF && condition.length > 0 && (condition.length > 1 || condition[0] !== 1)) {
    return "minimal-if";
  }
  machine.openCondition(isTrue(condition) === (machine.reader.opcode === Opcode.IF));
  return null;
};

/** ELSE. */
export const turnBranch: Operation = (machine) => {
  if (machine.openConditions === 0) return "unbalanced-conditional";
  machine.turnCondition();
  return null;
};

/** ENDIF. */
export const closeBranch: Operation = (machine) => {
  if (machine.openConditions === 0) return "unbalanced-conditional";
  machine.closeCondition();
  return null;
};

/** VERIFY. */
export const verify: Operation = (machine) => {
  const item = machine.stack.pop();
  if (item === undefined) return "stack-operation";
  return isTrue(item) ? null : "verify";
};

/** RETURN. */
export const returnEarly: Operation = () => "return";

/** NOP. */
export const noOperation: Operation = () => null;

/** NOP1, NOP4 … NOP10: without effect until an upgrade gives them one. */
export const upgradableNoOperation: Operation = ({ flags }) => {
  return flags & DISCOURAGE_UPGRADABLE_NOPS ? "discouraged-nop" : null;
};

/** What is not, or no longer, an operation. */
export const badOpcode: Operation = () => "bad-opcode";

/** Operations that Bitcoin once had: they fail even in a branch that is not taken. */
export const disabledOpcode: Operation = () => "disabled-opcode";
