import { anchorRingKey, decodeAnchorRing, lastAnchored, subchainStatus } from "../../bridge/anchor-ring.ts";
import { isConsumed } from "../../bridge/consumed.ts";
import { consumedKey, lockIdOf } from "../../bridge/cross-transfer.ts";
import { assert } from "../../core/assert.ts";
import type { Hash } from "../../core/ids.ts";
import type { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { hashToBytes } from "../../crypto/hash.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { accountOf } from "../../subchain/balances.ts";
import { decodeOwnLock, ownLockKey, tokenKey } from "../../subchain/entries.ts";
import { type Tally, tallyOf } from "../../subchain/tally.ts";
import { AccountAction, type Action } from "../../subchain/transaction.ts";
import { crypto, holder } from "../people.ts";
import {
  address,
  anchoredHeight,
  anchorOf,
  balance,
  creditOf,
  escrow,
  exitOf,
  legOf,
  lockIdOfAction,
  refundOf,
  relockOf,
  reorgOf,
  rootUpdateOf,
  subRefundOf,
  transferOf,
} from "./actors.ts";
import { ENDOWMENT, MINUTE_US, ROOT, S2, S3, specificationOf, World } from "./world.ts";

/** The home of the token, and the two chains that it travels to. */
export const HOME = S2;
export const CHAINS: readonly number[] = [HOME, S3, 4];
export const HOLDERS = 4;

/** What happens in one round of a history. */
export type Happening =
  /** Somebody sends a part of what they hold to another chain; `relayed`: whether anybody carries it. */
  | { readonly kind: "send"; from: number; to: number; who: number; part: number; relayed: boolean }
  /** Somebody pays somebody else on a chain that is not the token's home. */
  | { readonly kind: "pay"; on: number; who: number; to: number; part: number }
  | { readonly kind: "wait"; minutes: number }
  /** A chain builds no more blocks. */
  | { readonly kind: "stop"; chain: number };

interface Sent {
  readonly lock: AccountAction;
  readonly lockId: Hash;
  readonly relayed: boolean;
  readonly destination: number;
}

/** What the rootchain set free for a chain, by lock or by exit. */
interface Inward {
  readonly lockId: Hash;
  readonly transaction: UtxoTransaction;
  readonly destination: number;
}

/** A world in which one chain's own token travels, and chains die. */
export class TokenHistory {
  readonly world: World;
  /** Exits that the rootchain took. */
  exits = 0;
  /** Of them, such as took out again what had come back. */
  repeated = 0;
  readonly #sent: Sent[] = [];
  readonly #inward: Inward[] = [];
  readonly #stopped = new Set<number>();
  #rounds = 0;
  readonly #exited = new Set<string>();

  constructor() {
    const long = { roundsPerIteration: 1000 };
    const options = { seats: 1, holders: HOLDERS, chains: CHAINS, ownToken: [HOME] };
    this.world = new World({ ...options, root: long, subchains: long });
  }

  run(happenings: readonly Happening[]): void {
    for (const happening of happenings) this.#happen(happening);
    // Everybody relays and leaves until every expiry is over, and what stopped is dead.
    for (let round = 0; round < 30; round++) this.#round([], { minutes: 5, exits: true });
  }

  #happen(happening: Happening): void {
    switch (happening.kind) {
      case "wait":
        return this.#round([], { minutes: happening.minutes, exits: true });
      case "stop":
        if (this.#stopped.size < CHAINS.length - 1) this.#stopped.add(happening.chain);
        return;
      case "pay":
        return this.#pay(happening);
      case "send":
        return this.#send(happening);
    }
  }

  #pay({ on, who, to, part }: Extract<Happening, { kind: "pay" }>): void {
    const amount = (balance(this.world, on, who, HOME) * BigInt(part)) / 8n;
    if (on === HOME || amount === 0n || this.#stopped.has(on)) return;
    this.#round([this.#action(on, who, { kind: "pay", token: HOME, to: address(to), amount })], { minutes: 2 });
  }

  #send({ from, to, who, part, relayed }: Extract<Happening, { kind: "send" }>): void {
    const amount = (balance(this.world, from, who, HOME) * BigInt(part)) / 8n;
    if (from === to || amount <= 1n || this.#stopped.has(from)) return;
    const transfer = transferOf(this.world, {
      token: HOME,
      sourceChain: from,
      destinationChain: to,
      amount,
      receiver: hashToBytes(address(who)),
      relockFee: 0n,
      deliveryFee: 1n,
      fallback: new Uint8Array(0),
    });
    const lock = this.#action(from, who, { kind: "lock", transfer });
    this.#sent.push({ lock, lockId: lockIdOfAction(lock), relayed, destination: to });
    this.#round([lock], { minutes: 2 });
  }

  #action(chainId: number, who: number, action: Action): AccountAction {
    const { nonce } = accountOf(this.world.chain(chainId).state.ledger.entries, address(who));
    const signed = new AccountAction({ chainId, from: holder(who).publicKey, nonce, fee: 0n, action });
    crypto.sign(signed, holder(who));
    return signed;
  }

  #round(actions: readonly AccountAction[], { minutes, exits = false }: { minutes: number; exits?: boolean }): void {
    const { world } = this;
    this.#rounds++;
    world.timeUs += minutes * MINUTE_US;
    for (const chainId of CHAINS) {
      if (this.#stopped.has(chainId)) continue;
      const own = actions.filter((each) => each.chainId === chainId);
      const taken = world.chain(chainId).produce([...this.#arrivals(chainId), ...own], world.timeUs);
      for (const each of own) assert(taken.includes(each), "what somebody can pay for is taken");
    }
    world.timeUs += MINUTE_US;
    const candidates = [...this.#beats(), ...this.#relocks(), ...this.#refunds(), ...(exits ? this.#exitsNow() : [])];
    for (const transaction of world.root.produce(candidates, world.timeUs)) this.#note(transaction);
    this.#check();
  }

  isDead(chainId: number): boolean {
    const ring = decodeAnchorRing(
      this.world.root.state.ledger.entries.get(anchorRingKey(chainId)) ?? new Uint8Array(0),
    );
    assert(ring !== null, "the subchain is registered");
    return subchainStatus(lastAnchored(ring).anchoredUs, this.world.timeUs, this.world.parameters) === "dead";
  }

  /** @returns what counts of a chain's ledger */
  entriesOf(chainId: number): AuthenticatedMap {
    const chain = this.world.chain(chainId);
    const height = this.#stopped.has(chainId) ? anchoredHeight(this.world, chainId) : chain.height;
    return chain.stateAt(height).ledger.entries;
  }

  tallyOf(chainId: number): Tally {
    return tallyOf(specificationOf(chainId, this.world.options), this.entriesOf(chainId));
  }

  isRelocked(lockId: Hash): boolean {
    return isConsumed(this.world.root.state.ledger.entries, lockId);
  }

  #beats(): Transaction[] {
    return CHAINS.filter((chainId) => !this.#stopped.has(chainId)).map((chainId) => anchorOf(this.world, chainId));
  }

  #relocks(): Transaction[] {
    const { world } = this;
    const isShown = ({ lock, lockId }: Sent) =>
      world.chain(lock.chainId).has(lock.id) && !this.isRelocked(lockId) && !this.#stopped.has(lock.chainId);
    return this.#sent.filter((each) => each.relayed && isShown(each)).map(({ lock }) => relockOf(world, lock));
  }

  /** What may be created or given back on a chain now. */
  #arrivals(chainId: number): Transaction[] {
    const { world } = this;
    const chain = world.chain(chainId);
    const { entries } = chain.state.ledger;
    const result: Transaction[] = [rootUpdateOf(world, chain)];
    for (const { lockId, transaction, destination } of this.#inward) {
      if (destination !== chainId || entries.get(consumedKey(lockId)) !== undefined) continue;
      result.push(reorgOf(world, chain, transaction));
    }
    for (const { lock, lockId } of this.#sent) {
      const isOpen = decodeOwnLock(entries.get(ownLockKey(lockId)))?.state === "open";
      if (lock.chainId !== chainId || !isOpen) continue;
      result.push(subRefundOf(world, chain, lockId));
      if (legOf(world, lockId)?.state === "refunded") result.push(creditOf(world, chain, lockId));
    }
    return result;
  }

  #refunds(): Transaction[] {
    return this.#inward.flatMap(({ lockId, destination }) => {
      const leg = legOf(this.world, lockId);
      if (leg?.state !== "waiting") return [];
      const isOver = this.#stopped.has(destination);
      const height = isOver ? anchoredHeight(this.world, destination) : this.world.chain(destination).height;
      return [refundOf(this.world, lockId, leg, { height })];
    });
  }

  /** Everybody leaves every dead chain, with all that they can prove to have there. */
  #exitsNow(): Transaction[] {
    // Where it goes may have stopped as well, which the rootchain does not know yet: then it comes back.
    const open = CHAINS.filter((chainId) => !this.isDead(chainId));
    return CHAINS.filter((chainId) => this.isDead(chainId)).flatMap((chainId) => {
      const onward = { destinationChain: open[this.#rounds % open.length] as number, deliveryFee: 0n };
      const locks = this.#sent.filter(({ lock }) => lock.chainId === chainId);
      const held = [...Array(HOLDERS).keys()].map((owner) => ({ owner, key: tokenKey(HOME, address(owner)) }));
      const locked = locks.map(({ lock, lockId }) => ({ owner: ownerOf(lock), key: ownLockKey(lockId) }));
      const has = ({ key }: { key: Hash }) => this.entriesOf(chainId).get(key) !== undefined;
      return [...held, ...locked].filter(has).map((each) => exitOf(this.world, { chainId, ...each, onward }));
    });
  }

  #note(transaction: Transaction): void {
    if (transaction.kind !== "utxo") return;
    const { payload } = transaction;
    if (payload?.kind === "relock") {
      const sent = this.#sent.find(({ lock }) => this.#isLockOf(payload.lock, lock));
      assert(sent !== undefined, "what is relocked was sent");
      this.#inward.push({ lockId: sent.lockId, transaction, destination: sent.destination });
    }
    if (payload?.kind !== "exit") return;
    const { onward, account, chainId } = payload;
    assert(onward !== null, "only tokens of other chains leave here");
    const entry = `${chainId} ${account.join()} ${payload.publicKey.join()}`;
    this.exits++;
    if (this.#exited.has(entry)) this.repeated++;
    this.#exited.add(entry);
    const lockId = lockIdOf(ROOT, transaction.outpointId);
    this.#inward.push({ lockId, transaction, destination: onward.destinationChain });
  }

  #isLockOf(encoded: Uint8Array, lock: AccountAction): boolean {
    const { chainId, id } = lock;
    const chain = this.world.chain(chainId);
    return chain.has(id) && chain.prove(id).encoded.join() === encoded.join();
  }

  /** Source: protocol.md, section 4, accounting. */
  #check(): void {
    for (const chainId of [...CHAINS]) if (!this.#stopped.has(chainId)) this.#checkChain(chainId);
  }

  #checkChain(chainId: number): void {
    const { held, openLocks, outstanding } = this.tallyOf(chainId);
    const entries = this.entriesOf(chainId);
    let away = 0n;
    for (const { lockId, transfer } of openLocks) {
      const isOnItsWay = !this.isRelocked(lockId) || legOf(this.world, lockId)?.state === "refunded";
      if (isOnItsWay) away += transfer.amount;
    }
    for (const { lockId, destination } of this.#inward) {
      const leg = legOf(this.world, lockId);
      const isWaiting = leg?.state === "waiting" && entries.get(consumedKey(lockId)) === undefined;
      if (destination === chainId && isWaiting) away += leg.remaining;
    }
    if (chainId !== HOME) {
      assert((held.get(HOME) ?? 0n) + away === escrow(this.world, chainId, HOME), "an escrow is what it accounts for");
      return;
    }
    const elsewhere = [ROOT, ...CHAINS.filter((each) => each !== HOME)];
    const abroad = elsewhere.reduce((sum, each) => sum + escrow(this.world, each, HOME), 0n);
    assert(outstanding === abroad + away, "what is outstanding at home is in escrows or on its way");
    assert((held.get(HOME) ?? 0n) + outstanding === SUPPLY, "a token's home neither makes nor loses any");
  }

  /** After everything ended: nothing is in the air, and nothing that anybody owned is lost. */
  finish(): void {
    const dead = CHAINS.filter((chainId) => this.#stopped.has(chainId));
    for (const chainId of [ROOT, ...dead]) assert(escrow(this.world, chainId, HOME) === 0n, "nobody stays behind");
    let sum = 0n;
    for (const chainId of CHAINS) {
      const { held, openLocks } = this.tallyOf(chainId);
      if (chainId === HOME || !dead.includes(chainId)) sum += held.get(HOME) ?? 0n;
      // What its owner had sent off, and nobody carried on, dies with the token's home.
      const lost = openLocks.filter(({ lockId }) => !this.isRelocked(lockId));
      if (chainId === HOME) for (const { transfer } of lost) sum += transfer.amount;
    }
    assert(sum === SUPPLY, "all of the token is somewhere");
  }
}

function ownerOf({ from }: AccountAction): number {
  return [...Array(HOLDERS).keys()].findIndex((owner) => holder(owner).publicKey.join() === from.join());
}

const SUPPLY = ENDOWMENT * BigInt(HOLDERS);
