import type { CryptoBackend, NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import type { KeyPair, SignedObject } from "../../protocol/crypto/signed-object.ts";
import { Memo } from "./memo.ts";
import { Work } from "./processors.ts";

/** Charges the node whose step is running. */
export interface Charges {
  chargeWork(work: Work, units: number): void;
}

interface VrfVerdict {
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
  private readonly vrfVerdicts = new Memo<VrfVerdict>();

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
    if (judgedKey !== null && (judgedKey === publicKey || equalBytes(judgedKey, publicKey))) return object.judgedValid;
    object.judgedValid = this.backend.verify(publicKey, object.preimage(), object.signature);
    object.judgedKey = publicKey;
    return object.judgedValid;
  }

  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array {
    this.charges.chargeWork(Work.vrfProve, 1);
    const proof = this.backend.vrfProve(keyPair, alpha);
    if (!this.paranoid) {
      const output = this.backend.vrfOutput(proof);
      this.vrfVerdicts.set(vrfKey(keyPair.publicKey, alpha, proof), { output });
    }
    return proof;
  }

  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
    this.charges.chargeWork(Work.vrfVerify, 1);
    if (this.paranoid) return this.backend.vrfVerify(publicKey, alpha, proof);
    const key = vrfKey(publicKey, alpha, proof);
    const known = this.vrfVerdicts.get(key);
    if (known !== undefined) return known.output;
    const output = this.backend.vrfVerify(publicKey, alpha, proof);
    this.vrfVerdicts.set(key, { output });
    return output;
  }
}

function vrfKey(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): string {
  return `${publicKey.length},${alpha.length}:${latin1(publicKey)}${latin1(alpha)}${latin1(proof)}`;
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @returns one character a byte: the cheapest map key that bytes have */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
