import type { ScriptFault } from "./fault.ts";
import { ScriptFlag } from "./flags.ts";
import { isTrue } from "./item.ts";
import { MAX_ELEMENT_BYTES, MAX_OPERATIONS, MAX_SCRIPT_BYTES, MAX_STACK_ITEMS } from "./limits.ts";
import { type Operation, ScriptMachine } from "./machine.ts";
import { Opcode } from "./opcode.ts";
import { OPERATIONS, RUNS_ALWAYS } from "./operations/table.ts";
import { isPayToScript, isPushOnly } from "./reader.ts";
import type { SignatureScheme } from "./scheme.ts";

const { P2SH, SIGPUSHONLY, CLEANSTACK } = ScriptFlag;
const LAST_DATA_PUSH = Opcode.PUSHDATA4;
const LAST_UNCOUNTED = Opcode["16"];

/** An input's unlocking script beside the locking script of the output that it spends. */
export interface ScriptEvaluation {
  readonly unlocking: Uint8Array;
  readonly locking: Uint8Array;
  /** Bits of `ScriptFlag`. */
  readonly flags: number;
  /** Answers for the input. */
  readonly scheme: SignatureScheme;
}

/**
 * Evaluates whether an unlocking script satisfies a locking script. Never throws, whatever the bytes.
 *
 * @returns null where it does
 * Source: Bitcoin, script verification; BIP 16.
 */
export function verifyScript({ unlocking, locking, flags, scheme }: ScriptEvaluation): ScriptFault | null {
  if (flags & SIGPUSHONLY && !isPushOnly(unlocking)) return "push-only";
  const machine = new ScriptMachine(flags, scheme);
  let fault = execute(machine, unlocking);
  if (fault !== null) return fault;
  const paysToScript = (flags & P2SH) !== 0 && isPayToScript(locking);
  const unlocked = paysToScript ? machine.stack.slice() : machine.stack;
  fault = execute(machine, locking) ?? resultFault(machine);
  if (fault !== null) return fault;
  if (paysToScript) {
    if (!isPushOnly(unlocking)) return "push-only";
    // The hash was taken of the last item, so it is there.
    const redeeming = unlocked.pop() as Uint8Array;
    machine.stack = unlocked;
    fault = execute(machine, redeeming) ?? resultFault(machine);
    if (fault !== null) return fault;
  }
  return flags & CLEANSTACK && machine.stack.length !== 1 ? "clean-stack" : null;
}

function resultFault(machine: ScriptMachine): ScriptFault | null {
  return machine.stack.length > 0 && isTrue(machine.item(0)) ? null : "false-result";
}

/**
 * Executes one script on the machine's stack.
 *
 * Cost: at most one operation a byte, and `MAX_OPERATIONS` that are no pushes.
 */
export function execute(machine: ScriptMachine, script: Uint8Array): ScriptFault | null {
  if (script.length > MAX_SCRIPT_BYTES) return "script-size";
  machine.begin(script);
  const { reader, stack, alternate } = machine;
  while (!reader.atEnd) {
    const fault = reader.next() ? step(machine) : "bad-opcode";
    if (fault !== null) return fault;
    if (stack.length + alternate.length > MAX_STACK_ITEMS) return "stack-size";
  }
  return machine.openConditions === 0 ? null : "unbalanced-conditional";
}

function step(machine: ScriptMachine): ReturnType<Operation> {
  const { opcode } = machine.reader;
  if (opcode <= LAST_DATA_PUSH) return push(machine);
  if (opcode > LAST_UNCOUNTED && ++machine.operations > MAX_OPERATIONS) return "operation-count";
  if (!machine.executing && RUNS_ALWAYS[opcode] === 0) return null;
  return (OPERATIONS[opcode] as Operation)(machine);
}

function push(machine: ScriptMachine): ReturnType<Operation> {
  const { reader } = machine;
  if (reader.dataEnd - reader.dataStart > MAX_ELEMENT_BYTES) return "push-size";
  if (!machine.executing) return null;
  if (machine.isMinimal && !reader.isMinimalPush()) return "minimal-data";
  machine.stack.push(reader.data());
  return null;
}
