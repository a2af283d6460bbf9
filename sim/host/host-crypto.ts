import { equalBytes } from "@noble/curves/utils.js";
import type { CryptoBackend, NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import type { KeyPair, SignedObject } from "../../protocol/crypto/signed-object.ts";
import { Work } from "./processors.ts";

/** Charges the node whose step is running. */
export interface Charges {
  chargeWork(work: Work, units: number): void;
}

/** What is remembered of a proof: for which key and input it was judged last, and how. */
interface VrfVerdict {
  readonly publicKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly output: Uint8Array | null;
}

/**
 * The cryptography of whichever node's step is running: charges it for every call, and computes each pure result once for
 * all of them. Signer and prover vouch for what they made themselves; all else is really verified the first time.
 */
export class HostCrypto implements NodeCrypto {
  private readonly backend: CryptoBackend;
  private readonly charges: Charges;
  private readonly paranoid: boolean;
  /** By the proof's own bytes, which messages share and never change. */
  private readonly vrfVerdicts = new WeakMap<Uint8Array, VrfVerdict>();

  /** @param paranoid computes everything anew at every call */
  constructor(backend: CryptoBackend, charges: Charges, paranoid: boolean) {
    this.backend = backend;
    this.charges = charges;
    this.paranoid = paranoid;
  }

  sign(object: SignedObject, keyPair: KeyPair): void {
    this.charges.chargeWork(Work.sign, 1);
    object.signature = this.backend.sign(keyPair, object.preimage());
    if (this.paranoid) return;
    object.judgedKey = keyPair.publicKey;
    object.judgedValid = true;
  }

  verify(object: SignedObject, publicKey: Uint8Array): boolean {
    this.charges.chargeWork(Work.verify, 1);
    if (this.paranoid) return this.backend.verify(publicKey, object.preimage(), object.signature);
    const judgedKey = object.judgedKey;
    if (judgedKey !== null && areSame(judgedKey, publicKey)) return object.judgedValid;
    object.judgedValid = this.backend.verify(publicKey, object.preimage(), object.signature);
    object.judgedKey = publicKey;
    return object.judgedValid;
  }

  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array {
    this.charges.chargeWork(Work.vrfProve, 1);
    const proof = this.backend.vrfProve(keyPair, alpha);
    if (!this.paranoid) {
      const output = this.backend.vrfOutput(proof);
      this.vrfVerdicts.set(proof, { publicKey: keyPair.publicKey, alpha, output });
    }
    return proof;
  }

  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
    this.charges.chargeWork(Work.vrfVerify, 1);
    if (this.paranoid) return this.backend.vrfVerify(publicKey, alpha, proof);
    const known = this.vrfVerdicts.get(proof);
    if (known !== undefined && areSame(known.publicKey, publicKey) && areSame(known.alpha, alpha)) {
      return known.output;
    }
    const output = this.backend.vrfVerify(publicKey, alpha, proof);
    this.vrfVerdicts.set(proof, { publicKey, alpha, output });
    return output;
  }
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || equalBytes(one, other);
}
