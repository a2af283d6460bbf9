import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeNumber,
  encodeNumber,
  type ScriptFault,
  ScriptFlag,
  verifyScript,
} from "../../../rootchain/script/index.ts";
import { execute } from "../../../rootchain/script/interpreter.ts";
import { ScriptMachine } from "../../../rootchain/script/machine.ts";
import { fromHex, toHex } from "../../crypto/vectors.ts";
import { parseAssembly } from "./bitcoin/assembly.ts";
import { FakeScheme, fakeKey, fakeSignature } from "./fake-scheme.ts";

/** Executes a script alone. @returns the fault, or the stack from bottom to top: numbers up to 4 bytes, the rest as hex */
function outcome(text: string, flags = 0): ScriptFault | (number | string)[] {
  const machine = new ScriptMachine(flags, new FakeScheme());
  const fault = execute(machine, parseAssembly(text));
  return fault ?? machine.stack.map((item) => decodeNumber(item, 4, false) ?? toHex(item));
}

const stacks: readonly (readonly [script: string, stack: readonly (number | string)[]])[] = [
  ["0x4f 0 1 16", [-1, 0, 1, 16]],
  ["1 2 TOALTSTACK 3 FROMALTSTACK", [1, 3, 2]],
  ["1 2 3 DROP", [1, 2]],
  ["1 2 3 2DROP", [1]],
  ["1 2 DUP", [1, 2, 2]],
  ["1 2 3 2DUP", [1, 2, 3, 2, 3]],
  ["1 2 3 4 3DUP", [1, 2, 3, 4, 2, 3, 4]],
  ["1 2 3 OVER", [1, 2, 3, 2]],
  ["1 2 3 4 5 2OVER", [1, 2, 3, 4, 5, 2, 3]],
  ["1 2 3 SWAP", [1, 3, 2]],
  ["1 2 3 4 5 2SWAP", [1, 4, 5, 2, 3]],
  ["1 2 3 4 ROT", [1, 3, 4, 2]],
  ["1 2 3 4 5 6 7 2ROT", [1, 4, 5, 6, 7, 2, 3]],
  ["1 2 3 NIP", [1, 3]],
  ["1 2 3 TUCK", [1, 3, 2, 3]],
  ["7 8 9 0 PICK", [7, 8, 9, 9]],
  ["7 8 9 2 PICK", [7, 8, 9, 7]],
  ["7 8 9 0 ROLL", [7, 8, 9]],
  ["7 8 9 2 ROLL", [8, 9, 7]],
  ["0 IFDUP", [0]],
  ["5 IFDUP", [5, 5]],
  ["DEPTH 1 DEPTH", [0, 1, 2]],
  ["0 SIZE 'abc' SIZE", [0, 0, 0x636261, 3]],
  ["1 1 EQUAL 1 0x02 0x0100 EQUAL", [1, 0]],
  ["1 IF 2 ELSE 3 ENDIF 0 IF 4 ELSE 5 ENDIF 0 NOTIF 6 ENDIF", [2, 5, 6]],
  ["1 IF 2 ELSE 3 ELSE 4 ENDIF", [2, 4]],
  ["0 IF 1 IF 2 ELSE 3 ENDIF ELSE 0 IF 4 ELSE 5 ENDIF ENDIF", [5]],
  ["5 1ADD 5 1SUB 5 NEGATE -5 ABS 5 ABS", [6, 4, -5, 5, 5]],
  ["0 NOT 1 NOT 2 NOT 0 0NOTEQUAL -3 0NOTEQUAL", [1, 0, 0, 0, 1]],
  ["2147483647 DUP ADD", ["feffffff00"]],
  ["1 CODESEPARATOR NOP 1 VERIFY", [1]],
  ["'abc' RIPEMD160", ["8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"]],
  ["'abc' SHA1", ["a9993e364706816aba3e25717850c26c9cd0d89d"]],
  ["'abc' SHA256", ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]],
  ["'abc' SHA256 RIPEMD160 'abc' HASH160 EQUAL", [1]],
  ["'abc' SHA256 SHA256 'abc' HASH256 EQUAL", [1]],
];

