import { blockSpaceOf, pieceBytesOver } from "../../protocol/bridge/block-space.ts";
import { escrowOf } from "../../protocol/bridge/escrow.ts";
import { decodeLeg, legKey } from "../../protocol/bridge/leg.ts";
import { grantsOf, quotaCharge } from "../../protocol/bridge/quota.ts";
import { readLock } from "../../protocol/bridge/relock.ts";
import { decodeSubchainRecord, subchainKey } from "../../protocol/bridge/subchain-record.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { maxBlockBytesAt } from "../../protocol/consensus/parameters.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { transactionBytes } from "../../protocol/ledger/transaction.ts";
import { decodeTotals, TOTALS_KEY } from "../../protocol/rootchain/entries.ts";
import { describeEntry } from "../../protocol/rootchain/supply.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import type { RootchainEconomics } from "../scenario/scenario.ts";
import { type ChainPlan, ROOT_CHAIN_ID } from "./chain-plan.ts";

/** What the rootchain's ledger tells of one subchain; amounts in base units of the root token. */
export interface SubchainLedgerFigures {
  readonly escrow: bigint;
  /** Into and out of escrow since the start. */
  readonly deposited: bigint;
  readonly withdrawn: bigint;
  /** Granted, summed over periods. */
  readonly pieces: number;
  /** Of deposits, by relocks. */
  readonly spent: bigint;
  /** Of deposits, at the end of periods. */
  readonly refunded: bigint;
  /** Of deposits, at the end of periods: what was reserved and not used. */
  readonly forfeited: bigint;
  readonly relocks: number;
  readonly relockBytes: number;
}

/** What the rootchain's ledger tells of a run; amounts in base units. */
export interface LedgerFigures {
  /** By place in the scenario. */
  readonly subchains: readonly SubchainLedgerFigures[];
  readonly issued: bigint;
  /** What the schedule has for so many blocks. */
  readonly scheduled: bigint;
  /** Part of what was claimed that voters got. */
  readonly voters: bigint;
  readonly claimed: bigint;
  readonly unclaimed: bigint;
  readonly burned: bigint;
  /** Members whose bond was confiscated, by place in the plans. */
  readonly slashed: readonly number[];
}

/** One subchain's account of the current period and of all before. */
interface Account {
  readonly chainId: number;
  deposited: bigint;
  withdrawn: bigint;
  pieces: number;
  spent: bigint;
  refunded: bigint;
  forfeited: bigint;
  relocks: number;
  relockBytes: number;
  /** Of the period under way. */
  periodBytes: number;
  remaining: bigint;
}

/** @returns what members have earned and nobody claimed yet */
function unclaimedIn(entries: AuthenticatedMap): bigint {
  let unclaimed = 0n;
  for (const [, value] of entries.entries()) {
    const holding = describeEntry(value, ROOT_CHAIN_ID);
    if (holding?.kind === "unclaimed") unclaimed += holding.amount;
  }
  return unclaimed;
}

/** Follows the rootchain's ledger through its final blocks. */
export class RootLedgerFigures {
  readonly #plans: readonly ChainPlan[];
  readonly #economics: RootchainEconomics;
  readonly #quotaPeriodBlocks: number;
  readonly #accounts: readonly Account[];
  readonly #byId: ReadonlyMap<number, Account>;
  #claimed = 0n;
  #voters = 0n;
  #scheduled = 0n;
  /** The last state that was seen. */
  #state: ChainState;

  constructor(plans: readonly ChainPlan[], genesis: ChainState, economics: RootchainEconomics) {
    this.#plans = plans;
    this.#economics = economics;
    this.#quotaPeriodBlocks = economics.quotaPeriodBlocks;
    this.#state = genesis;
    const flows = { deposited: 0n, withdrawn: 0n, spent: 0n, refunded: 0n, forfeited: 0n };
    const zero = { ...flows, pieces: 0, relocks: 0, relockBytes: 0, periodBytes: 0, remaining: 0n };
    this.#accounts = plans.slice(1).map(({ id }) => ({ chainId: id, ...zero }));
    this.#byId = new Map(this.#accounts.map((account) => [account.chainId, account]));
    this.#beginPeriod();
  }

  #beginPeriod(): void {
    for (const account of this.#accounts) {
      const grants = grantsOf(this.#state.ledger.entries, account.chainId);
      account.pieces += grants.reduce((sum, { pieces }) => sum + pieces, 0);
      account.remaining = grants.reduce((sum, { remaining }) => sum + remaining, 0n);
      account.periodBytes = 0;
    }
  }

