import type { Draft, LedgerView, Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { type Judged, judgedOn } from "../ledger/judged.ts";
import { type Application, type Applied, applyTransaction } from "./apply.ts";
import type { UtxoTransaction } from "./transaction.ts";
import { Workspace } from "./workspace.ts";

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
  if (options.parents.length > 0) return judgeAfter(crypto, transaction, options);
  const known = transaction.judgement as Judged<Applied | Refusal> | null;
  const judged = judgedOn(crypto, { view: options.view, rules: options.application, known }, (recording) =>
    judgeAfter(recording, transaction, options),
  );
  transaction.judgement = judged;
  return judged.outcome;
}

function judgeAfter(
  crypto: NodeCrypto,
  transaction: UtxoTransaction,
  { view, parents, application }: { view: LedgerView; parents: readonly UtxoTransaction[]; application: Application },
): Applied | Refusal {
  const draft: Draft = {
    crypto,
    height: view.height + 1,
    timeUs: view.timeUs + view.rotation.parameters.roundUs,
    proposer: view.rotation.proposer(0),
    rotation: view.rotation,
  };
  const workspace = new Workspace(view.ledger.entries, draft);
  for (const parent of parents) createFree(workspace, parent);
  return applyTransaction(workspace, transaction, application);
}