describe("operations", () => {
  test.each(stacks)("%s", (script, stack) => {
    expect(outcome(script)).toEqual(stack);
  });

  const needs: readonly (readonly [items: number, names: string])[] = [
    [1, "IF NOTIF VERIFY TOALTSTACK DROP DUP IFDUP SIZE 1ADD 1SUB NEGATE ABS NOT 0NOTEQUAL"],
    [1, "RIPEMD160 SHA1 SHA256 HASH160 HASH256"],
    [2, "2DROP 2DUP OVER SWAP NIP TUCK EQUAL EQUALVERIFY CHECKSIG CHECKSIGVERIFY ADD SUB MIN MAX"],
    [2, "BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL LESSTHAN GREATERTHAN LESSTHANOREQUAL GREATERTHANOREQUAL"],
    [3, "3DUP ROT WITHIN"],
    [4, "2OVER 2SWAP"],
    [6, "2ROT"],
  ];
  const names = needs.flatMap(([items, list]) => list.split(" ").map((name) => [name, items] as const));

  test.each(names)("%s needs %i items", (name, items) => {
    const ones = (count: number) => new Array<string>(count).fill("1").join(" ");
    expect(outcome(`${ones(items - 1)} ${name}`)).toBe("stack-operation");
    expect(outcome(`${ones(items)} ${name}`)).not.toBe("stack-operation");
  });

  test("what has no item, number or partner to work on fails", () => {
    expect(outcome("FROMALTSTACK")).toBe("alternate-stack-operation");
    for (const script of ["ELSE", "ENDIF", "1 IF", "0 IF ELSE"]) expect(outcome(script)).toBe("unbalanced-conditional");
    for (const script of ["0 PICK", "0 ROLL", "1 2 -1 PICK", "1 2 2 PICK", "1 2 -1 ROLL", "1 2 2 ROLL"]) {
      expect(outcome(script)).toBe("stack-operation");
    }
    for (const script of ["'abcde' 1ADD", "1 'abcde' ADD", "'abcde' 1 ADD", "1 'abcde' PICK", "'abcde' 1 1 WITHIN"]) {
      expect(outcome(script)).toBe("number");
    }
    expect(outcome("0x01 0x00 NOT", ScriptFlag.MINIMALDATA)).toBe("number");
  });

  test("failed verifications say which", () => {
    expect(outcome("0 VERIFY")).toBe("verify");
    expect(outcome("1 2 EQUALVERIFY")).toBe("equal-verify");
    expect(outcome("1 2 NUMEQUALVERIFY")).toBe("number-equal-verify");
    expect(outcome("0 1 CHECKSIGVERIFY")).toBe("public-key-encoding");
    expect(outcome(`0 0x20 0x${"01".repeat(32)} CHECKSIGVERIFY`)).toBe("check-signature-verify");
    expect(outcome(`0 0 1 0x20 0x${"01".repeat(32)} 1 CHECKMULTISIGVERIFY`)).toBe("check-multisignature-verify");
    expect(outcome("1 RETURN")).toBe("return");
  });

  test("the numbers of keys and signatures are within their bounds", () => {
    expect(outcome("0 0 -1 CHECKMULTISIG")).toBe("public-key-count");
    expect(outcome("0 0 21 CHECKMULTISIG")).toBe("public-key-count");
    expect(outcome("0 -1 0 CHECKMULTISIG")).toBe("signature-count");
    expect(outcome("0 0 2 1 1 CHECKMULTISIG")).toBe("signature-count");
    expect(outcome("0 'abcde' CHECKMULTISIG")).toBe("number");
    expect(outcome("0 'abcde' 0 CHECKMULTISIG")).toBe("number");
    expect(outcome("0 1 CHECKMULTISIG")).toBe("stack-operation");
    expect(outcome("CHECKMULTISIG")).toBe("stack-operation");
  });

  test("forms are judged signature before key, and only of what is tried", () => {
    expect(outcome("1 1 CHECKSIG")).toBe("signature-encoding");
    const [key, other] = [fakeKey(1), fakeKey(2)].map((bytes) => `0x20 0x${toHex(bytes)}`);
    const signature = `0x40 0x${toHex(fakeSignature(fakeKey(3)))}`;
    // The last signature is tried with the last key: as that fails, two signatures are left for one key.
    expect(outcome(`0 ${signature} ${signature} 2 1 ${key} 2 CHECKMULTISIG`)).toEqual([0]);
    expect(outcome(`0 ${signature} ${signature} 2 ${key} 1 2 CHECKMULTISIG`)).toBe("public-key-encoding");
    expect(outcome(`0 ${signature} 1 1 ${key} ${other} 3 CHECKMULTISIG`)).toBe("public-key-encoding");
  });

  test("disabled operations fail wherever they stand, unknown ones where they run", () => {
    const disabled = "CAT SUBSTR LEFT RIGHT INVERT AND OR XOR 2MUL 2DIV MUL DIV MOD LSHIFT RSHIFT".split(" ");
    for (const name of disabled) expect(outcome(`0 IF ${name} ENDIF`)).toBe("disabled-opcode");
    for (const name of ["VERIF", "VERNOTIF"]) expect(outcome(`0 IF ${name} ENDIF`)).toBe("bad-opcode");
    const unknown = ["VER", "RESERVED", "RESERVED1", "RESERVED2", "0xba", "0xff"];
    for (const name of unknown) {
      expect(outcome(`0 IF ${name} ENDIF 1`)).toEqual([1]);
      expect(outcome(name)).toBe("bad-opcode");
    }
    for (const cut of ["0x02 0x01", "0x4c", "0x4c 0x01", "0x4d 0x00", "0x4e 0x000000", "0x4e 0xffffffff"]) {
      expect(outcome(cut)).toBe("bad-opcode");
    }
  });
});

