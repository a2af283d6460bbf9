import type { LedgerView } from "../consensus/ledger-rules.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { SignedObject } from "../crypto/signed-object.ts";

type Verified =
  | { readonly object: SignedObject; readonly publicKey: Uint8Array }
  | { readonly proof: Uint8Array; readonly alpha: Uint8Array; readonly publicKey: Uint8Array };

/** How a pending transaction was judged on a state; remembered, since most nodes have the same state. */
export interface Judged<Outcome> {
  readonly view: LedgerView;
  readonly rules: object;
  readonly outcome: Outcome;
  /** What was verified: whoever takes the judgement over is charged for it. */
  readonly verified: readonly Verified[];
}

/** Remembers what is verified. */
function recording(crypto: NodeCrypto, verified: Verified[]): NodeCrypto {
  return {
    sign: (object, keyPair) => crypto.sign(object, keyPair),
    verify(object, publicKey) {
      verified.push({ object, publicKey });
      return crypto.verify(object, publicKey);
    },
    vrfProve: (keyPair, alpha) => crypto.vrfProve(keyPair, alpha),
    vrfVerify(publicKey, alpha, proof) {
      verified.push({ proof, alpha, publicKey });
      return crypto.vrfVerify(publicKey, alpha, proof);
    },
  };
}

function isSameState(one: LedgerView, other: LedgerView): boolean {
  if (one.ledger.entries !== other.ledger.entries || one.rotation !== other.rotation) return false;
  return one.height === other.height && one.timeUs === other.timeUs;
}

function charge(crypto: NodeCrypto, verified: readonly Verified[]): void {
  for (const each of verified) {
    if ("object" in each) crypto.verify(each.object, each.publicKey);
    else crypto.vrfVerify(each.publicKey, each.alpha, each.proof);
  }
}

/**
 * Judges a transaction on a state by some rules, or takes over how another node judged it there.
 *
 * @param known how it was judged last
 * @param judge with the crypto that it has to use
 */
export function judgedOn<Outcome>(
  crypto: NodeCrypto,
  { view, rules, known }: { view: LedgerView; rules: object; known: Judged<Outcome> | null },
  judge: (crypto: NodeCrypto) => Outcome,
): Judged<Outcome> {
  if (known !== null && known.rules === rules && isSameState(known.view, view)) {
    charge(crypto, known.verified);
    return known;
  }
  const verified: Verified[] = [];
  return { view, rules, outcome: judge(recording(crypto, verified)), verified };
}
