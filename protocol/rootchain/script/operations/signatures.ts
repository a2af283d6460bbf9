import type { ScriptFault } from "../fault.ts";
import { ScriptFlag } from "../flags.ts";
import { EMPTY_ITEM, TRUE_ITEM } from "../item.ts";
import { MAX_MULTISIG_KEYS, MAX_OPERATIONS } from "../limits.ts";
import type { Operation, ScriptMachine } from "../machine.ts";
import { Opcode } from "../opcode.ts";

const { NULLDUMMY, NULLFAIL, CONST_SCRIPTCODE } = ScriptFlag;

/** CODESEPARATOR: refused, where it is, even in a branch that is not taken. */
export const separateCode: Operation = (machine) => {
  if (machine.flags & CONST_SCRIPTCODE) return "code-separator";
  if (machine.executing) machine.codeStart = machine.reader.at;
  return null;
};

/** The script that signatures cover, before they are taken out of it. */
function scriptCodeOf({ reader, codeStart }: ScriptMachine): Uint8Array {
  return codeStart === 0 ? reader.script : reader.script.subarray(codeStart);
}

function encodingFault(machine: ScriptMachine, signature: Uint8Array, publicKey: Uint8Array): ScriptFault | null {
  const { scheme, flags } = machine;
  const fault = scheme.signatureFault(signature, flags);
  return fault === null ? scheme.publicKeyFault(publicKey, flags) : fault;
}

/** CHECKSIG, CHECKSIGVERIFY. */
export const checkSignature: Operation = (machine) => {
  if (machine.stack.length < 2) return "stack-operation";
  const { scheme, flags } = machine;
  const signature = machine.item(1);
  const publicKey = machine.item(0);
  const whole = scriptCodeOf(machine);
  const scriptCode = scheme.withoutSignature(whole, signature);
  if (scriptCode !== whole && flags & CONST_SCRIPTCODE) return "find-and-delete";
  const fault = encodingFault(machine, signature, publicKey);
  if (fault !== null) return fault;
  const holds = scheme.checkSignature(signature, publicKey, scriptCode);
  if (!holds && flags & NULLFAIL && signature.length > 0) return "null-fail";
  machine.drop(2);
  if (machine.reader.opcode === Opcode.CHECKSIGVERIFY) return holds ? null : "check-signature-verify";
  machine.stack.push(holds ? TRUE_ITEM : EMPTY_ITEM);
  return null;
};

/**
 * CHECKMULTISIG, CHECKMULTISIGVERIFY: on the stack lie, from the top, the number of keys, the keys, the number of signatures,
 * the signatures, and one item more, which Bitcoin's first implementation took by mistake.
 */
export const checkMultisignature: Operation = (machine) => {
  const { stack } = machine;
  if (stack.length < 1) return "stack-operation";
  const keys = machine.number(0);
  if (keys === null) return "number";
  if (keys < 0 || keys > MAX_MULTISIG_KEYS) return "public-key-count";
  machine.operations += keys;
  if (machine.operations > MAX_OPERATIONS) return "operation-count";
  if (stack.length < keys + 2) return "stack-operation";
  const signatures = machine.number(keys + 1);
  if (signatures === null) return "number";
  if (signatures < 0 || signatures > keys) return "signature-count";
  // The item too much is asked for only after the signatures are checked.
  if (stack.length < keys + signatures + 2) return "stack-operation";
  const outcome = matchSignatures(machine, keys, signatures);
  if (typeof outcome === "string") return outcome;
  return concludeMultisignature(machine, outcome, keys + signatures + 2);
};

/** The script that all signatures cover, or the fault of one that lies in it. */
function multisignatureCode(machine: ScriptMachine, first: number, count: number): Uint8Array | ScriptFault {
  let scriptCode = scriptCodeOf(machine);
  for (let i = 0; i < count; i++) {
    const rest = machine.scheme.withoutSignature(scriptCode, machine.item(first + i));
    if (rest !== scriptCode && machine.flags & CONST_SCRIPTCODE) return "find-and-delete";
    scriptCode = rest;
  }
  return scriptCode;
}

/** Signatures stand in the order of their keys, so each key is tried once. @returns whether all hold, or a fault */
function matchSignatures(machine: ScriptMachine, keys: number, signatures: number): boolean | ScriptFault {
  let key = 1;
  let signature = keys + 2;
  const scriptCode = multisignatureCode(machine, signature, signatures);
  if (typeof scriptCode === "string") return scriptCode;
  const keysEnd = key + keys;
  const signaturesEnd = signature + signatures;
  while (signature < signaturesEnd) {
    if (signaturesEnd - signature > keysEnd - key) return refusedSignatures(machine, keys, signatures);
    const bytes = machine.item(signature);
    const publicKey = machine.item(key++);
    const fault = encodingFault(machine, bytes, publicKey);
    if (fault !== null) return fault;
    if (machine.scheme.checkSignature(bytes, publicKey, scriptCode)) signature++;
  }
  return true;
}

function refusedSignatures(machine: ScriptMachine, keys: number, signatures: number): false | ScriptFault {
  if (!(machine.flags & NULLFAIL)) return false;
  for (let i = 0; i < signatures; i++) {
    if (machine.item(keys + 2 + i).length > 0) return "null-fail";
  }
  return false;
}

function concludeMultisignature(machine: ScriptMachine, holds: boolean, count: number): ScriptFault | null {
  const { stack } = machine;
  machine.drop(count);
  const surplus = stack.pop();
  if (surplus === undefined) return "stack-operation";
  if (machine.flags & NULLDUMMY && surplus.length > 0) return "null-dummy";
  if (machine.reader.opcode === Opcode.CHECKMULTISIGVERIFY) return holds ? null : "check-multisignature-verify";
  stack.push(holds ? TRUE_ITEM : EMPTY_ITEM);
  return null;
}
