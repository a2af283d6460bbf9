import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BLOCK_SCRIPT_FLAGS,
  countSignatureChecks,
  countSpendingChecks,
  isPushOnly,
  MEMPOOL_SCRIPT_FLAGS,
  Opcode,
  payToScript,
  ScriptFlag,
  ScriptReader,
  unlockPayToScript,
  verifyScript,
} from "../../../rootchain/script/index.ts";
import { execute } from "../../../rootchain/script/interpreter.ts";
import { ScriptMachine } from "../../../rootchain/script/machine.ts";
import { parseAssembly } from "./bitcoin/assembly.ts";
import { FakeScheme, fakeKey, fakeSignature } from "./fake-scheme.ts";

const ALL_FLAGS = MEMPOOL_SCRIPT_FLAGS;
const NO_FLAGS = 0;

function run(text: string, flags = NO_FLAGS, scheme = new FakeScheme()) {
  return verifyScript({ unlocking: new Uint8Array(0), locking: parseAssembly(text), flags, scheme });
}

const repeat = (text: string, times: number): string => new Array<string>(times).fill(text).join(" ");
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

describe("limits", () => {
  test("a script may have 10,000 bytes and no more", () => {
    const push = `0x4d 0x0802 0x${"00".repeat(520)} DROP`;
    const script = `${repeat(push, 19)} ${repeat("1", 10_000 - 19 * 524)}`;
    expect(parseAssembly(script)).toHaveLength(10_000);
    expect(run(script)).toBeNull();
    expect(run(`${script} 1`)).toBe("script-size");
  });

  test("an item may have 520 bytes and no more, executed or not", () => {
    expect(run(`0x4d 0x0802 0x${"01".repeat(520)}`)).toBeNull();
    expect(run(`0x4d 0x0902 0x${"01".repeat(521)}`)).toBe("push-size");
    expect(run(`0 IF 0x4d 0x0902 0x${"01".repeat(521)} ENDIF 1`)).toBe("push-size");
  });

  test("201 operations may run; pushes do not count, branches not taken do", () => {
    expect(run(`1 ${repeat("NOP", 201)}`)).toBeNull();
    expect(run(`1 ${repeat("NOP", 202)}`)).toBe("operation-count");
    expect(run(`1 0 IF ${repeat("NOP", 199)} ENDIF`)).toBeNull();
    expect(run(`1 0 IF ${repeat("NOP", 200)} ENDIF`)).toBe("operation-count");
    expect(run(repeat("1", 900))).toBeNull();
  });

  test("each key of CHECKMULTISIG counts as an operation", () => {
    const keys = repeat(`0x20 ${hex(fakeKey(1))}`, 20);
    const round = `0 0 ${keys} 20 CHECKMULTISIGVERIFY`;
    expect(run(`${repeat(round, 9)} ${repeat("NOP", 12)} 1`)).toBeNull();
    expect(run(`${repeat(round, 9)} ${repeat("NOP", 13)} 1`)).toBe("operation-count");
    expect(run(`${repeat("NOP", 181)} ${round} 1`)).toBe("operation-count");
  });

  test("1000 items may lie on both stacks together", () => {
    expect(run(`${repeat("1", 900)} ${repeat("TOALTSTACK", 50)} ${repeat("1", 100)}`)).toBeNull();
    expect(run(`${repeat("1", 900)} ${repeat("TOALTSTACK", 50)} ${repeat("1", 101)}`)).toBe("stack-size");
    expect(run(`${repeat("1", 998)} 3DUP`)).toBe("stack-size");
  });
});

