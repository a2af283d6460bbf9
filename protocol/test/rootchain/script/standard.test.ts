import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../crypto/hash.ts";
import {
  BLOCK_SCRIPT_FLAGS,
  claimHashTimeLock,
  classifyScript,
  countSignatureChecks,
  hash160,
  hashTimeLock,
  isPushOnly,
  lockingScript,
  multisig,
  Opcode,
  payToKey,
  payToScript,
  refundHashTimeLock,
  type ScriptFault,
  type SignatureScheme,
  type StandardForm,
  unlockMultisig,
  unlockPayToKey,
  unlockPayToScript,
  verifyScript,
} from "../../../rootchain/script/index.ts";
import { Ed25519Scheme } from "./ed25519-scheme.ts";
import { FakeScheme, fakeKey, fakeSignature } from "./fake-scheme.ts";

const EXPIRY = 90;
const preimage = new Uint8Array(32).fill(0x5a);
const empty = new Uint8Array(0);

/** Keys and what signs with them for a script, at a lock time. */
interface Signers {
  readonly keys: readonly Uint8Array[];
  scheme(lockTime: number): SignatureScheme;
  sign(key: Uint8Array, script: Uint8Array, lockTime: number): Uint8Array;
}

const fake: Signers = {
  keys: [1, 2, 3, 4].map(fakeKey),
  scheme: (lockTime) => new FakeScheme({ lockTime }),
  sign: (key) => fakeSignature(key),
};

const secrets = [1, 2, 3, 4].map((id) => new Uint8Array(32).fill(id));
const message = new Uint8Array(100).fill(9);
const real: Signers = {
  keys: secrets.map((secret) => ed25519.getPublicKey(secret)),
  scheme: (lockTime) => new Ed25519Scheme(message, lockTime),
  sign(key, script, lockTime) {
    const secret = secrets[this.keys.indexOf(key)] as Uint8Array;
    return ed25519.sign(new Ed25519Scheme(message, lockTime).hash(script), secret);
  },
};

describe.each([
  ["a fake scheme", fake],
  ["Ed25519", real],
])("standard forms under %s", (_, signers) => {
  const [alice, bob, carol, mallory] = signers.keys as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

  function spend(unlocking: Uint8Array, locking: Uint8Array, lockTime = 0): ScriptFault | null {
    expect(isPushOnly(unlocking)).toBe(true);
    return verifyScript({ unlocking, locking, flags: BLOCK_SCRIPT_FLAGS, scheme: signers.scheme(lockTime) });
  }

  const sign = (key: Uint8Array, script: Uint8Array, lockTime = 0) => signers.sign(key, script, lockTime);

  test("a key pays out to its signature only", () => {
    const locking = payToKey(alice);
    expect(spend(unlockPayToKey({ signature: sign(alice, locking), publicKey: alice }), locking)).toBeNull();
    expect(spend(unlockPayToKey({ signature: sign(bob, locking), publicKey: bob }), locking)).toBe("equal-verify");
    expect(spend(unlockPayToKey({ signature: sign(bob, locking), publicKey: alice }), locking)).toBe("null-fail");
    expect(spend(unlockPayToKey({ signature: empty, publicKey: alice }), locking)).toBe("false-result");
    const short = sign(alice, locking).subarray(1);
    expect(spend(unlockPayToKey({ signature: short, publicKey: alice }), locking)).toBe("signature-encoding");
    expect(spend(empty, locking)).toBe("stack-operation");
  });

  test("nobody can write what unlocks in another way", () => {
    const locking = payToKey(alice);
    const signature = sign(alice, locking);
    const plain = unlockPayToKey({ signature, publicKey: alice });
    const lengthy = Uint8Array.of(Opcode.PUSHDATA1, ...plain);
    expect(spend(plain, locking)).toBeNull();
    expect(spend(lengthy, locking)).toBe("minimal-data");
    expect(spend(Uint8Array.of(Opcode["1"], ...plain), locking)).toBe("clean-stack");
    const executing = Uint8Array.of(...plain, Opcode.NOP);
    const evaluation = { unlocking: executing, locking, flags: BLOCK_SCRIPT_FLAGS, scheme: signers.scheme(0) };
    expect(verifyScript(evaluation)).toBe("push-only");
  });

  test("m of n keys pay out to m signatures in their order", () => {
    const locking = multisig(2, [alice, bob, carol]);
    const by = (...keys: Uint8Array[]) => unlockMultisig(keys.map((key) => sign(key, locking)));
    for (const pair of [
      [alice, bob],
      [alice, carol],
      [bob, carol],
    ])
      expect(spend(by(...pair), locking)).toBeNull();
    expect(spend(by(bob, alice), locking)).toBe("null-fail");
    expect(spend(by(alice, alice), locking)).toBe("null-fail");
    expect(spend(by(alice, mallory), locking)).toBe("null-fail");
    expect(spend(by(alice), locking)).toBe("null-fail");
    expect(spend(unlockMultisig([empty]), locking)).toBe("stack-operation");
    expect(spend(by(alice, bob, carol), locking)).toBe("null-dummy");
    expect(spend(unlockMultisig([empty, empty]), locking)).toBe("false-result");
  });

  test("a script's hash pays out to what satisfies the script", () => {
    const script = multisig(1, [alice, bob]);
    const locking = payToScript(script);
    const satisfying = unlockMultisig([sign(bob, script)]);
    expect(spend(unlockPayToScript({ satisfying, script }), locking)).toBeNull();
    const wrong = unlockMultisig([sign(carol, script)]);
    expect(spend(unlockPayToScript({ satisfying: wrong, script }), locking)).toBe("null-fail");
    const other = multisig(1, [bob, alice]);
    expect(spend(unlockPayToScript({ satisfying, script: other }), locking)).toBe("false-result");
    expect(spend(satisfying, locking)).toBe("false-result");
    const stuffed = Uint8Array.of(Opcode["1"], ...satisfying);
    expect(spend(unlockPayToScript({ satisfying: stuffed, script }), locking)).toBe("clean-stack");
  });

  test("a hash time lock pays the receiver for the preimage and the sender after the expiry", () => {
    const locking = hashTimeLock({ hash: sha256(preimage), receiverKey: bob, senderKey: alice, expiry: EXPIRY });
    const claim = (key: Uint8Array, secret: Uint8Array) => {
      return spend(claimHashTimeLock({ signature: sign(key, locking), publicKey: key, preimage: secret }), locking);
    };
    const refund = (key: Uint8Array, lockTime: number) => {
      const signature = sign(key, locking, lockTime);
      return spend(refundHashTimeLock({ signature, publicKey: key }), locking, lockTime);
    };
    expect(claim(bob, preimage)).toBeNull();
    expect(claim(bob, preimage.subarray(1))).toBe("equal-verify");
    expect(claim(alice, preimage)).toBe("equal-verify");
    expect(refund(alice, EXPIRY)).toBeNull();
    expect(refund(alice, EXPIRY - 1)).toBe("unsatisfied-lock-time");
    expect(refund(bob, EXPIRY)).toBe("equal-verify");
  });

  test("a changed byte of what unlocks never pays out", () => {
    const locking = hashTimeLock({ hash: sha256(preimage), receiverKey: bob, senderKey: alice, expiry: EXPIRY });
    const claim = claimHashTimeLock({ signature: signers.sign(bob, locking, 0), publicKey: bob, preimage });
    // The fake scheme looks at half of a signature only.
    const first = signers === fake ? 65 : 0;
    const runs = signers === fake ? 2_000 : 200;
    fc.assert(
      fc.property(fc.integer({ min: first, max: claim.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = claim.slice();
        altered[at] = (altered[at] as number) ^ change;
        const scheme = signers.scheme(0);
        const outcome = verifyScript({ unlocking: altered, locking, flags: BLOCK_SCRIPT_FLAGS, scheme });
        expect(outcome).not.toBeNull();
      }),
      { numRuns: runs, seed: 1 },
    );
  });
});

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
const forms: fc.Arbitrary<StandardForm> = fc.oneof(
  hash.map((keyHash) => ({ kind: "pay-to-key" as const, keyHash })),
  hash.map((scriptHash) => ({ kind: "pay-to-script" as const, scriptHash })),
  fc.array(digest, { minLength: 1, maxLength: 16 }).chain((keys) => {
    return fc.integer({ min: 1, max: keys.length }).map((required) => ({ kind: "multisig" as const, required, keys }));
  }),
  fc.record({
    kind: fc.constant("hash-time-lock" as const),
    hash: digest,
    receiverKeyHash: hash,
    senderKeyHash: hash,
    expiry: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 39 - 1 })),
  }),
);

