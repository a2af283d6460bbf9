import { describe, expect, it } from "vitest";
import { createPlainNodeCrypto } from "../../crypto/plain-node-crypto.ts";
import { SignedObject } from "../../crypto/signed-object.ts";
import { libsodium } from "./backends.ts";

class Letter extends SignedObject {
  readonly text: Uint8Array;

  constructor(text: Uint8Array, signature: Uint8Array) {
    super(signature);
    this.text = text;
  }

  preimage(): Uint8Array {
    return this.text;
  }
}

const crypto = createPlainNodeCrypto(libsodium);
const keyPair = libsodium.keyPairFromSeed(new Uint8Array(32).fill(7));

describe("plain node cryptography", () => {
  it("signs what it then accepts", () => {
    const letter = new Letter(Uint8Array.of(1, 2, 3), new Uint8Array());
    crypto.sign(letter, keyPair);
    expect(crypto.verify(letter, keyPair.publicKey)).toBe(true);
    expect(crypto.verify(new Letter(Uint8Array.of(1, 2, 4), letter.signature), keyPair.publicKey)).toBe(false);
  });

  it("gives nothing for a remembered verdict", () => {
    const letter = new Letter(Uint8Array.of(1, 2, 3), new Uint8Array(64));
    letter.judgedKey = keyPair.publicKey;
    letter.judgedValid = true;
    expect(crypto.verify(letter, keyPair.publicKey)).toBe(false);
  });

  it("proves and checks VRF outputs", () => {
    const alpha = Uint8Array.of(5);
    const proof = crypto.vrfProve(keyPair, alpha);
    expect(crypto.vrfVerify(keyPair.publicKey, alpha, proof)).toEqual(libsodium.vrfOutput(proof));
    expect(crypto.vrfVerify(keyPair.publicKey, Uint8Array.of(6), proof)).toBeNull();
  });
});
