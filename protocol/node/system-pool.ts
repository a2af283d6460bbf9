import type { ChainState } from "../consensus/chain-state.ts";
import { checkpointRefusal } from "../consensus/checkpoint.ts";
import { convict, decodeEvidence } from "../consensus/evidence.ts";
import type { Context } from "../core/machine.ts";
import type { SystemTransaction } from "../ledger/transaction.ts";
import { dueFor, isPending, subjectOf } from "./submissions.ts";

/** @returns whether the proof or signature of a system transaction holds; the costly part of judging it */
function isProven(context: Context, { rotation }: ChainState, transaction: SystemTransaction): boolean {
  const { registry, parameters, claimAlpha } = rotation;
  const { chainId } = parameters;
  if (transaction.kind === "evidence") {
    const evidence = decodeEvidence(transaction.evidence);
    return evidence !== null && convict(context.crypto, registry, { chainId, evidence }) === transaction.culprit;
  }
  if (transaction.kind === "checkpoint") {
    const due = dueFor(rotation, transaction);
    return due !== undefined && checkpointRefusal(context.crypto, due.delegates, transaction.certified) === null;
  }
  if (transaction.chainId !== chainId) return false;
  const { publicKey, vrfPublicKey } = registry.of(transaction.delegate);
  if (transaction.kind === "rejoin") return context.crypto.verify(transaction, publicKey);
  return context.crypto.vrfVerify(vrfPublicKey, claimAlpha, transaction.proof) !== null;
}

/**
 * Claims, evidence, rejoins and checkpoints that a member holds for the blocks it may propose: proven ones only, one of each kind and
 * subject, so that delegates bound its size.
 */
export class SystemPool {
  readonly #bySubject = new Map<string, SystemTransaction>();
  /** What the pool was last settled against: most blocks record nothing of its kind. */
  #settledClaims: unknown = null;
  #settledStandings: unknown = null;
  #settledDue: unknown = null;

  /** @returns whether the transaction was taken in */
  add(context: Context, state: ChainState, transaction: SystemTransaction): boolean {
    const subject = subjectOf(transaction);
    if (!isPending(transaction, state) || this.#bySubject.has(subject)) return false;
    if (!isProven(context, state, transaction)) return false;
    this.#bySubject.set(subject, transaction);
    return true;
  }

  /** Forgets what was recorded, or can no longer be. */
  settle(state: ChainState): void {
    const { claims, standings, due } = state.rotation;
    const isSettled = claims === this.#settledClaims && standings === this.#settledStandings;
    if (isSettled && due === this.#settledDue) return;
    this.#settledClaims = claims;
    this.#settledStandings = standings;
    this.#settledDue = due;
    for (const [subject, each] of this.#bySubject) if (!isPending(each, state)) this.#bySubject.delete(subject);
  }

  /** @returns all of them: evidence first, so that no flood of claims keeps it out */
  candidates(): SystemTransaction[] {
    const rank = { evidence: 0, rejoin: 1, checkpoint: 2, claim: 3 };
    return [...this.#bySubject.values()].sort((a, b) => rank[a.kind] - rank[b.kind] || (a.id < b.id ? -1 : 1));
  }
}
