import type { Operation } from "../machine.ts";
import { Opcode } from "../opcode.ts";
import * as arithmetic from "./arithmetic.ts";
import * as flow from "./flow.ts";
import { hash } from "./hashing.ts";
import { checkLockTime, checkSequence } from "./lock-time.ts";
import * as signatures from "./signatures.ts";
import * as stack from "./stack.ts";

type Name = keyof typeof Opcode;

const DISABLED = "CAT SUBSTR LEFT RIGHT INVERT AND OR XOR 2MUL 2DIV MUL DIV MOD LSHIFT RSHIFT";

/** Which function executes which operations. */
const ASSIGNMENTS: readonly (readonly [Operation, string])[] = [
  [flow.noOperation, "NOP"],
  [flow.openBranch, "IF NOTIF"],
  [flow.turnBranch, "ELSE"],
  [flow.closeBranch, "ENDIF"],
  [flow.verify, "VERIFY"],
  [flow.returnEarly, "RETURN"],
  [flow.upgradableNoOperation, "NOP1 NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10"],
  [flow.disabledOpcode, DISABLED],
  [stack.toAlternate, "TOALTSTACK"],
  [stack.fromAlternate, "FROMALTSTACK"],
  [stack.drop, "DROP 2DROP"],
  [stack.duplicate, "DUP"],
  [stack.duplicateTwo, "2DUP"],
  [stack.duplicateThree, "3DUP"],
  [stack.over, "OVER"],
  [stack.overTwo, "2OVER"],
  [stack.swap, "SWAP"],
  [stack.swapTwo, "2SWAP"],
  [stack.rotate, "ROT"],
  [stack.rotateTwo, "2ROT"],
  [stack.nip, "NIP"],
  [stack.tuck, "TUCK"],
  [stack.pickOrRoll, "PICK ROLL"],
  [stack.duplicateIfTrue, "IFDUP"],
  [stack.depth, "DEPTH"],
  [stack.size, "SIZE"],
  [stack.equal, "EQUAL EQUALVERIFY"],
  [arithmetic.unary, "1ADD 1SUB NEGATE ABS NOT 0NOTEQUAL"],
  [arithmetic.binary, "ADD SUB MIN MAX"],
  [arithmetic.comparison, "BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL"],
  [arithmetic.comparison, "LESSTHAN GREATERTHAN LESSTHANOREQUAL GREATERTHANOREQUAL"],
  [arithmetic.within, "WITHIN"],
  [hash, "RIPEMD160 SHA1 SHA256 HASH160 HASH256"],
  [signatures.separateCode, "CODESEPARATOR"],
  [signatures.checkSignature, "CHECKSIG CHECKSIGVERIFY"],
  [signatures.checkMultisignature, "CHECKMULTISIG CHECKMULTISIGVERIFY"],
  [checkLockTime, "CHECKLOCKTIMEVERIFY"],
  [checkSequence, "CHECKSEQUENCEVERIFY"],
];

function opcodesOf(names: string): number[] {
  return names.split(" ").map((name) => Opcode[name as Name]);
}

function operations(): readonly Operation[] {
  const table = new Array<Operation>(256).fill(flow.badOpcode);
  for (const [operation, names] of ASSIGNMENTS) {
    for (const opcode of opcodesOf(names)) table[opcode] = operation;
  }
  table[Opcode["1NEGATE"]] = stack.pushSmallNumber;
  table.fill(stack.pushSmallNumber, Opcode["1"], Opcode["16"] + 1);
  return table;
}

/** What executes an operation, by its number; those that push bytes are the interpreter's own. */
export const OPERATIONS = operations();

/** Marks, by number, what runs in branches that are not taken too: flow control, and what fails wherever it stands. */
export const RUNS_ALWAYS: Readonly<Uint8Array> = (() => {
  const marks = new Uint8Array(256);
  for (const opcode of opcodesOf(`IF NOTIF VERIF VERNOTIF ELSE ENDIF CODESEPARATOR ${DISABLED}`)) marks[opcode] = 1;
  return marks;
})();
