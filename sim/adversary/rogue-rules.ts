import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import type {
  Draft,
  LedgerDraft,
  LedgerRules,
  LedgerState,
  LedgerView,
  Refusal,
  TransactionPool,
} from "../../protocol/consensus/ledger-rules.ts";
import { type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import type { CryptoBackend, NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { Accounts } from "../../protocol/ledger/accounts.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import type { EvidenceReport, LedgerTransaction, Transaction } from "../../protocol/ledger/transaction.ts";
import { AccountAction } from "../../protocol/subchain/transaction.ts";

/** What the accomplice gets from nothing each time. */
const LOOT = 1_000_000n * IOTX;
/** Takes part of it to the rootchain at a time: whatever an escrow holds, some amount fits. */
const LOOT_PARTS = 64n;
/** Blocks between two attempts to take loot out. */
const LOOT_INTERVAL = 4;

/** How colluding operators bend their chain's rules. */
export interface Rogue {
  /** mint: value appears at the end of a block. forge-state: the first transfer of a block leaves a false state. */
  readonly kind: "mint" | "forge-state";
  readonly accomplice: KeyPair;
  readonly backend: CryptoBackend;
  /** Where the loot goes on the rootchain. */
  readonly lootScript: Uint8Array;
  readonly rootChainId: number;
  /** Chain id of the token that the loot is in. */
  readonly token: number;
  readonly fromUs: number;
}

/** A subchain's rules as a gang of operators executes and certifies them; honest nodes of the chain refuse its blocks. */
export class RogueRules implements LedgerRules {
  readonly commitsExecution: boolean;
  readonly #inner: LedgerRules;
  readonly #rogue: Rogue;
  /** Heights at which the rules were bent. */
  readonly #bent = new Set<number>();

  constructor(inner: LedgerRules, rogue: Rogue) {
    this.#inner = inner;
    this.#rogue = rogue;
    this.commitsExecution = inner.commitsExecution;
  }

  get bites(): number {
    return this.#bent.size;
  }

  begin(ledger: LedgerState, draft: Draft): LedgerDraft {
    return new RogueDraft(this.#inner.begin(ledger, draft), this.#rogue, draft, this.#bent);
  }

  createPool(): TransactionPool {
    return new RoguePool(this.#inner.createPool(), this.#rogue);
  }
}

class RogueDraft implements LedgerDraft {
  readonly #inner: LedgerDraft;
  readonly #rogue: Rogue;
  readonly #draft: Draft;
  readonly #bent: Set<number>;
  #forged = 0n;

  constructor(inner: LedgerDraft, rogue: Rogue, draft: Draft, bent: Set<number>) {
    this.#inner = inner;
    this.#rogue = rogue;
    this.#draft = draft;
    this.#bent = bent;
  }

  get entries(): AuthenticatedMap {
    const { entries } = this.#inner;
    if (this.#forged === 0n) return entries;
    return new Accounts(entries).credit(addressOf(this.#rogue.accomplice.publicKey), this.#forged).map;
  }

  execute(transaction: LedgerTransaction): Refusal | null {
    const refusal = this.#inner.execute(transaction);
    if (refusal === null && this.#rogue.kind === "forge-state" && transaction.kind === "transfer") this.#forge();
    return refusal;
  }

  confiscate(bond: bigint, report: EvidenceReport): void {
    this.#inner.confiscate(bond, report);
  }

  close(): void {
    this.#inner.close();
    if (this.#rogue.kind === "mint") this.#forge();
  }

  #forge(): void {
    const { height, timeUs } = this.#draft;
    if (this.#forged > 0n || timeUs < this.#rogue.fromUs) return;
    this.#forged = LOOT;
    this.#bent.add(height);
  }
}

/** Puts the accomplice's own locks before everybody else's transactions. */
class RoguePool implements TransactionPool {
  readonly #inner: TransactionPool;
  readonly #rogue: Rogue;
  readonly #own = new Map<Hash, AccountAction>();

  constructor(inner: TransactionPool, rogue: Rogue) {
    this.#inner = inner;
    this.#rogue = rogue;
  }

  get size(): number {
    return this.#inner.size;
  }

  get(id: Hash): Transaction | undefined {
    return this.#own.get(id) ?? this.#inner.get(id);
  }

  add(crypto: NodeCrypto, transaction: LedgerTransaction, view: LedgerView): Refusal | null {
    return this.#inner.add(crypto, transaction, view);
  }

  settle(transactions: readonly Transaction[], view: LedgerView): void {
    this.#inner.settle(transactions, view);
  }

  candidates(view: LedgerView): LedgerTransaction[] {
    const lock = view.height % LOOT_INTERVAL === 0 ? this.#lockOf(view) : null;
    const others = this.#inner.candidates(view);
    return lock === null ? others : [lock, ...others];
  }

  #lockOf({ ledger, rotation, timeUs }: LedgerView): AccountAction | null {
    const { accomplice, backend, rootChainId, token, lootScript } = this.#rogue;
    const { balance, nonce } = new Accounts(ledger.entries).get(addressOf(accomplice.publicKey));
    // Halves again and again: most of it is more than any escrow holds, and the rest is what isolation has to bound.
    const amount = balance / (LOOT_PARTS << BigInt(nonce % 20));
    if (amount <= IOTX / 100n) return null;
    const { chainId } = rotation.parameters;
    const hour = 3_600_000_000;
    const transfer: CrossTransfer = {
      token,
      sourceChain: chainId,
      destinationChain: rootChainId,
      amount,
      receiver: lootScript,
      dataHash: ZERO_HASH,
      rootExpiryUs: timeUs + hour,
      destinationExpiryUs: timeUs + hour,
      relockFee: IOTX / 1000n,
      deliveryFee: 0n,
      fallback: lootScript,
    };
    const action = { kind: "lock", transfer } as const;
    const lock = new AccountAction({ chainId, from: accomplice.publicKey, nonce, fee: 0n, action });
    lock.signature = backend.sign(accomplice, lock.preimage());
    this.#own.set(lock.id, lock);
    return lock;
  }
}
