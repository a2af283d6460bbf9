import { describe, expect, it } from "vitest";
import type { CryptoBackend } from "../../../protocol/crypto/node-crypto.ts";
import { type KeyPair, SignedObject } from "../../../protocol/crypto/signed-object.ts";
import { HostCrypto } from "../../host/host-crypto.ts";
import { Work } from "../../host/processors.ts";
import { noBackend } from "./flood.ts";

class Note extends SignedObject {
  readonly text: number;
  constructor(text: number, signature: Uint8Array = new Uint8Array(64)) {
    super(signature);
    this.text = text;
  }
  preimage(): Uint8Array {
    return Uint8Array.of(this.text);
  }
}

const keys = (seed: number): KeyPair => ({
  publicKey: new Uint8Array(32).fill(seed),
  secretKey: new Uint8Array(32).fill(seed),
});

/** Signatures are the key's and the message's first bytes; counts what is really computed. */
function setUp(paranoid: boolean) {
  const computed = { verify: 0, vrfVerify: 0 };
  const charged: number[] = [];
  const backend: CryptoBackend = {
    ...noBackend,
    sign: (pair, message) => new Uint8Array(64).fill((pair.publicKey[0] as number) ^ (message[0] as number)),
    verify: (key, message, signature) => {
      computed.verify++;
      return signature[0] === ((key[0] as number) ^ (message[0] as number));
    },
    vrfOutput: () => new Uint8Array(64).fill(7),
    vrfVerify: (_key, alpha) => {
      computed.vrfVerify++;
      return alpha[0] === 0 ? null : alpha;
    },
  };
  return { crypto: new HostCrypto(backend, { chargeWork: (work) => charged.push(work) }, paranoid), computed, charged };
}

describe("a node's cryptography", () => {
  it("charges every call and computes each verdict once", () => {
    const { crypto, computed, charged } = setUp(false);
    const foreign = new Note(5, new Uint8Array(64).fill(4));
    const verdicts = [0, 1, 2].map(() => crypto.verify(foreign, new Uint8Array(32).fill(1)));
    expect(verdicts).toEqual([true, true, true]);
    expect(computed.verify).toBe(1);
    expect(charged).toEqual([Work.verify, Work.verify, Work.verify]);
  });

  it("trusts the signer for its own key and judges any other key afresh", () => {
    const { crypto, computed } = setUp(false);
    const note = new Note(5);
    crypto.sign(note, keys(1));
    expect(crypto.verify(note, keys(1).publicKey)).toBe(true);
    expect(computed.verify).toBe(0);
    expect(crypto.verify(note, keys(2).publicKey)).toBe(false);
    expect(crypto.verify(note, keys(1).publicKey)).toBe(true);
    expect(computed.verify).toBe(2);
  });

  it("judges an altered copy by itself", () => {
    const { crypto } = setUp(false);
    const note = new Note(5);
    crypto.sign(note, keys(1));
    expect(crypto.verify(new Note(6, note.signature), keys(1).publicKey)).toBe(false);
  });

  it("remembers VRF verdicts by key, input and proof, the bad ones too", () => {
    const { crypto, computed, charged } = setUp(false);
    const proof = new Uint8Array(80);
    for (const alpha of [1, 1, 0, 0]) crypto.vrfVerify(keys(1).publicKey, Uint8Array.of(alpha), proof);
    expect([computed.vrfVerify, charged.length]).toEqual([2, 4]);
    expect(crypto.vrfVerify(keys(1).publicKey, Uint8Array.of(0), proof)).toBeNull();
    crypto.vrfVerify(keys(2).publicKey, Uint8Array.of(1), proof);
    crypto.vrfVerify(keys(1).publicKey, Uint8Array.of(1), new Uint8Array(80).fill(1));
    expect(computed.vrfVerify).toBe(4);
  });

  it("trusts the prover for its own proof", () => {
    const { crypto, computed } = setUp(false);
    const proof = crypto.vrfProve(keys(1), Uint8Array.of(1));
    expect(crypto.vrfVerify(keys(1).publicKey, Uint8Array.of(1), proof)).toEqual(new Uint8Array(64).fill(7));
    expect(computed.vrfVerify).toBe(0);
  });

  it("remembers nothing when paranoid", () => {
    const { crypto, computed } = setUp(true);
    const note = new Note(5);
    crypto.sign(note, keys(1));
    for (let time = 0; time < 3; time++) {
      crypto.verify(note, keys(1).publicKey);
      crypto.vrfVerify(keys(1).publicKey, Uint8Array.of(1), new Uint8Array(80));
    }
    expect([computed.verify, computed.vrfVerify, note.judgedKey]).toEqual([3, 3, null]);
  });
});
