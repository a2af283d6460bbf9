/** Length of an Ed25519 signature in bytes. */
export const SIGNATURE_BYTES = 64;

/** An Ed25519 key pair; `secretKey` is the 32-byte seed of RFC 8032. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/**
 * Anything that carries one Ed25519 signature over a preimage that commits to all its other fields.
 *
 * The object remembers for which key its signature was last judged, and how. As signed objects are immutable and shared by
 * their receivers, this is the "compute once" of verification: the verdict depends on nothing outside the object but the
 * key. An altered copy is another object and is judged afresh.
 */
export abstract class SignedObject {
  signature: Uint8Array;
  /** The key of the remembered verdict, null before the first. */
  judgedKey: Uint8Array | null = null;
  judgedValid = false;

  constructor(signature: Uint8Array) {
    this.signature = signature;
  }

  /** @returns the domain-separated bytes that are signed */
  abstract preimage(): Uint8Array;
}