describe("rules", () => {
  test("a branch takes exactly a yes or a no under MINIMALIF", () => {
    const branch = (condition: string) => run(`${condition} IF 1 ELSE 1 ENDIF`, ScriptFlag.MINIMALIF);
    expect(branch("1")).toBeNull();
    expect(branch("0")).toBeNull();
    for (const condition of ["2", "0x01 0x00", "0x02 0x0100", "0x01 0x81"])
      expect(branch(condition)).toBe("minimal-if");
    expect(run("2 IF 1 ENDIF")).toBeNull();
  });

  test("a failed signature is empty under NULLFAIL", () => {
    const [key, other] = [fakeKey(1), fakeKey(2)];
    const failing = `0x40 ${hex(fakeSignature(other))} 0x20 ${hex(key)} CHECKSIG NOT`;
    expect(run(failing)).toBeNull();
    expect(run(failing, ScriptFlag.NULLFAIL)).toBe("null-fail");
    expect(run(`0 0x20 ${hex(key)} CHECKSIG NOT`, ScriptFlag.NULLFAIL)).toBeNull();
    const several = (one: string) => {
      const keys = `0x20 ${hex(key)} 0x20 ${hex(key)} 2`;
      return run(`0 ${one} 0 2 ${keys} CHECKMULTISIG NOT`, ScriptFlag.NULLFAIL);
    };
    expect(several("0")).toBeNull();
    expect(several(`0x40 ${hex(fakeSignature(key))}`)).toBe("null-fail");
  });

  test("the superfluous item of CHECKMULTISIG is empty under NULLDUMMY, and there without", () => {
    expect(run("0 0 0 CHECKMULTISIG", ScriptFlag.NULLDUMMY)).toBeNull();
    expect(run("1 0 0 CHECKMULTISIG", ScriptFlag.NULLDUMMY)).toBe("null-dummy");
    expect(run("1 0 0 CHECKMULTISIG")).toBeNull();
    expect(run("0 0 CHECKMULTISIG")).toBe("stack-operation");
  });

  test("lock times have effect only under their rules", () => {
    const scheme = new FakeScheme({ lockTime: 100, sequence: 7 });
    const { CHECKLOCKTIMEVERIFY, CHECKSEQUENCEVERIFY } = ScriptFlag;
    expect(run("100 CHECKLOCKTIMEVERIFY", CHECKLOCKTIMEVERIFY, scheme)).toBeNull();
    expect(run("101 CHECKLOCKTIMEVERIFY", CHECKLOCKTIMEVERIFY, scheme)).toBe("unsatisfied-lock-time");
    expect(run("101 CHECKLOCKTIMEVERIFY", NO_FLAGS, scheme)).toBeNull();
    expect(run("-1 CHECKLOCKTIMEVERIFY", CHECKLOCKTIMEVERIFY, scheme)).toBe("negative-lock-time");
    expect(run("CHECKLOCKTIMEVERIFY", CHECKLOCKTIMEVERIFY, scheme)).toBe("stack-operation");
    expect(run("7 CHECKSEQUENCEVERIFY", CHECKSEQUENCEVERIFY, scheme)).toBeNull();
    expect(run("8 CHECKSEQUENCEVERIFY", CHECKSEQUENCEVERIFY, scheme)).toBe("unsatisfied-lock-time");
    expect(run("2147483656 CHECKSEQUENCEVERIFY", CHECKSEQUENCEVERIFY, scheme)).toBeNull();
    expect(run("4294967304 CHECKSEQUENCEVERIFY", CHECKSEQUENCEVERIFY, scheme)).toBe("unsatisfied-lock-time");
  });

  test("signatures cover the script from the last separator executed", () => {
    const covered: number[] = [];
    const scheme = new FakeScheme();
    scheme.checkSignature = (_, __, scriptCode?: Uint8Array) => covered.push((scriptCode as Uint8Array).length) > 0;
    const check = `0x40 ${hex(fakeSignature(fakeKey(1)))} 0x20 ${hex(fakeKey(1))} CHECKSIG`;
    const bytes = 1 + 64 + 1 + 32 + 1;
    expect(run(`NOP CODESEPARATOR ${check}`, NO_FLAGS, scheme)).toBeNull();
    expect(run(`0 IF CODESEPARATOR ENDIF ${check}`, NO_FLAGS, scheme)).toBeNull();
    expect(covered).toEqual([bytes, bytes + 4]);
    expect(run("0 IF CODESEPARATOR ENDIF 1", ScriptFlag.CONST_SCRIPTCODE)).toBe("code-separator");
  });

  test("blocks allow what an upgrade may redefine, pending transactions do not", () => {
    expect(run("NOP10 1", BLOCK_SCRIPT_FLAGS)).toBeNull();
    expect(run("NOP10 1", MEMPOOL_SCRIPT_FLAGS)).toBe("discouraged-nop");
  });
});

describe("counting signature checks", () => {
  test("keys count where their number is plain, else the most", () => {
    expect(countSignatureChecks(parseAssembly("CHECKSIG CHECKSIGVERIFY"))).toBe(2);
    expect(countSignatureChecks(parseAssembly("3 CHECKMULTISIG 16 CHECKMULTISIGVERIFY"))).toBe(19);
    expect(countSignatureChecks(parseAssembly("0 CHECKMULTISIG 0x01 0x03 CHECKMULTISIG"))).toBe(40);
    expect(countSignatureChecks(parseAssembly("CHECKSIG 0x05 0x01"))).toBe(1);
  });

  test("a paid script counts where its hash is", () => {
    const script = parseAssembly("2 CHECKMULTISIG CHECKSIG");
    const unlocking = unlockPayToScript({ satisfying: parseAssembly("0 1"), script });
    expect(countSpendingChecks({ unlocking, locking: payToScript(script) })).toBe(3);
    expect(countSpendingChecks({ unlocking, locking: script })).toBe(3);
    expect(countSpendingChecks({ unlocking: parseAssembly("NOP 1"), locking: payToScript(script) })).toBe(0);
    const executing = parseAssembly(`NOP 0x03 ${hex(script)}`);
    expect(countSpendingChecks({ unlocking: executing, locking: payToScript(script) })).toBe(0);
    expect(countSpendingChecks({ unlocking: new Uint8Array(0), locking: payToScript(script) })).toBe(0);
  });
});

