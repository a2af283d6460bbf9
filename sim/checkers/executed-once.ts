import { Reader } from "../../protocol/core/codec.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Transaction, Transfer } from "../../protocol/ledger/transaction.ts";
import type { AccountAction } from "../../protocol/subchain/transaction.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";

/** Every signature is verified again up to this many transactions of accounts, and one in `VERIFY_EVERY` after them. */
const VERIFIED_FIRST = 64;
const VERIFY_EVERY = 16;
const ACCOUNT_ENTRY = 1;

interface Seen {
  readonly atUs: number;
  readonly node: number;
  readonly height: number;
}

/**
 * A transaction takes effect once, on the one chain that it was made for, and at its owner's word (R1, S1): an account's nonces
 * go on one by one, whatever became of what they paid for, and no body holds one transaction twice.
 */
export class ExecutedOnceChecker implements Checker {
  readonly name = "executed-once";
  readonly #findings: Findings;
  readonly #world: World;
  /** By account: the nonce that comes next. */
  readonly #nonces = new Map<Hash, number>();
  #judged = 0;

  constructor(world: World, chain: FinalChain) {
    this.#findings = new Findings("executed-once", world.chain);
    this.#world = world;
    chain.onBlock((block, atUs, node) => this.#judge(block, { atUs, node, height: block.header.height }));
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #judge({ transactions }: Block, seen: Seen): void {
    this.#findings.samples++;
    const ids = new Set<Hash>();
    const senders = new Set<Hash>();
    for (const transaction of transactions) {
      if (ids.has(transaction.id)) this.#report(seen, `a ${transaction.kind} stands in the block twice`);
      ids.add(transaction.id);
      this.#judgeChain(transaction, seen);
      if (transaction.kind !== "transfer" && transaction.kind !== "action") continue;
      this.#judgeAccount(transaction, seen);
      senders.add(transaction.sender);
    }
    this.#judgeLedger(senders, seen);
  }

  #judgeChain(transaction: Transaction, seen: Seen): void {
    if (!("chainId" in transaction) || transaction.chainId === this.#world.parameters.chainId) return;
    this.#report(seen, `a ${transaction.kind} of chain ${transaction.chainId} takes effect`);
  }

  #judgeAccount(transaction: Transfer | AccountAction, seen: Seen): void {
    const { sender, nonce, from, signature } = transaction;
    const expected = this.#nonces.get(sender) ?? nonceIn(this.#world.genesis.ledger.entries, sender);
    if (nonce !== expected)
      this.#report(seen, `account ${sender.slice(0, 8)} uses nonce ${nonce} instead of ${expected}`);
    this.#nonces.set(sender, Math.max(expected, nonce + 1));
    const isSampled = this.#judged < VERIFIED_FIRST || this.#judged % VERIFY_EVERY === 0;
    this.#judged++;
    if (isSampled && !this.#world.backend.verify(from, transaction.preimage(), signature))
      this.#report(seen, `a ${transaction.kind} that ${sender.slice(0, 8)} never signed takes effect`);
  }

  /** What the node that reports the block holds afterwards must not let a nonce be used again. */
  #judgeLedger(senders: ReadonlySet<Hash>, seen: Seen): void {
    const state = this.#world.stateOf(seen.node);
    if (state === null || state.height !== seen.height) return;
    for (const sender of senders) {
      const next = nonceIn(state.ledger.entries, sender);
      if (next === this.#nonces.get(sender)) continue;
      this.#report(
        seen,
        `account ${sender.slice(0, 8)} may use nonce ${next} after ${(this.#nonces.get(sender) ?? 0) - 1}`,
      );
    }
  }

  #report({ atUs, node, height }: Seen, what: string): void {
    this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
  }
}

/** @returns how many transactions of an account a ledger says it has carried out */
function nonceIn(entries: AuthenticatedMap, address: Hash): number {
  const entry = entries.get(address);
  if (entry === undefined) return 0;
  const reader = new Reader(entry);
  if (reader.u8() !== ACCOUNT_ENTRY) return 0;
  reader.u128();
  return reader.u64();
}