const operand = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }));
const expected: Readonly<Record<string, (left: number, right: number) => number | boolean>> = {
  ADD: (left, right) => left + right,
  SUB: (left, right) => left - right,
  MIN: Math.min,
  MAX: Math.max,
  BOOLAND: (left, right) => left !== 0 && right !== 0,
  BOOLOR: (left, right) => left !== 0 || right !== 0,
  NUMEQUAL: (left, right) => left === right,
  NUMNOTEQUAL: (left, right) => left !== right,
  LESSTHAN: (left, right) => left < right,
  GREATERTHAN: (left, right) => left > right,
  LESSTHANOREQUAL: (left, right) => left <= right,
  GREATERTHANOREQUAL: (left, right) => left >= right,
};

describe("arithmetic", () => {
  test.each(Object.entries(expected))("%s computes what it is named after", (name, compute) => {
    fc.assert(
      fc.property(operand, operand, (left, right) => {
        const machine = new ScriptMachine(ScriptFlag.MINIMALDATA, new FakeScheme());
        expect(execute(machine, parseAssembly(`${left} ${right} ${name}`))).toBeNull();
        expect(machine.stack).toEqual([encodeNumber(Number(compute(left, right)))]);
      }),
      { seed: 1 },
    );
  });

  test("WITHIN takes the lower bound in and leaves the upper out", () => {
    fc.assert(
      fc.property(operand, operand, operand, (value, lower, upper) => {
        expect(outcome(`${value} ${lower} ${upper} WITHIN`)).toEqual([lower <= value && value < upper ? 1 : 0]);
      }),
      { seed: 1 },
    );
    expect(outcome("1 1 2 WITHIN 2 1 2 WITHIN")).toEqual([1, 0]);
  });
});

describe("paying to a script", () => {
  const evaluate = (unlocking: string, locking: string, flags = ScriptFlag.P2SH) => {
    return verifyScript({
      unlocking: parseAssembly(unlocking),
      locking: parseAssembly(locking),
      flags,
      scheme: new FakeScheme(),
    });
  };
  const hash = "da1745e9b549bd0bfa1a569971c77eba30cd5a4b"; // HASH160 of the script `1`

  test("the script that is paid decides, only under the rule and in the exact form", () => {
    const failing = "0x01 0x00";
    const zero = toHex(fromHex("9f7fd096d37ed2c0e3f7f0cfc924beef4ffceb68")); // HASH160 of the script `0`
    expect(evaluate("0x01 0x51", `HASH160 0x14 0x${hash} EQUAL`)).toBeNull();
    expect(evaluate(failing, `HASH160 0x14 0x${zero} EQUAL`)).toBe("false-result");
    expect(evaluate(failing, `HASH160 0x14 0x${zero} EQUAL`, 0)).toBeNull();
    expect(evaluate(failing, `HASH160 0x14 0x${zero} EQUAL NOP`)).toBeNull();
    expect(evaluate(failing, `HASH160 0x4c 0x14 0x${zero} EQUAL`)).toBeNull();
    expect(evaluate("0x01 0x51 NOP", `HASH160 0x14 0x${hash} EQUAL`)).toBe("push-only");
  });

  test("the alternate stack and conditions do not outlive a script", () => {
    expect(evaluate("1 TOALTSTACK", "FROMALTSTACK")).toBe("alternate-stack-operation");
    expect(evaluate("1 IF", "1 ENDIF")).toBe("unbalanced-conditional");
  });
});
