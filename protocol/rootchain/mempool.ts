import { spaceClassOf, subjectOf } from "../bridge/index.ts";
import type { LedgerView, Refusal, TransactionPool } from "../consensus/ledger-rules.ts";
import { maxBlockBytesAt } from "../consensus/parameters.ts";
import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { LedgerTransaction, Transaction } from "../ledger/transaction.ts";
import type { Application } from "./apply.ts";
import { MAX_ANCESTORS, MAX_DESCENDANTS, MAX_PROOF_BYTES, MAX_STANDARD_BYTES, UNRIVALLED_BLOCKS } from "./limits.ts";
import type { RootParameters } from "./parameters.ts";
import { ancestorsOf, descendantsOf, inOrder, Pending } from "./pending.ts";
import { judgePending } from "./pool-judgement.ts";
import { PoolShelf, replacementRefusal } from "./pool-shelf.ts";
import { delegateKey, voteKey } from "./staking-entries.ts";
import type { UtxoTransaction } from "./transaction.ts";

/** @returns what a transaction is about, where only one such can take effect */
function subjectOfTransaction({ payload }: UtxoTransaction): Hash | null {
  if (payload === null) return null;
  if (payload.kind !== "claim-reward") return subjectOf(payload);
  return payload.of === "vote" ? voteKey(payload.vote) : delegateKey(payload.delegate);
}

/** @returns whether a transaction has to pay for its bytes: all that can, whatever its kind, and all that nothing else bounds */
function hasToPay({ transaction: { inputs, payload }, spaceClass }: Pending): boolean {
  if (inputs.length > 0) return true;
  return spaceClass === "normal" && payload?.kind !== "nominate" && payload?.kind !== "resign";
}

/**
 * Pending transactions of one node of the rootchain (R5): bounded in number and bytes, ordered by fee per byte. What blocks
 * reserve space for has a shelf of its own, so that no flood of fees keeps it out.
 */
export class RootPool implements TransactionPool {
  readonly #parameters: RootParameters;
  readonly #application: Application;
  /** Oldest first. */
  readonly #byId = new Map<Hash, Pending>();
  /** By the name that outputs are spent by. */
  readonly #byOutpointId = new Map<Hash, Pending>();
  readonly #bySpent = new Map<Hash, Pending>();
  readonly #bySubject = new Map<Hash, Pending>();
  readonly #normal = PoolShelf.normal();
  readonly #reserved = PoolShelf.reserved();

  constructor(parameters: RootParameters, application: Application) {
    this.#parameters = parameters;
    this.#application = application;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Encoded size of all pending transactions. */
  get sizeBytes(): number {
    return this.#normal.sizeBytes + this.#reserved.sizeBytes;
  }

  get(id: Hash): UtxoTransaction | undefined {
    return this.#byId.get(id)?.transaction;
  }

  add(crypto: NodeCrypto, transaction: LedgerTransaction, view: LedgerView): Refusal | null {
    if (transaction.kind !== "utxo") return "transaction of another kind of chain";
    if (this.#byId.has(transaction.id)) return "transaction already pending";
    const spaceClass = spaceClassOf(transaction.payload);
    const sizeBytes = transaction.encoded.length;
    if (sizeBytes > (spaceClass === "normal" ? MAX_STANDARD_BYTES : MAX_PROOF_BYTES)) return "transaction too large";
    const subject = subjectOfTransaction(transaction);
    if (spaceClass !== "normal" && this.#isBeingSettled(subject, view.height))
      return "transaction about what is being settled";
    const parents = this.#parentsOf(transaction);
    const ancestors = ancestorsOf(parents);
    if (ancestors.size >= MAX_ANCESTORS) return "too many pending ancestors";
    const judged = judgePending(crypto, transaction, {
      view,
      parents: parents.map((parent) => parent.transaction),
      application: this.#application,
    });
    if (typeof judged === "string") return judged;
    const { fee } = judged;
    const pending = new Pending({
      transaction,
      sizeBytes,
      fee,
      spaceClass,
      subject,
      addedHeight: view.height,
      parents,
    });
    return this.#admit(pending, ancestors);
  }

  /**
   * Whether a proof of the same is pending already: relayers seldom know of each other, and what the second one sends is turned down
   * before anybody verifies or passes on anything. What blocks have passed over for a while may be replaced.
   */
  #isBeingSettled(subject: Hash | null, height: number): boolean {
    const pending = subject === null ? undefined : this.#bySubject.get(subject);
    return pending !== undefined && height - pending.addedHeight < UNRIVALLED_BLOCKS;
  }

  /** @returns pending transactions whose outputs a transaction spends */
  #parentsOf({ inputs }: UtxoTransaction): Pending[] {
    if (this.#byOutpointId.size === 0) return [];
    const parents = new Set<Pending>();
    for (const { outpoint } of inputs) {
      const parent = this.#byOutpointId.get(outpoint.transactionId);
      if (parent !== undefined) parents.add(parent);
    }
    return [...parents];
  }

  #admit(pending: Pending, ancestors: ReadonlySet<Pending>): Refusal | null {
    const { transaction, fee, sizeBytes } = pending;
    if (hasToPay(pending) && fee < this.#parameters.minFeePerByte * BigInt(sizeBytes)) return "fee below the least";
    const rivals = this.#rivalsOf(pending);
    for (const ancestor of ancestors) {
      if (rivals.has(ancestor)) return "replacement that rests on what it replaces";
      if (ancestor.descendants >= MAX_DESCENDANTS) return "too many pending descendants";
    }
    const evicted = descendantsOf(rivals);
    const refusal = replacementRefusal(pending, { rivals, evicted, minFeePerByte: this.#parameters.minFeePerByte });
    if (refusal !== null) return refusal;
    this.#remove(evicted);
    this.#insert(pending, ancestors);
    this.#trim(this.#shelfOf(pending));
    return this.#byId.has(transaction.id) ? null : "pool full of better-paying transactions";
  }

  /** @returns pending transactions beside which this one cannot take effect */
  #rivalsOf({ transaction, subject }: Pending): Set<Pending> {
    const rivals = new Set<Pending>();
    for (const key of transaction.spentKeys) {
      const rival = this.#bySpent.get(key);
      if (rival !== undefined) rivals.add(rival);
    }
    const same = subject === null ? undefined : this.#bySubject.get(subject);
    if (same !== undefined) rivals.add(same);
    // Two unlocking scripts for the same statement.
    const twin = this.#byOutpointId.get(transaction.outpointId);
    return twin === undefined ? rivals : rivals.add(twin);
  }

  #shelfOf({ spaceClass }: Pending): PoolShelf {
    return spaceClass === "normal" ? this.#normal : this.#reserved;
  }

  #insert(pending: Pending, ancestors: ReadonlySet<Pending>): void {
    const { transaction, subject } = pending;
    this.#byId.set(transaction.id, pending);
    this.#byOutpointId.set(transaction.outpointId, pending);
    for (const key of transaction.spentKeys) this.#bySpent.set(key, pending);
    if (subject !== null) this.#bySubject.set(subject, pending);
    for (const parent of pending.parents) parent.children.add(pending);
    for (const ancestor of ancestors) ancestor.carry(pending);
    this.#shelfOf(pending).put(pending);
  }

  /** Takes some out; descendants that they leave, if any, spend confirmed outputs from now on. */
  #remove(all: Iterable<Pending>): void {
    // All ties are needed to tell who loses a descendant, so none is cut before.
    for (const pending of all) for (const ancestor of ancestorsOf(pending.parents)) ancestor.drop(pending);
    for (const pending of all) this.#unlink(pending);
  }

