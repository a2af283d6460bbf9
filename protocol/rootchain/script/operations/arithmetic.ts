import { assert } from "../../../core/assert.ts";
import { EMPTY_ITEM, encodeNumber, TRUE_ITEM } from "../item.ts";
import type { Operation } from "../machine.ts";
import { Opcode } from "../opcode.ts";

function unaryResult(opcode: number, value: number): number {
  switch (opcode) {
    case Opcode["1ADD"]:
      return value + 1;
    case Opcode["1SUB"]:
      return value - 1;
    case Opcode.NEGATE:
      return 0 - value;
    case Opcode.ABS:
      return Math.abs(value);
    case Opcode.NOT:
      return value === 0 ? 1 : 0;
    default:
      assert(opcode === Opcode["0NOTEQUAL"], "an operation on one number is known");
      return value === 0 ? 0 : 1;
  }
}

/** 1ADD, 1SUB, NEGATE, ABS, NOT, 0NOTEQUAL. */
export const unary: Operation = (machine) => {
  if (machine.stack.length < 1) return "stack-operation";
  const value = machine.number(0);
  if (value === null) return "number";
  machine.drop(1);
  machine.stack.push(encodeNumber(unaryResult(machine.reader.opcode, value)));
  return null;
};

function computed(opcode: number, left: number, right: number): number {
  switch (opcode) {
    case Opcode.ADD:
      return left + right;
    case Opcode.SUB:
      return left - right;
    case Opcode.MIN:
      return left < right ? left : right;
    default:
      assert(opcode === Opcode.MAX, "an operation on two numbers is known");
      return left > right ? left : right;
  }
}

function compared(opcode: number, left: number, right: number): boolean {
  switch (opcode) {
    case Opcode.BOOLAND:
      return left !== 0 && right !== 0;
    case Opcode.BOOLOR:
      return left !== 0 || right !== 0;
    case Opcode.NUMEQUAL:
    case Opcode.NUMEQUALVERIFY:
      return left === right;
    case Opcode.NUMNOTEQUAL:
      return left !== right;
    case Opcode.LESSTHAN:
      return left < right;
    case Opcode.GREATERTHAN:
      return left > right;
    case Opcode.LESSTHANOREQUAL:
      return left <= right;
    default:
      assert(opcode === Opcode.GREATERTHANOREQUAL, "a comparison of two numbers is known");
      return left >= right;
  }
}

/** ADD, SUB, MIN, MAX. */
export const binary: Operation = (machine) => {
  if (machine.stack.length < 2) return "stack-operation";
  const left = machine.number(1);
  const right = machine.number(0);
  if (left === null || right === null) return "number";
  machine.drop(2);
  machine.stack.push(encodeNumber(computed(machine.reader.opcode, left, right)));
  return null;
};

/** BOOLAND … GREATERTHANOREQUAL. */
export const comparison: Operation = (machine) => {
  if (machine.stack.length < 2) return "stack-operation";
  const left = machine.number(1);
  const right = machine.number(0);
  if (left === null || right === null) return "number";
  machine.drop(2);
  const { opcode } = machine.reader;
  const holds = compared(opcode, left, right);
  if (opcode === Opcode.NUMEQUALVERIFY) return holds ? null : "number-equal-verify";
  machine.stack.push(holds ? TRUE_ITEM : EMPTY_ITEM);
  return null;
};

/** WITHIN: the lower bound belongs to the range, the upper does not. */
export const within: Operation = (machine) => {
  if (machine.stack.length < 3) return "stack-operation";
  const value = machine.number(2);
  const lower = machine.number(1);
  const upper = machine.number(0);
  if (value === null || lower === null || upper === null) return "number";
  machine.drop(3);
  machine.stack.push(lower <= value && value < upper ? TRUE_ITEM : EMPTY_ITEM);
  return null;
};