describe("recognising forms", () => {
  test("what is written is recognised as the same form", () => {
    fc.assert(
      fc.property(forms, (form) => {
        expect(classifyScript(lockingScript(form))).toEqual(form);
      }),
      { seed: 1 },
    );
  });

  test("what is recognised is written back to the same bytes, however it was mutated", () => {
    const mutated = fc.tuple(forms, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2));
    fc.assert(
      fc.property(mutated, ([form, place, byte, kind]) => {
        const script = [...lockingScript(form)];
        const at = place % script.length;
        script.splice(at, kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
        const bytes = Uint8Array.from(script);
        const found = classifyScript(bytes);
        if (found !== null) expect(lockingScript(found)).toEqual(bytes);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  test("random bytes and near misses are no form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(classifyScript(bytes)).toBeNull();
      }),
      { seed: 1 },
    );
    const keyHash = hash160(fakeKey(1));
    expect(
      classifyScript(Uint8Array.of(Opcode.DUP, Opcode.HASH160, Opcode.PUSHDATA1, 20, ...keyHash, 0x88, 0xac)),
    ).toBeNull();
    expect(classifyScript(Uint8Array.of(Opcode["0"], 32, ...fakeKey(1), Opcode["1"], Opcode.CHECKMULTISIG))).toBeNull();
    expect(classifyScript(Uint8Array.of(Opcode["1"], 31, ...fakeKey(1).subarray(1), Opcode["1"], 0xae))).toBeNull();
  });

  test("forms out of their bounds cannot be written", () => {
    const keys = [fakeKey(1), fakeKey(2)];
    expect(() => multisig(3, keys)).toThrow("standard form");
    expect(() => multisig(0, keys)).toThrow("standard form");
    expect(() => multisig(1, new Array(17).fill(fakeKey(1)))).toThrow("standard form");
    expect(() => payToScript(new Uint8Array(521))).toThrow("can be pushed");
    const terms = { hash: preimage, receiverKey: fakeKey(1), senderKey: fakeKey(2), expiry: 2 ** 39 };
    expect(() => hashTimeLock(terms)).toThrow("standard form");
  });

  test("their signature checks are counted by what they check", () => {
    expect(countSignatureChecks(payToKey(fakeKey(1)))).toBe(1);
    expect(countSignatureChecks(multisig(2, [1, 2, 3].map(fakeKey)))).toBe(3);
    const terms = { hash: preimage, receiverKey: fakeKey(1), senderKey: fakeKey(2), expiry: EXPIRY };
    expect(countSignatureChecks(hashTimeLock(terms))).toBe(1);
  });
});
