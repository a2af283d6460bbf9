import { type ScriptFault, ScriptFlag } from "../../../../rootchain/script/index.ts";

type FlagName = keyof typeof ScriptFlag;

/** Rules of witness programs, which do nothing to legacy scripts. MINIMALIF is one of them in Bitcoin. */
const WITNESS_FLAGS = new Set([
  "WITNESS",
  "MINIMALIF",
  "WITNESS_PUBKEYTYPE",
  "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM",
  "TAPROOT",
  "DISCOURAGE_UPGRADABLE_PUBKEYTYPE",
  "DISCOURAGE_OP_SUCCESS",
  "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION",
]);

/** Bitcoin's rules for legacy scripts by name. */
export const LEGACY_FLAGS: ReadonlyMap<string, number> = new Map(
  Object.entries(ScriptFlag).filter(([name]) => !WITNESS_FLAGS.has(name)),
);

/** All rules of legacy scripts. */
export const ALL_LEGACY_FLAGS = [...LEGACY_FLAGS.values()].reduce((all, flag) => all | flag, 0);

/** What a row of the vectors says about rules. */
export interface RuleSet {
  /** The rules of legacy scripts among them. */
  readonly flags: number;
  readonly hasWitness: boolean;
}

/** Reads a row's rules; an unknown one throws. */
export function parseFlags(text: string): RuleSet {
  const names = text.split(",").filter((name) => name !== "" && name !== "NONE");
  let flags = 0;
  for (const name of names) {
    if (WITNESS_FLAGS.has(name)) continue;
    const flag = LEGACY_FLAGS.get(name as FlagName);
    if (flag === undefined) throw new Error(`no rule of Bitcoin's: ${name}`);
    flags |= flag;
  }
  return { flags, hasWitness: names.includes("WITNESS") };
}

/** CLEANSTACK is only defined beside P2SH. */
export function completeFlags(flags: number): number {
  return flags & ScriptFlag.CLEANSTACK ? flags | ScriptFlag.P2SH : flags;
}

/** Takes CLEANSTACK away where P2SH is missing. */
export function trimFlags(flags: number): number {
  return flags & ScriptFlag.P2SH ? flags : flags & ~ScriptFlag.CLEANSTACK;
}

/** Each fault by Bitcoin's name in the vectors. */
export const ERROR_NAMES: Readonly<Record<ScriptFault, string>> = {
  "false-result": "EVAL_FALSE",
  "clean-stack": "CLEANSTACK",
  "script-size": "SCRIPT_SIZE",
  "push-size": "PUSH_SIZE",
  "operation-count": "OP_COUNT",
  "stack-size": "STACK_SIZE",
  "signature-count": "SIG_COUNT",
  "public-key-count": "PUBKEY_COUNT",
  verify: "VERIFY",
  "equal-verify": "EQUALVERIFY",
  "number-equal-verify": "NUMEQUALVERIFY",
  "check-signature-verify": "CHECKSIGVERIFY",
  "check-multisignature-verify": "CHECKMULTISIGVERIFY",
  return: "OP_RETURN",
  "bad-opcode": "BAD_OPCODE",
  "disabled-opcode": "DISABLED_OPCODE",
  "stack-operation": "INVALID_STACK_OPERATION",
  "alternate-stack-operation": "INVALID_ALTSTACK_OPERATION",
  "unbalanced-conditional": "UNBALANCED_CONDITIONAL",
  number: "SCRIPTNUM",
  "negative-lock-time": "NEGATIVE_LOCKTIME",
  "unsatisfied-lock-time": "UNSATISFIED_LOCKTIME",
  "minimal-data": "MINIMALDATA",
  "minimal-if": "MINIMALIF",
  "push-only": "SIG_PUSHONLY",
  "signature-encoding": "SIG_DER",
  "signature-hash-type": "SIG_HASHTYPE",
  "signature-high-s": "SIG_HIGH_S",
  "public-key-encoding": "PUBKEYTYPE",
  "null-dummy": "SIG_NULLDUMMY",
  "null-fail": "NULLFAIL",
  "code-separator": "OP_CODESEPARATOR",
  "find-and-delete": "SIG_FINDANDDELETE",
  "discouraged-nop": "DISCOURAGE_UPGRADABLE_NOPS",
};

/** @returns the name of an outcome; older editions call what is no number an unknown error */
export function errorName(fault: ScriptFault | null, expected: string): string {
  if (fault === null) return "OK";
  return fault === "number" && expected === "UNKNOWN_ERROR" ? expected : ERROR_NAMES[fault];
}
