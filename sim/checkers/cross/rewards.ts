import type { DelegateId } from "../../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { decodeTotals, TOTALS_KEY } from "../../../protocol/rootchain/entries.ts";
import type { RootParameters } from "../../../protocol/rootchain/parameters.ts";
import {
  ACCRUAL_KEY,
  decodeAccrual,
  decodePot,
  type Pot,
  potKey,
} from "../../../protocol/rootchain/staking-entries.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import { iterationAt } from "../statements.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/**
 * Rewards follow the schedule and are shared (R6), recounted block by block: the issue is the sum of ⌊r0·(H − h)/H⌋, each
 * member of the committee of that very height earns the same, the proposer what does not divide, nobody else anything, and
 * no epoch's earnings are paid out twice.
 */
export class RewardsChecker implements CrossChecker {
  readonly #findings = new Findings("rewards", "");
  readonly #chains: Chains;
  readonly #economics: RootParameters;
  /** By delegate and epoch: what it has earned so far. */
  readonly #earned = new Map<string, bigint>();
  /** By delegate: what it and its voters have claimed. */
  readonly #claimed = new Map<DelegateId, bigint>();
  /** By claimant: the last epoch that was paid to it. */
  readonly #claimedThrough = new Map<string, number>();
  #issued = 0n;
  #seen = 0;
  /** Whether every block so far was seen with its state: only then all earnings are known. */
  #isWhole = true;

  constructor(chains: Chains, book: CrossBook, economics: RootParameters) {
    this.#chains = chains;
    this.#economics = economics;
    book.listen({
      block: (block, place) => {
        if (place.chainId === chains.rootId) this.#judge(block, place);
      },
    });
  }

  /** What the schedule has issued, base units. */
  get issued(): bigint {
    return this.#issued;
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "no block of the rootchain was seen with its state";
    return this.#findings.report();
  }

  #judge(block: Block, place: Place): void {
    const { header } = block;
    const { height } = header;
    this.#issued += this.#rewardOf(height);
    const entries = this.#chains.entriesAt(place.chainId, place.node, height);
    // A node that syncs is seen at its last block only: what was earned in between cannot be told apart.
    const isNext = this.#seen === height - 1;
    this.#isWhole &&= isNext;
    if (entries === null) return;
    this.#seen = height;
    this.#findings.samples++;
    const totals = entries.get(TOTALS_KEY);
    const issued = (totals === undefined ? null : decodeTotals(totals))?.issued ?? 0n;
    if (issued !== this.#issued)
      this.#report(place, `${issued} base units are issued where the schedule has ${this.#issued}`);
    this.#judgeClaims(block, { entries, place });
    this.#judgePast(entries, place);
    const earnings = this.#earningsIn(entries, height);
    // Private sortition pays every delegate of the epoch: who sits is known to nobody.
    const isPublic = this.#chains.root.world.parameters.sortition.mode === "ranked";
    if (isNext && isPublic) this.#judgeShares(earnings, { proposer: header.proposer, place });
  }

