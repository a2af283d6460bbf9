import type { Draft, LedgerView, Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { SignedObject } from "../crypto/signed-object.ts";
import { type Application, type Applied, applyTransaction } from "./apply.ts";
import type { UtxoTransaction } from "./transaction.ts";
import { Workspace } from "./workspace.ts";

/** How a pending transaction was judged on a state; remembered with the transaction, since most nodes have the same state. */
export interface PoolJudgement {
  readonly view: LedgerView;
  readonly outcome: Applied | Refusal;
  /** What was verified: whoever takes the judgement over is charged for it. */
  readonly verified: readonly Verified[];
}

type Verified =
  | { readonly object: SignedObject; readonly publicKey: Uint8Array }
  | { readonly proof: Uint8Array; readonly alpha: Uint8Array; readonly publicKey: Uint8Array };

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

/** @returns how many of a transaction's first outputs become stake, which nothing may spend right away */
function stakedOutputs({ payload }: UtxoTransaction): number {
  switch (payload?.kind) {
    case "vote":
    case "unbond":
    case "register-delegate":
      return 1;
    case "register-subchain":
      return payload.operators.length;
    default:
      return 0;
  }
}

function createFree(workspace: Workspace, parent: UtxoTransaction): void {
  parent.outputs.forEach((output, index) => {
    if (index >= stakedOutputs(parent)) workspace.create(parent.createdKeys[index] as Hash, output);
  });
}

/**
 * Judges a transaction as if it were alone in the next block, after the pending transactions that it spends from.
 *
 * @param parents pending transactions whose outputs it spends
 */
export function judgePending(
  crypto: NodeCrypto,
  transaction: UtxoTransaction,
  options: { view: LedgerView; parents: readonly UtxoTransaction[]; application: Application },
): Applied | Refusal {
  const { view, parents, application } = options;
  const known = transaction.judgement as PoolJudgement | null;
  if (parents.length === 0 && known !== null && isSameState(known.view, view)) {
    charge(crypto, known.verified);
    return known.outcome;
  }
  const verified: Verified[] = [];
  const draft: Draft = {
    crypto: recording(crypto, verified),
    height: view.height + 1,
    timeUs: view.timeUs + view.rotation.parameters.roundUs,
    proposer: view.rotation.proposer(0),
    rotation: view.rotation,
  };
  const workspace = new Workspace(view.ledger.entries, draft);
  for (const parent of parents) createFree(workspace, parent);
  const outcome = applyTransaction(workspace, transaction, application);
  if (parents.length === 0) transaction.judgement = { view, outcome, verified };
  return outcome;
}
