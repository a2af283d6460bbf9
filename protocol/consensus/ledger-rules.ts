import type { DelegateId, Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { EvidenceReport, LedgerTransaction, Transaction } from "../ledger/transaction.ts";
import type { Rotation } from "./rotation.ts";

/** Why a transaction or block is refused; a closed set would only repeat these sentences. */
export type Refusal = string;

/**
 * What a chain's blocks act on besides who signs them. Immutable, shared by nodes that agree. Everything a ledger knows is an
 * entry of one map, so that one kind of proof shows any part of it.
 */
export interface LedgerState {
  readonly entries: AuthenticatedMap;
}

/** A block that is being built or judged, as its transactions see it. */
export interface Draft {
  /** Charged to whoever builds or judges. */
  readonly crypto: NodeCrypto;
  readonly height: number;
  /** Of the header. */
  readonly timeUs: number;
  readonly proposer: DelegateId;
  /** Who may sign; transactions that move stake or bonds replace it. */
  rotation: Rotation;
}

/** The ledger's part of a draft: one object for each block, so that it can count what a block may hold. */
export interface LedgerDraft {
  /** The entries with all that took effect so far. */
  readonly entries: AuthenticatedMap;
  /** @returns why the transaction is refused, with nothing changed, or null after it took effect */
  execute(transaction: LedgerTransaction): Refusal | null;
  /** Deals with a bond that slashing has taken. @param bond base units, as the rotation recorded them */
  confiscate(bond: bigint, report: EvidenceReport): void;
  /** Ends the block: pays fees and rewards, turns periods. */
  close(): void;
}

/** Pending transactions of one node. Bounded; it holds only what was proven and could be paid for. */
export interface TransactionPool {
  readonly size: number;
  get(id: Hash): Transaction | undefined;
  /** Judges a transaction from anyone. @returns why it is not kept, or null when it is */
  add(crypto: NodeCrypto, transaction: LedgerTransaction, view: LedgerView): Refusal | null;
  /** Forgets what a final block made stale. @param view the chain after it */
  settle(transactions: readonly Transaction[], view: LedgerView): void;
  /** @returns what may follow, best first */
  candidates(view: LedgerView): LedgerTransaction[];
}

/** What a pool sees of its chain. */
export interface LedgerView {
  readonly height: number;
  readonly timeUs: number;
  readonly ledger: LedgerState;
  readonly rotation: Rotation;
}

/** The ledger of one kind of chain: consensus runs the same over each of them. Stateless and shared by all nodes. */
export interface LedgerRules {
  /** Whether headers commit to the ledger after each transaction, so that one false step can be proven (S8). */
  readonly commitsExecution: boolean;
  begin(ledger: LedgerState, draft: Draft): LedgerDraft;
  createPool(): TransactionPool;
}
