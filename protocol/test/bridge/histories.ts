import { anchorRingKey, decodeAnchorRing, lastAnchored, subchainStatus } from "../../bridge/anchor-ring.ts";
import { isConsumed } from "../../bridge/consumed.ts";
import { consumedKey } from "../../bridge/cross-transfer.ts";
import { readLock } from "../../bridge/relock.ts";
import { assert } from "../../core/assert.ts";
import type { Hash } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { hashToBytes } from "../../crypto/hash.ts";
import { addressOf } from "../../ledger/address.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { genesisOutpoints } from "../../rootchain/genesis.ts";
import type { Outpoint } from "../../rootchain/outpoint.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { accountOf } from "../../subchain/balances.ts";
import { decodeOwnLock, ownLockKey } from "../../subchain/entries.ts";
import { tallyOf } from "../../subchain/tally.ts";
import { AccountAction } from "../../subchain/transaction.ts";
import { holder } from "../people.ts";
import {
  anchoredHeight,
  anchorOf,
  escrow,
  exitOf,
  legOf,
  lockAction,
  lockIdOfAction,
  lockIdOfRoot,
  lockOnRoot,
  refundOf,
  relockOf,
  reorgOf,
  rootUpdateOf,
  subRefundOf,
  transferOf,
} from "./actors.ts";
import { drawsFrom } from "./draws.ts";
import { cheatingRelocks, cheatingReorgs, decodeForgedLeg, forgeries, mint } from "./history-cheats.ts";
import { type Ending, endingOf, ownScript, paidTo, receiverKeys, type Tracked } from "./history-endings.ts";
import {
  COIN,
  ENDOWMENT,
  MINUTE_US,
  operatorKeys,
  ROOT,
  rootValue,
  S2,
  S3,
  script,
  specificationOf,
  type TestChain,
  World,
} from "./world.ts";

/** What happens to the first subchain during a history; the second one is honest and only sometimes late. */
export type Fate = "honest" | "dies" | "byzantine";

/** Holders and transfers of one world. */
const [HOLDERS, TRANSFERS] = [8, 60];
const CHAINS = [ROOT, S2, S3];

const COINS: readonly Outpoint[] = genesisOutpoints({
  chainId: ROOT,
  outputs: Array.from({ length: TRANSFERS }, () => ({ amount: COIN, lockingScript: script(0) })),
});

/** One world, from genesis until every transfer has ended. */
export class History {
  readonly world: World;
  readonly tracked: Tracked[] = [];
  readonly exited = new Set<Hash>();
  readonly #fate: Fate;
  readonly #draw: (below: number) => number;
  readonly #supply: bigint;
  readonly #refusable = new Set<Transaction>();
  /** Locks that blocks have not taken yet, by id. */
  readonly #offered = new Map<Hash, Tracked>();
  /** Rounds for which a chain builds no block. */
  readonly #lateRounds = new Map<number, number>();
  /** What a Byzantine chain's withdrawals are measured against, base units. */
  #cameIn = BigInt(HOLDERS) * ENDOWMENT;
  #wentOut = 0n;
  /** Nothing of the first subchain reaches the rootchain any more; it builds void blocks for some time yet. */
  #isCutOff = false;
  #stopped = false;
  #created = 0;

  constructor(seed: number, fate: Fate) {
    this.#fate = fate;
    this.#draw = drawsFrom(seed);
    // One operator a chain and long iterations: who signs is for other tests, what is signed for this one.
    const long = { roundsPerIteration: 1000 };
    this.world = new World({ seats: 1, holders: HOLDERS, coins: TRANSFERS, root: long, subchains: long });
    this.#supply = rootValue(this.world.root.state.ledger);
  }

  /** @returns how many transfers their source has taken */
  run(): number {
    for (let round = 0; round < 30; round++) this.#round(this.#draw(180) * SECOND_US, 2);
    this.#created = TRANSFERS;
    // Everybody relays whatever they can until all expiries are over, and whoever is silent is dead.
    for (let round = 0; round < 14; round++) this.#round(10 * MINUTE_US, 1);
    this.#leave();
    return this.tracked.length;
  }