  #rewardOf(height: number): bigint {
    const { initialReward, rewardBlocks } = this.#economics;
    const left = rewardBlocks - height;
    return height < 1 || left <= 0 ? 0n : (initialReward * BigInt(left)) / BigInt(rewardBlocks);
  }

  /** @returns what each delegate earned since the last look, by delegate */
  #earningsIn(entries: AuthenticatedMap, height: number): Map<DelegateId, bigint> {
    const epoch = this.#epochAt(height);
    const earnings = new Map<DelegateId, bigint>();
    const waiting = accruedIn(entries);
    for (let id = 0; id < this.#chains.root.registered(); id++) {
      const delegate = id as DelegateId;
      const pot = potIn(entries, delegate, epoch);
      const earned = (pot?.earned ?? 0n) + (waiting.get(delegate) ?? 0n);
      const key = `${id} ${epoch}`;
      const gain = earned - (this.#earned.get(key) ?? 0n);
      this.#earned.set(key, earned);
      if (gain !== 0n) earnings.set(delegate, gain);
    }
    return earnings;
  }

  #epochAt(height: number): number {
    const { parameters } = this.#chains.root.world;
    return Math.floor(iterationAt(parameters, height) / parameters.iterationsPerEpoch);
  }

  /** What is paid for an epoch is paid once, after it is over, and no more than was earned in it. */
  #judgeClaims({ transactions }: Block, { entries, place }: { entries: AuthenticatedMap; place: Place }): void {
    const current = this.#epochAt(place.height);
    for (const transaction of transactions) {
      if (transaction.kind !== "utxo" || transaction.payload?.kind !== "claim-reward") continue;
      const { of, delegate, vote, throughEpoch } = transaction.payload;
      this.#findings.samples++;
      const claimant = `${of} ${delegate} ${vote}`;
      const before = this.#claimedThrough.get(claimant) ?? -1;
      if (throughEpoch <= before) this.#report(place, `epoch ${throughEpoch} is paid twice to ${of} ${delegate}`);
      if (throughEpoch >= current) this.#report(place, `epoch ${throughEpoch} is paid before it is over`);
      this.#claimedThrough.set(claimant, Math.max(before, throughEpoch));
      const paid = transaction.outputs.reduce((sum, { amount }) => sum + amount, this.#claimed.get(delegate) ?? 0n);
      this.#claimed.set(delegate, paid);
      if (this.#isWhole && paid > this.#earnedBefore(delegate, current)) this.#reportPaid(delegate, place);
      for (let epoch = before + 1; epoch <= throughEpoch; epoch++) this.#judgePot(entries, { delegate, epoch, place });
    }
  }

  #earnedBefore(delegate: DelegateId, epoch: number): bigint {
    let sum = 0n;
    for (let each = 0; each < epoch; each++) sum += this.#earned.get(`${delegate} ${each}`) ?? 0n;
    return sum;
  }

  /** At an epoch's edge: what was earned before it stays what it was. */
  #judgePast(entries: AuthenticatedMap, place: Place): void {
    const epoch = this.#epochAt(place.height) - 1;
    if (epoch < 0 || this.#epochAt(place.height - 1) !== epoch) return;
    for (let id = 0; id < this.#chains.root.registered(); id++) {
      this.#judgePot(entries, { delegate: id as DelegateId, epoch, place });
    }
  }

  #judgePot(entries: AuthenticatedMap, of: { delegate: DelegateId; epoch: number; place: Place }): void {
    const { delegate, epoch, place } = of;
    const pot = potIn(entries, delegate, epoch);
    if (pot === null) return;
    if (pot.paid > pot.earned) this.#reportPaid(delegate, place);
    if (!this.#isWhole || pot.earned === (this.#earned.get(`${delegate} ${epoch}`) ?? 0n)) return;
    this.#report(place, `what delegate ${delegate} earned in epoch ${epoch} changes after its end`);
  }

  #reportPaid(delegate: DelegateId, place: Place): void {
    this.#report(place, `delegate ${delegate} and its voters were paid more than was earned`);
  }

  #judgeShares(
    earnings: ReadonlyMap<DelegateId, bigint>,
    { proposer, place }: { proposer: DelegateId; place: Place },
  ): void {
    const members = this.#chains.root.membersAt(place.height) ?? [];
    for (const id of earnings.keys()) {
      if (!members.includes(id)) this.#report(place, `delegate ${id} earns without a seat`);
    }
    const others = members.filter((id) => id !== proposer).map((id) => earnings.get(id) ?? 0n);
    const own = earnings.get(proposer) ?? 0n;
    const share = others[0] ?? own;
    if (others.some((each) => each !== share)) this.#report(place, "members of one committee earn different shares");
    const remainder = own - share;
    if (remainder < 0n || remainder >= BigInt(members.length)) {
      this.#report(place, `the proposer earns ${remainder} more than its share`);
    }
    const sum = share * BigInt(members.length) + remainder;
    if (sum < this.#rewardOf(place.height)) this.#report(place, "the committee earns less than the block's reward");
  }

  #report({ height, atUs, node }: Place, what: string): void {
    this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
  }
}

/** @returns what members of the committee under way have earned besides what is in their pots */
function accruedIn(entries: AuthenticatedMap): ReadonlyMap<DelegateId, bigint> {
  const entry = entries.get(ACCRUAL_KEY);
  const { share, members } = (entry === undefined ? null : decodeAccrual(entry)) ?? { share: 0n, members: [] };
  return new Map(members.map((member) => [member, share]));
}

function potIn(entries: AuthenticatedMap, delegate: DelegateId, epoch: number): Pot | null {
  const entry = entries.get(potKey(delegate, epoch));
  return entry === undefined ? null : decodePot(entry);
}
