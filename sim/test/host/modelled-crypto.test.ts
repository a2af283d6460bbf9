import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModelledBackend } from "../../host/modelled-crypto.ts";

const backend = createModelledBackend(Uint8Array.of(1, 2, 3));
const victim = backend.keyPairFromSeed(new Uint8Array(32).fill(1));
const adversary = backend.keyPairFromSeed(new Uint8Array(32).fill(2));
const message = Uint8Array.of(9, 9);

function flipBit(bytes: Uint8Array, choice: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = (choice >> 3) % bytes.length;
  flipped[at] = (flipped[at] as number) ^ (1 << (choice & 7));
  return flipped;
}

describe("modelled cryptography", () => {
  it("has the sizes of the real one", () => {
    const proof = backend.vrfProve(victim, message);
    const sizes = [victim.publicKey, backend.sign(victim, message), proof, backend.vrfOutput(proof)].map(
      (bytes) => bytes?.length,
    );
    expect(sizes).toEqual([32, 64, 80, 64]);
  });

  it("accepts its own signatures and proofs, and refuses them when any bit of key, message or bytes differs", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), (message, choice) => {
        const { publicKey } = victim;
        const signature = backend.sign(victim, message);
        expect(backend.verify(publicKey, message, signature)).toBe(true);
        expect(backend.verify(flipBit(publicKey, choice), message, signature)).toBe(false);
        expect(backend.verify(publicKey, flipBit(message, choice), signature)).toBe(false);
        expect(backend.verify(publicKey, message, flipBit(signature, choice))).toBe(false);
        const proof = backend.vrfProve(victim, message);
        expect(backend.vrfVerify(publicKey, message, proof)).toEqual(backend.vrfOutput(proof));
        expect(backend.vrfVerify(flipBit(publicKey, choice), message, proof)).toBeNull();
        expect(backend.vrfVerify(publicKey, flipBit(message, choice), proof)).toBeNull();
        expect(backend.vrfVerify(publicKey, message, flipBit(proof, choice))).toBeNull();
      }),
    );
  });

  it("lets nobody sign or prove for a key whose seed it does not know", () => {
    const forged = { publicKey: victim.publicKey, secretKey: adversary.secretKey };
    expect(backend.verify(victim.publicKey, message, backend.sign(forged, message))).toBe(false);
    expect(backend.vrfVerify(victim.publicKey, message, backend.vrfProve(forged, message))).toBeNull();
    const elsewhere = createModelledBackend(Uint8Array.of(4));
    expect(backend.verify(victim.publicKey, message, elsewhere.sign(victim, message))).toBe(false);
    expect(backend.vrfVerify(victim.publicKey, message, elsewhere.vrfProve(victim, message))).toBeNull();
  });

  it("takes neither a signature for a proof nor other lengths", () => {
    const signature = backend.sign(victim, message);
    const proof = new Uint8Array(80);
    proof.set(signature);
    proof.set(signature.subarray(0, 16), 64);
    expect(backend.vrfVerify(victim.publicKey, message, proof)).toBeNull();
    for (const size of [0, 63])
      expect(backend.verify(victim.publicKey, message, signature.subarray(0, size))).toBe(false);
    expect(backend.vrfOutput(signature)).toBeNull();
  });
});
