import { consumedKey } from "../bridge/cross-transfer.ts";
import type { LedgerView, Refusal, TransactionPool } from "../consensus/ledger-rules.ts";
import { maxBlockBytesAt } from "../consensus/parameters.ts";
import type { Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { AccountQueue } from "../ledger/account-queue.ts";
import { type Judged, judgedOn } from "../ledger/judged.ts";
import { type LedgerTransaction, type Transaction, type Transfer, transactionBytes } from "../ledger/transaction.ts";
import { accountOf, balanceOf } from "./balances.ts";
import { deliveryOf } from "./delivery.ts";
import { decodeOwnLock, ownLockKey } from "./entries.ts";
import { executeOn } from "./execute.ts";
import { staleUpdate } from "./execute-root-update.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { MAX_POOLED_PROOFS, MAX_POOLED_UPDATES, POOLED_PROOF_BLOCKS } from "./limits.ts";
import { mayWrite } from "./permission.ts";
import { ProvenTransaction } from "./proven-transaction.ts";
import { type ChainSpecification, nativeToken } from "./specification.ts";
import type { AccountAction, Action, Reorg, RootUpdate, SubRefund } from "./transaction.ts";
import { MapWorkspace } from "./workspace.ts";

/** What stands by its proof alone and pays no fee. */
type ProofTransaction = Reorg | SubRefund;

interface KeptProof {
  readonly transaction: ProofTransaction;
  /** The entry that shows the lock to be settled. */
  readonly key: Hash;
  readonly sinceHeight: number;
}

/** How each was judged last: the operators of a chain are handed the same ones on the same state. */
const judgements = new WeakMap<ProofTransaction | RootUpdate, Judged<Refusal | null>>();

/** How a transaction of an account was judged on a state: a chain's operators are handed the same one, mostly on the same state. */
interface AccountJudgement {
  /** Token of the entries, which the transaction shall not keep. */
  readonly on: object;
  readonly rules: object;
  readonly refusal: Refusal | null;
}

/** What a pool needs of its chain's rules. */
type Rules = Pick<ExecutionContext, "specification" | "extensions">;

/** @returns the account's side of a transaction: what it takes from the sender's native balance */
function costOf(specification: ChainSpecification, transaction: Transfer | AccountAction): bigint {
  if (transaction.kind === "transfer") return transaction.amount + transaction.fee;
  const { action, fee } = transaction;
  const locks = action.kind === "lock" && action.transfer.token === nativeToken(specification);
  return locks ? fee + action.transfer.amount : fee;
}

/** @returns what an action takes from its sender besides the fee, null where it takes nothing */
function movedBy(action: Action): { readonly token: number; readonly amount: bigint } | null {
  if (action.kind === "lock") return action.transfer;
  return action.kind === "pay" ? action : null;
}

/** @returns why an account's transaction may not wait for a block, whoever signed it */
function accountRefusal(
  { specification, extensions }: Rules,
  entries: AuthenticatedMap,
  transaction: Transfer | AccountAction,
): Refusal | null {
  if (transaction.chainId !== specification.parameters.chainId) return "transaction of another chain";
  if (!mayWrite(specification, entries, transaction.sender)) return "sender that may not write";
  const account = accountOf(entries, transaction.sender);
  if (transaction.nonce < account.nonce) return "transaction already spent";
  // What cannot be paid for costs its sender nothing, so it must not take room from what can.
  if (account.balance < costOf(specification, transaction)) return "transaction beyond its sender's balance";
  if (transaction.kind === "transfer") return null;
  const { action, sender: address } = transaction;
  if (action.kind === "call" && !extensions.has(action.code)) return "call of unknown code";
  const moved = movedBy(action);
  const short = moved !== null && balanceOf(specification, entries, { address, token: moved.token }) < moved.amount;
  return short ? "transaction beyond its sender's balance" : null;
}

function isSettled({ transaction, key }: KeptProof, { ledger, timeUs }: LedgerView): boolean {
  const entry = ledger.entries.get(key);
  if (transaction.kind === "sub-refund") return decodeOwnLock(entry)?.state !== "open";
  return entry !== undefined || timeUs >= (deliveryOf(transaction)?.transfer.destinationExpiryUs ?? 0);
}

/**
 * Pending transactions of one node of a subchain: accounts' by nonce and fee, proofs one for each lock, and the updates of the
 * view of the rootchain that reach furthest. Proofs are verified before they are kept, as they cost their sender nothing.
 */
export class SubchainPool implements TransactionPool {
  readonly #rules: Rules;
  readonly #accounts = new AccountQueue<Transfer | AccountAction>();
  /** By the lock that each settles. */
  readonly #proofs = new Map<Hash, KeptProof>();
  /** Furthest first. */
  #updates: readonly RootUpdate[] = [];
  readonly #byId = new Map<Hash, ProofTransaction | RootUpdate>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#accounts.size + this.#byId.size;
  }

  get(id: Hash): Transaction | undefined {
    return this.#accounts.get(id) ?? this.#byId.get(id);
  }

  add(crypto: NodeCrypto, transaction: LedgerTransaction, view: LedgerView): Refusal | null {
    switch (transaction.kind) {
      case "transfer":
      case "action":
        return this.#addOfAccount(crypto, transaction, view);
      case "reorg":
      case "sub-refund":
        return this.#addProof(crypto, transaction, view);
      case "root-update":
        return this.#addUpdate(crypto, transaction, view);
      case "utxo":
        return "transaction of another kind of chain";
    }
  }

  #addOfAccount(crypto: NodeCrypto, transaction: Transfer | AccountAction, { ledger }: LedgerView): Refusal | null {
    const refusal = this.#refusalOfAccount(transaction, ledger.entries);
    if (refusal !== null) return refusal;
    if (!crypto.verify(transaction, transaction.from)) return "transaction with a bad signature";
    return this.#accounts.add(transaction);
  }

  #refusalOfAccount(transaction: Transfer | AccountAction, entries: AuthenticatedMap): Refusal | null {
    const known = transaction.judgement as AccountJudgement | null;
    const { token } = entries;
    if (known !== null && known.on === token && known.rules === this.#rules) return known.refusal;
    const refusal = accountRefusal(this.#rules, entries, transaction);
    transaction.judgement = { on: token, rules: this.#rules, refusal } satisfies AccountJudgement;
    return refusal;
  }

  /** @returns what a transaction would be refused for right now */
  #refusal(crypto: NodeCrypto, transaction: ProofTransaction | RootUpdate, view: LedgerView): Refusal | null {
    const known = judgements.get(transaction) ?? null;
    const judged = judgedOn(crypto, { view, rules: this.#rules, known }, (recording) => {
      const { specification, extensions } = this.#rules;
      const context = { specification, extensions, crypto: recording, height: view.height + 1, timeUs: view.timeUs };
      return executeOn(context, new MapWorkspace(view.ledger.entries), transaction);
    });
    judgements.set(transaction, judged);
    return judged.outcome;
  }

  #addProof(crypto: NodeCrypto, transaction: ProofTransaction, view: LedgerView): Refusal | null {
    const lockId = transaction.kind === "reorg" ? deliveryOf(transaction)?.lockId : transaction.lockId;
    if (lockId === undefined) return "delivery of no lock";
    if (this.#proofs.has(lockId)) return "lock that is being settled";
    if (this.#proofs.size >= MAX_POOLED_PROOFS) return "pool of proofs full";
    const refusal = this.#refusal(crypto, transaction, view);
    if (refusal !== null) return refusal;
    const key = transaction.kind === "reorg" ? consumedKey(lockId) : ownLockKey(lockId);
    this.#proofs.set(lockId, { transaction, key, sinceHeight: view.height });
    this.#byId.set(transaction.id, transaction);
    return null;
  }

  #addUpdate(crypto: NodeCrypto, update: RootUpdate, view: LedgerView): Refusal | null {
    const worst = this.#updates.at(-1);
    const full = this.#updates.length >= MAX_POOLED_UPDATES;
    if (this.#byId.has(update.id)) return "root update that is known";
    if (full && worst !== undefined && update.path.height <= worst.path.height) return "pool of root updates full";
    const refusal = this.#refusal(crypto, update, view);
    if (refusal !== null) return refusal;
    this.#byId.set(update.id, update);
    this.#keepUpdates([...this.#updates, update]);
    return null;
  }

  /** Keeps those that reach furthest; at one height a record is worth more than none. */
  #keepUpdates(updates: readonly RootUpdate[]): void {
    const worth = ({ path, record }: RootUpdate) => 2 * path.height + (record === null ? 0 : 1);
    const ordered = [...updates].sort((a, b) => worth(b) - worth(a) || (a.id < b.id ? -1 : 1));
    for (const each of ordered.slice(MAX_POOLED_UPDATES)) this.#forgetUpdate(each);
    this.#updates = ordered.slice(0, MAX_POOLED_UPDATES);
  }

  settle(transactions: readonly Transaction[], view: LedgerView): void {
    for (const transaction of transactions) {
      const ofAccount = transaction.kind === "transfer" || transaction.kind === "action";
      if (ofAccount) {
        this.#accounts.spent(transaction.sender, transaction.nonce);
        transaction.judgement = null;
      } else if (transaction instanceof ProvenTransaction) transaction.forget();
    }
    for (const [lockId, kept] of this.#proofs) {
      const { transaction, sinceHeight } = kept;
      const old = view.height - sinceHeight > POOLED_PROOF_BLOCKS;
      if (!old && !isSettled(kept, view)) continue;
      this.#proofs.delete(lockId);
      this.#byId.delete(transaction.id);
      judgements.delete(transaction);
    }
    const fresh = this.#updates.filter((update) => staleUpdate(view.ledger.entries, update) === null);
    for (const each of this.#updates) if (!fresh.includes(each)) this.#forgetUpdate(each);
    this.#updates = fresh;
  }

  /** Whoever keeps the update shall not keep the state that it was judged on. */
  #forgetUpdate(update: RootUpdate): void {
    this.#byId.delete(update.id);
    judgements.delete(update);
  }

  /** @returns root updates, then proofs as far as half a block holds them, then accounts' by fee */
  candidates({ ledger, height }: LedgerView): LedgerTransaction[] {
    const result: LedgerTransaction[] = [];
    let roomBytes = maxBlockBytesAt(this.#rules.specification.parameters, height + 1) / 2;
    const proofs = [...this.#proofs.values()].map(({ transaction }) => transaction);
    for (const each of [...this.#updates, ...proofs]) {
      const sizeBytes = transactionBytes(each);
      if (sizeBytes > roomBytes) continue;
      roomBytes -= sizeBytes;
      result.push(each);
    }
    return [...result, ...this.#accounts.candidates((sender) => accountOf(ledger.entries, sender).nonce)];
  }
}