  #unlink(pending: Pending): void {
    const { transaction, subject } = pending;
    // Whoever keeps the transaction shall not keep the state that it was judged on.
    transaction.judgement = null;
    assert(this.#byId.delete(transaction.id), "what is taken out is pending");
    this.#byOutpointId.delete(transaction.outpointId);
    for (const key of transaction.spentKeys) this.#bySpent.delete(key);
    if (subject !== null) this.#bySubject.delete(subject);
    for (const parent of pending.parents) parent.children.delete(pending);
    for (const child of pending.children) child.parents.delete(pending);
    this.#shelfOf(pending).take(pending);
  }

  #removeWithDescendants(pending: Pending): void {
    this.#remove(descendantsOf([pending]));
  }

  /** Evicts what pays worst, with all that rests on it, until the shelf is within its bounds. */
  #trim(shelf: PoolShelf): void {
    for (let worst = shelf.surplus(); worst !== null; worst = shelf.surplus()) this.#removeWithDescendants(worst);
  }

  settle(transactions: readonly Transaction[], view: LedgerView): void {
    for (const transaction of transactions) {
      if (transaction.kind !== "utxo") continue;
      transaction.forget();
      const pending = this.#byId.get(transaction.id);
      if (pending !== undefined) this.#remove([pending]);
      else if (this.#byId.size > 0) this.#settleForeign(transaction);
    }
    const oldest = view.height - this.#parameters.poolTimeoutBlocks;
    for (const pending of this.#byId.values()) {
      if (pending.addedHeight > oldest) break;
      this.#removeWithDescendants(pending);
    }
  }

  /** A final transaction that was not pending here makes its rivals void; what was signed twice keeps its descendants. */
  #settleForeign(transaction: UtxoTransaction): void {
    const twin = this.#byOutpointId.get(transaction.outpointId);
    if (twin !== undefined) this.#remove([twin]);
    for (const key of transaction.spentKeys) {
      const rival = this.#bySpent.get(key);
      if (rival !== undefined) this.#removeWithDescendants(rival);
    }
    const subject = this.#bySubject.size === 0 ? null : subjectOfTransaction(transaction);
    const same = subject === null ? undefined : this.#bySubject.get(subject);
    if (same !== undefined) this.#removeWithDescendants(same);
  }

  candidates({ rotation, height }: LedgerView): UtxoTransaction[] {
    const maxBlockBytes = maxBlockBytesAt(rotation.parameters, height + 1);
    const taken = new Set<Pending>();
    inOrder(this.#reserved.byRate(), taken, Number.POSITIVE_INFINITY);
    inOrder(this.#normal.byRate(), taken, maxBlockBytes);
    return [...taken].map(({ transaction }) => transaction);
  }
}
