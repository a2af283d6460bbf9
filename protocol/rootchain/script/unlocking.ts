import { assembleScript } from "./assemble.ts";
import { EMPTY_ITEM, TRUE_ITEM } from "./item.ts";

/** A signature beside the key that it is checked with. */
export interface KeySignature {
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Satisfies `payToKey`. */
export function unlockPayToKey({ signature, publicKey }: KeySignature): Uint8Array {
  return assembleScript([signature, publicKey]);
}

/**
 * Satisfies `payToScript`.
 *
 * @param satisfying what satisfies the script; only pushes
 */
export function unlockPayToScript({ satisfying, script }: { satisfying: Uint8Array; script: Uint8Array }): Uint8Array {
  const push = assembleScript([script]);
  const unlocking = new Uint8Array(satisfying.length + push.length);
  unlocking.set(satisfying);
  unlocking.set(push, satisfying.length);
  return unlocking;
}

/**
 * Satisfies `multisig`.
 *
 * @param signatures as many as required, in the order of their keys
 */
export function unlockMultisig(signatures: readonly Uint8Array[]): Uint8Array {
  return assembleScript([EMPTY_ITEM, ...signatures]);
}

/**
 * Satisfies `hashTimeLock` as the receiver.
 *
 * @param preimage at most 520 bytes
 */
export function claimHashTimeLock(claim: KeySignature & { readonly preimage: Uint8Array }): Uint8Array {
  return assembleScript([claim.signature, claim.publicKey, claim.preimage, TRUE_ITEM]);
}

/** Satisfies `hashTimeLock` as the sender, in a transaction whose lock time is no less than the expiry. */
export function refundHashTimeLock({ signature, publicKey }: KeySignature): Uint8Array {
  return assembleScript([signature, publicKey, EMPTY_ITEM]);
}