  /** Takes in the next final block. @param after the state after it, or null where nobody shows it */
  onFinal(block: Block, after: ChainState | null): void {
    const before = this.#state;
    this.#scheduled += this.#rewardOf(block.header.height);
    for (const transaction of block.transactions) {
      if (transaction.kind === "utxo" && transaction.payload !== null) this.#onPayload(transaction, before);
    }
    if (after !== null && after.height === block.header.height) this.#state = after;
    if (block.header.height % this.#quotaPeriodBlocks === 0) this.#turn(before);
  }

  /** What a block issues, by the paper's own formula. */
  #rewardOf(height: number): bigint {
    const { rewardInitial, rewardBlocks } = this.#economics;
    const left = Math.max(0, rewardBlocks - height);
    return (BigInt(rewardInitial) * BigInt(left)) / BigInt(rewardBlocks);
  }

  #onPayload(transaction: UtxoTransaction, before: ChainState): void {
    const { payload, outputs } = transaction;
    if (payload?.kind === "lock") this.#deposit(payload.transfer, payload.transfer.amount);
    else if (payload?.kind === "claim-reward") this.#onClaim(payload.of, outputs);
    else if (payload?.kind === "refund") {
      const entry = before.ledger.entries.get(legKey(payload.lockId));
      const leg = entry === undefined ? null : decodeLeg(entry);
      const account = leg === null ? undefined : this.#byId.get(leg.transfer.destinationChain);
      if (leg !== null && account !== undefined && leg.transfer.token === ROOT_CHAIN_ID) {
        account.withdrawn += leg.remaining;
      }
    } else if (payload?.kind === "relock") this.#onRelock(transaction, payload.lock, before);
  }

  #onClaim(of: "delegate" | "vote", outputs: UtxoTransaction["outputs"]): void {
    const amount = outputs.reduce((sum, output) => sum + output.amount, 0n);
    this.#claimed += amount;
    if (of === "vote") this.#voters += amount;
  }

  #deposit({ token, destinationChain }: { token: number; destinationChain: number }, amount: bigint): void {
    const account = this.#byId.get(destinationChain);
    if (account !== undefined && token === ROOT_CHAIN_ID) account.deposited += amount;
  }

  #onRelock(transaction: UtxoTransaction, encoded: Uint8Array, before: ChainState): void {
    const lock = readLock(encoded);
    const account = lock === null ? undefined : this.#byId.get(lock.transfer.sourceChain);
    if (lock === null || account === undefined) return;
    const { transfer } = lock;
    const sizeBytes = transactionBytes(transaction);
    const { pieceBytes } = blockSpaceOf(maxBlockBytesAt(before.rotation.parameters, before.height + 1));
    const [grant] = grantsOf(before.ledger.entries, account.chainId);
    account.relocks++;
    account.relockBytes += sizeBytes;
    account.periodBytes += sizeBytes;
    const charge = grant === undefined ? 0n : quotaCharge(sizeBytes, pieceBytes, grant.pricePerPiece);
    account.spent += charge;
    account.remaining -= charge;
    if (transfer.token === ROOT_CHAIN_ID) account.withdrawn += transfer.amount;
    this.#deposit(transfer, transfer.amount - transfer.relockFee);
  }

  /** What comes back of the period's deposits is the part of the rest that was used for (B7). */
  #turn(before: ChainState): void {
    const pieceBytes = pieceBytesOver(before.rotation.parameters, before.height + 1, this.#quotaPeriodBlocks);
    for (const account of this.#accounts) {
      const pieces = grantsOf(before.ledger.entries, account.chainId).reduce((sum, grant) => sum + grant.pieces, 0);
      const reserved = BigInt(pieces) * pieceBytes;
      if (reserved === 0n) continue;
      const refund = (account.remaining * BigInt(account.periodBytes)) / reserved;
      account.refunded += refund;
      account.forfeited += account.remaining - refund;
    }
    this.#beginPeriod();
  }

  /** @returns what the ledger tells at the end */
  figures(): LedgerFigures {
    const { entries } = this.#state.ledger;
    const totals = entries.get(TOTALS_KEY);
    const { issued, burned } = (totals === undefined ? null : decodeTotals(totals)) ?? { issued: 0n, burned: 0n };
    const subchains = this.#accounts.map((account) => {
      return { ...account, escrow: escrowOf(entries, account.chainId, ROOT_CHAIN_ID) };
    });
    const flows = { issued, scheduled: this.#scheduled, burned, claimed: this.#claimed, voters: this.#voters };
    return { subchains, ...flows, unclaimed: unclaimedIn(entries), slashed: this.#slashed() };
  }

  #slashed(): number[] {
    const { ledger, rotation } = this.#state;
    const guilty = (members: readonly { readonly slashed: boolean }[]) =>
      members.filter(({ slashed }) => slashed).length;
    return this.#plans.map(({ id, subchain }) => {
      if (subchain === null) return guilty(rotation.standings);
      const entry = ledger.entries.get(subchainKey(id));
      return guilty((entry === undefined ? null : decodeSubchainRecord(entry))?.operators ?? []);
    });
  }
}
