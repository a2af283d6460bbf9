import { areEqual, EMPTY_ITEM, encodeNumber, isTrue, TRUE_ITEM } from "../item.ts";
import type { Operation, ScriptMachine } from "../machine.ts";
import { Opcode } from "../opcode.ts";

/** 1NEGATE, 1 … 16: the number is the operation's distance from 0x50. */
export const pushSmallNumber: Operation = ({ stack, reader }) => {
  stack.push(encodeNumber(reader.opcode - Opcode.RESERVED));
  return null;
};

/** TOALTSTACK. */
export const toAlternate: Operation = ({ stack, alternate }) => {
  const item = stack.pop();
  if (item === undefined) return "stack-operation";
  alternate.push(item);
  return null;
};

/** FROMALTSTACK. */
export const fromAlternate: Operation = ({ stack, alternate }) => {
  const item = alternate.pop();
  if (item === undefined) return "alternate-stack-operation";
  stack.push(item);
  return null;
};

/** DROP, 2DROP. */
export const drop: Operation = (machine) => {
  const count = machine.reader.opcode === Opcode.DROP ? 1 : 2;
  if (machine.stack.length < count) return "stack-operation";
  machine.drop(count);
  return null;
};

/** Pushes `count` items again, the lowest of which lies `depth` places below the top. */
function copy(machine: ScriptMachine, count: number, depth: number): ReturnType<Operation> {
  if (machine.stack.length <= depth) return "stack-operation";
  for (let i = 0; i < count; i++) machine.stack.push(machine.item(depth));
  return null;
}

/** DUP, 2DUP, 3DUP: the items on top; OVER, 2OVER: as many from below them. */
export const duplicate: Operation = (machine) => copy(machine, 1, 0);
export const duplicateTwo: Operation = (machine) => copy(machine, 2, 1);
export const duplicateThree: Operation = (machine) => copy(machine, 3, 2);
export const over: Operation = (machine) => copy(machine, 1, 1);
export const overTwo: Operation = (machine) => copy(machine, 2, 3);

/** Moves `count` items, the lowest of which lies `depth` places below the top, to the top. */
function raise(machine: ScriptMachine, count: number, depth: number): ReturnType<Operation> {
  const { stack } = machine;
  const lowest = stack.length - 1 - depth;
  if (lowest < 0) return "stack-operation";
  for (let i = 0; i < count; i++) {
    const item = stack[lowest] as Uint8Array;
    for (let at = lowest + 1; at < stack.length; at++) stack[at - 1] = stack[at] as Uint8Array;
    stack[stack.length - 1] = item;
  }
  return null;
}

/** SWAP, ROT, 2SWAP, 2ROT. */
export const swap: Operation = (machine) => raise(machine, 1, 1);
export const rotate: Operation = (machine) => raise(machine, 1, 2);
export const swapTwo: Operation = (machine) => raise(machine, 2, 3);
export const rotateTwo: Operation = (machine) => raise(machine, 2, 5);

/** NIP. */
export const nip: Operation = ({ stack }) => {
  if (stack.length < 2) return "stack-operation";
  stack[stack.length - 2] = stack.pop() as Uint8Array;
  return null;
};

/** TUCK. */
export const tuck: Operation = (machine) => {
  const fault = swap(machine);
  return fault === null ? over(machine) : fault;
};

/** PICK, ROLL. */
export const pickOrRoll: Operation = (machine) => {
  if (machine.stack.length < 2) return "stack-operation";
  const depth = machine.number(0);
  if (depth === null) return "number";
  machine.drop(1);
  if (depth < 0) return "stack-operation";
  return machine.reader.opcode === Opcode.PICK ? copy(machine, 1, depth) : raise(machine, 1, depth);
};

/** IFDUP. */
export const duplicateIfTrue: Operation = (machine) => {
  if (machine.stack.length === 0) return "stack-operation";
  const item = machine.item(0);
  if (isTrue(item)) machine.stack.push(item);
  return null;
};

/** DEPTH. */
export const depth: Operation = ({ stack }) => {
  stack.push(encodeNumber(stack.length));
  return null;
};

/** SIZE. */
export const size: Operation = (machine) => {
  if (machine.stack.length === 0) return "stack-operation";
  machine.stack.push(encodeNumber(machine.item(0).length));
  return null;
};

/** EQUAL, EQUALVERIFY. */
export const equal: Operation = (machine) => {
  if (machine.stack.length < 2) return "stack-operation";
  const holds = areEqual(machine.item(1), machine.item(0));
  machine.drop(2);
  if (machine.reader.opcode === Opcode.EQUALVERIFY) return holds ? null : "equal-verify";
  machine.stack.push(holds ? TRUE_ITEM : EMPTY_ITEM);
  return null;
};