/** A scheme that takes every form and counts what it is asked, saying yes to every second question. */
class CountingScheme extends FakeScheme {
  checks = 0;
  override signatureFault = () => null;
  override publicKeyFault = () => null;

  override checkSignature(): boolean {
    return ++this.checks % 2 === 0;
  }
}

/** Bytes that are mostly operations with something to work on, so that evaluations get far. */
const scripts = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.oneof(fc.constant(0x51), fc.integer({ min: 0, max: 0xbb })), { maxLength: 400 }).map((codes) => {
    const bytes = codes.flatMap((code) => (code > 0 && code < 0x4c ? [1, code] : [code]));
    return Uint8Array.from([...new Array<number>(24).fill(0x52), ...bytes]);
  }),
  fc.array(fc.constantFrom(...Object.values(Opcode)), { maxLength: 300 }).map((codes) => Uint8Array.from(codes)),
);
/** Signature checks with something to check, and what may come between them. */
const checkingScripts = fc
  .array(
    fc.constantFrom(
      "1 1 CHECKSIG",
      "0 1 1 2 1 1 1 3 CHECKMULTISIG",
      "0 1 1 1 1 1 CHECKMULTISIG NOT",
      "CHECKMULTISIG",
      "1 IF",
      "0 IF",
      "ELSE",
      "ENDIF",
      "DUP",
      "2",
    ),
    { maxLength: 30 },
  )
  .map((parts) => parseAssembly(`${repeat("1", 20)} ${parts.join(" ")}`));
const flagSets = fc.integer({ min: 0, max: ALL_FLAGS });

describe("any bytes", () => {
  test("end in an outcome, the same each time, without altering the scripts", () => {
    fc.assert(
      fc.property(scripts, scripts, flagSets, (unlocking, locking, flags) => {
        const copies = [unlocking.slice(), locking.slice()];
        const scheme = new FakeScheme({ lockTime: 1000, sequence: 10 });
        const outcome = verifyScript({ unlocking, locking, flags, scheme });
        expect(outcome === null || typeof outcome === "string").toBe(true);
        expect(verifyScript({ unlocking, locking, flags, scheme })).toBe(outcome);
        expect([unlocking, locking]).toEqual(copies);
      }),
      { numRuns: 3_000, seed: 1 },
    );
  });

  test("leave stack and operations within their bounds", () => {
    fc.assert(
      fc.property(scripts, flagSets, (script, flags) => {
        const machine = new ScriptMachine(flags, new FakeScheme());
        const fault = execute(machine, script);
        const items = machine.stack.length + machine.alternate.length;
        if (fault === null) {
          expect(items).toBeLessThanOrEqual(1000);
          expect(machine.operations).toBeLessThanOrEqual(201);
        }
        expect(items).toBeLessThanOrEqual(1003);
        for (const item of machine.stack) expect(item.length).toBeLessThanOrEqual(520);
      }),
      { numRuns: 3_000, seed: 1 },
    );
  });

  test("are read in steps that cover them without a gap", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const reader = new ScriptReader(script);
        let at = 0;
        while (reader.next()) {
          expect(reader.at).toBeGreaterThan(at);
          expect(reader.dataEnd).toBe(reader.at);
          at = reader.at;
        }
        if (isPushOnly(script)) expect(at).toBe(script.length);
      }),
      { seed: 1 },
    );
  });

  test("ask for no more signature checks than were counted", () => {
    let most = 0;
    fc.assert(
      fc.property(checkingScripts, checkingScripts, fc.boolean(), flagSets, (unlocking, script, isPaid, flags) => {
        const scheme = new CountingScheme();
        const locking = isPaid ? payToScript(script) : script;
        const pushes = isPaid ? unlockPayToScript({ satisfying: new Uint8Array(20).fill(0x51), script }) : unlocking;
        verifyScript({ unlocking: pushes, locking, flags, scheme });
        expect(scheme.checks).toBeLessThanOrEqual(countSpendingChecks({ unlocking: pushes, locking }));
        most = Math.max(most, scheme.checks);
      }),
      { numRuns: 3_000, seed: 1 },
    );
    expect(most).toBeGreaterThan(5);
  });
});