  #isByzantine(chainId: number): boolean {
    return this.#fate === "byzantine" && chainId === S2;
  }

  isDead(chainId: number): boolean {
    if (chainId === ROOT) return false;
    const ring = decodeAnchorRing(
      this.world.root.state.ledger.entries.get(anchorRingKey(chainId)) ?? new Uint8Array(0),
    );
    assert(ring !== null, "the subchain is registered");
    return subchainStatus(lastAnchored(ring).anchoredUs, this.world.timeUs, this.world.parameters) === "dead";
  }

  /** @returns the state of a chain that counts: a dead one's at its terminal anchor */
  entriesOf(chainId: number): TestChain["state"]["ledger"]["entries"] {
    const chain = this.world.chain(chainId);
    const height = chainId !== ROOT && this.isDead(chainId) ? anchoredHeight(this.world, chainId) : chain.height;
    return chain.stateAt(height).ledger.entries;
  }

  #round(delayUs: number, oneIn: number): void {
    this.world.timeUs += delayUs + SECOND_US;
    if (this.#isCutOff && this.#draw(4) === 0) this.#stopped = true;
    if (this.#fate === "dies" && this.#draw(30) === 0) this.#isCutOff = true;
    for (const chainId of [S2, S3]) if (this.#builds(chainId)) this.#extendSubchain(chainId, oneIn);
    this.world.timeUs += SECOND_US;
    this.#extendRoot(oneIn);
    this.#check();
  }

  #builds(chainId: number): boolean {
    if (chainId === S2 && this.#stopped) return false;
    const late = this.#lateRounds.get(chainId) ?? 0;
    if (late > 0) this.#lateRounds.set(chainId, late - 1);
    else if (this.#created < TRANSFERS && this.#draw(12) === 0) this.#lateRounds.set(chainId, this.#draw(5));
    return late === 0;
  }

  #isHeard(chainId: number): boolean {
    return chainId !== S2 || !this.#isCutOff;
  }

  /** Relayers try what is open one time in so many, and now and then again what was done already. */
  #tries(isOpen: boolean, oneIn: number): boolean {
    return this.#draw(isOpen ? oneIn : 16) === 0;
  }

  #newTransfer(sourceChain: number): ReturnType<typeof transferOf> {
    const { world } = this;
    const destinations = CHAINS.filter((each) => each !== sourceChain);
    const destinationChain = destinations[this.#draw(2)] as number;
    const index = this.#created++;
    const rootExpiryUs = world.timeUs + (1 + this.#draw(20)) * MINUTE_US;
    const toRoot = destinationChain === ROOT;
    return transferOf(world, {
      sourceChain,
      destinationChain,
      amount: BigInt(1 + this.#draw(1000)) * (IOTX / 10n) + IOTX,
      receiver: toRoot ? ownScript(1, index) : hashToBytes(addressOf(receiverKeys(index).publicKey)),
      rootExpiryUs,
      destinationExpiryUs: rootExpiryUs + this.#draw(20) * MINUTE_US,
      relockFee: sourceChain === ROOT ? 0n : BigInt(this.#draw(1000)),
      deliveryFee: toRoot ? 0n : BigInt(this.#draw(1000)),
      fallback: ownScript(2, index),
    });
  }

  #locksOf(chainId: number): Transaction[] {
    const count = this.#created < TRANSFERS ? this.#draw(5) : 0;
    const locks: Transaction[] = [];
    for (let from = 0; from < count && this.#created < TRANSFERS; from++) {
      const index = this.#created;
      const transfer = this.#newTransfer(chainId);
      const lock =
        chainId === ROOT
          ? lockOnRoot(transfer, { coin: COINS[index] as Outpoint, value: COIN })
          : lockAction(this.world, from, transfer, { fee: BigInt(this.#draw(50)) });
      const lockId = lock instanceof AccountAction ? lockIdOfAction(lock) : lockIdOfRoot(lock);
      this.#offered.set(lock.id, { index, lock, lockId, transfer, inward: null });
      locks.push(lock);
    }
    return locks;
  }

  #take(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      assert(!this.#refusable.has(transaction), "no chain takes a cheat");
      const offered = this.#offered.get(transaction.id);
      if (offered === undefined) continue;
      this.tracked.push(offered);
      if (offered.lock instanceof UtxoTransaction) this.#goesInward(offered, offered.lock);
      this.#offered.delete(transaction.id);
    }
  }

  #goesInward(tracked: Tracked, inward: UtxoTransaction): void {
    tracked.inward = inward;
    const { destinationChain, amount, relockFee } = tracked.transfer;
    if (destinationChain === S2) this.#cameIn += amount - relockFee;
  }

  /** Remembers what no chain may take. */
  #cheats(transactions: readonly Transaction[]): readonly Transaction[] {
    for (const transaction of transactions) this.#refusable.add(transaction);
    return transactions;
  }

  #extendSubchain(chainId: number, oneIn: number): void {
    const { world } = this;
    const chain = world.chain(chainId);
    if (this.#isByzantine(chainId)) mint(chain, this.#draw, this.tracked[this.#draw(TRANSFERS)]?.lockId);
    const candidates: Transaction[] = this.#draw(2) === 0 ? [rootUpdateOf(world, chain)] : [];
    const { entries } = chain.state.ledger;
    for (const { transfer, inward, lockId } of this.tracked) {
      const isInTime = transfer.destinationChain === chainId && world.timeUs < transfer.destinationExpiryUs;
      const isCreatable = isInTime && entries.get(consumedKey(lockId)) === undefined;
      if (transfer.destinationChain === chainId && inward !== null && this.#tries(isCreatable, oneIn)) {
        const reorg = reorgOf(world, chain, inward);
        if (this.#draw(4) === 0) candidates.push(...this.#cheats(cheatingReorgs(reorg)));
        candidates.push(reorg);
      }
      const isLate = world.root.state.timeUs >= transfer.rootExpiryUs;
      const isOpen =
        isLate &&
        !isConsumed(world.root.state.ledger.entries, lockId) &&
        decodeOwnLock(entries.get(ownLockKey(lockId)))?.state === "open";
      if (transfer.sourceChain === chainId && this.#tries(isOpen, oneIn)) {
        candidates.push(subRefundOf(world, chain, lockId));
      }
    }
    candidates.push(...this.#locksOf(chainId));
    this.#take(chain.produce(candidates, world.timeUs));
  }

  #extendRoot(oneIn: number): void {
    const { world } = this;
    const candidates: Transaction[] = this.#locksOf(ROOT);
    for (const tracked of this.tracked) candidates.push(...this.#relays(tracked, oneIn));
    if (this.#fate === "byzantine") candidates.push(...forgeries(world, this.#draw));
    for (const chainId of [S2, S3]) {
      const beats = oneIn === 1 || this.#draw(3) > 0;
      if (beats && this.#isHeard(chainId) && world.chain(chainId).height > 0) candidates.push(anchorOf(world, chainId));
    }
    const taken = world.root.produce(candidates, world.timeUs);
    this.#take(taken);
    for (const transaction of taken) if (transaction.kind === "utxo") this.#note(transaction);
  }

  #relays({ index, lock, lockId, transfer }: Tracked, oneIn: number): Transaction[] {
    const { world } = this;
    const candidates: Transaction[] = [];
    // Nobody relays some of them: they have to end all the same.
    const isInTime = world.timeUs < transfer.rootExpiryUs;
    const isOpen = isInTime && !isConsumed(world.root.state.ledger.entries, lockId);
    const isHeard = this.#isHeard(transfer.sourceChain);
    if (lock instanceof AccountAction && isHeard && index % 5 !== 0 && this.#tries(isOpen, oneIn)) {
      const relock = relockOf(world, lock);
      if (this.#draw(4) === 0) candidates.push(...this.#cheats(cheatingRelocks(relock, lock)));
      candidates.push(relock);
    }
    const leg = legOf(world, lockId);
    const chain = world.chain(transfer.destinationChain);
    const isLate = chain.state.timeUs >= transfer.destinationExpiryUs || this.isDead(chain.chainId);
    if (leg !== null && this.#tries(leg.state === "waiting" && isLate, oneIn)) {
      const isOver = this.isDead(chain.chainId) || !this.#isHeard(chain.chainId);
      const height = isOver ? anchoredHeight(world, chain.chainId) : chain.height;
      candidates.push(refundOf(world, lockId, leg, { height }));
    }
    return candidates;
  }

  #note(transaction: UtxoTransaction): void {
    const { payload } = transaction;
    if (payload?.kind === "relock") {
      const lock = readLock(payload.lock);
      assert(lock !== null, "what was relocked is a lock");
      const tracked = this.tracked.find(({ lockId }) => lockId === lock.lockId);
      assert(tracked === undefined || tracked.inward === null, "a lock is consumed once");
      if (tracked !== undefined) this.#goesInward(tracked, transaction);
      if (lock.transfer.sourceChain === S2) this.#wentOut += lock.transfer.amount;
    }
    if (payload?.kind === "refund") {
      const tracked = this.tracked.find(({ lockId }) => lockId === payload.lockId);
      assert(tracked !== undefined, "what is refunded was sent");
      const { destinationChain, amount, relockFee } = tracked.transfer;
      if (destinationChain === S2) this.#wentOut += amount - relockFee;
    }
  }

  /** After every block of the rootchain, whatever anybody does. */
  #check(): void {
    assert(rootValue(this.world.root.state.ledger) === this.#supply, "the rootchain neither makes nor loses value");
    assert(this.#wentOut <= this.#cameIn, "no more leaves a subchain than came to it");
    if (this.#draw(3) > 0) return;
    for (const chainId of [S2, S3]) if (!this.#isByzantine(chainId)) this.#checkEscrow(chainId);
  }

  /** Source: protocol.md, section 4, accounting. */
  #checkEscrow(chainId: number): void {
    const { world } = this;
    const entries = world.chain(chainId).state.ledger.entries;
    const { held, openLocks } = tallyOf(specificationOf(chainId), entries);
    let outstanding = held.get(ROOT) ?? 0n;
    for (const { lockId, transfer } of openLocks) {
      if (!isConsumed(world.root.state.ledger.entries, lockId)) outstanding += transfer.amount;
    }
    for (const { lockId, transfer } of this.#sentTo(chainId)) {
      const leg = legOf(world, lockId);
      const isWaiting = leg?.state === "waiting" && entries.get(consumedKey(lockId)) === undefined;
      if (isWaiting) outstanding += transfer.amount - transfer.relockFee;
    }
    // Blocks after the terminal anchor are void: what they did does not count.
    if (this.isDead(chainId)) return;
    assert(
      outstanding + this.#forgedTo(chainId) === escrow(world, chainId),
      "a subchain's escrow is what it accounts for",
    );
  }

  #sentTo(chainId: number): Tracked[] {
    return this.tracked.filter(({ transfer }) => transfer.destinationChain === chainId);
  }

  /** What a Byzantine source sent, which waits for a delivery that nobody makes. */
  #forgedTo(chainId: number): bigint {
    if (this.#fate !== "byzantine") return 0n;
    let sum = 0n;
    for (const [, bytes] of this.world.root.state.ledger.entries.entries()) {
      const leg = decodeForgedLeg(bytes);
      if (leg?.transfer.destinationChain === chainId && leg.state === "waiting") sum += leg.remaining;
    }
    return sum;
  }

  /** Takes everything out of a chain that died. */
  #leave(): void {
    const { world } = this;
    for (const chainId of [S2, S3]) {
      if (!this.isDead(chainId) || this.#isByzantine(chainId)) continue;
      const entries = this.entriesOf(chainId);
      const people = [...Array(HOLDERS).keys()].map((index) => holder(index));
      const receivers = this.#sentTo(chainId).map(({ index }) => receiverKeys(index));
      const candidates: Transaction[] = [];
      for (const keys of [...people, ...receivers, operatorKeys(chainId, 0)]) {
        const key = addressOf(keys.publicKey);
        const amount = accountOf(entries, key).balance;
        if (amount > 0n) candidates.push(exitOf(world, { chainId, owner: 0, key, amount, keys }));
      }
      for (const { lock, lockId, transfer } of this.tracked) {
        if (!(lock instanceof AccountAction) || transfer.sourceChain !== chainId) continue;
        const isOpen = decodeOwnLock(entries.get(ownLockKey(lockId)))?.state === "open";
        if (!isOpen || isConsumed(world.root.state.ledger.entries, lockId)) continue;
        const sender = people.find(({ publicKey }) => addressOf(publicKey) === lock.sender);
        assert(sender !== undefined, "holders lock");
        const order = { chainId, owner: 0, key: ownLockKey(lockId), amount: transfer.amount, keys: sender };
        candidates.push(exitOf(world, order));
        this.exited.add(lockId);
      }
      world.timeUs += SECOND_US;
      const taken = world.root.produce(candidates, world.timeUs);
      assert(taken.length === candidates.length, "everybody leaves a dead chain");
      assert(escrow(world, chainId) === this.#forgedTo(chainId), "nothing stays behind in a dead chain's escrow");
      assert(rootValue(world.root.state.ledger) === this.#supply, "the rootchain neither makes nor loses value");
    }
  }

  /** @returns how each transfer between honest or dead chains ended */
  endings(): Ending[] {
    const paid = paidTo(this.world.root.state.ledger.entries);
    const judged = this.tracked.filter(({ transfer: { sourceChain, destinationChain } }) => {
      return !this.#isByzantine(sourceChain) && !this.#isByzantine(destinationChain);
    });
    return judged.map((tracked) => endingOf(this, tracked, paid));
  }
}
