import { type CrossTransfer, consumedKey, lockIdOf } from "../bridge/cross-transfer.ts";
import { type Leg, legKey } from "../bridge/leg.ts";
import { onwardTransfer } from "../bridge/onward.ts";
import { readLock } from "../bridge/relock.ts";
import type { Hash } from "../core/ids.ts";
import { addressOf } from "../ledger/address.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { ownLockKey } from "../subchain/entries.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import type { FoundTransaction } from "./light-messages.ts";
import type { Fact, RelayView } from "./relay-view.ts";

/** Keys of the entries that tell where a transfer stands. */
interface TransferKeys {
  /** On the rootchain: relocked; on the destination: delivered. */
  readonly consumed: Hash;
  /** On the rootchain. */
  readonly leg: Hash;
  /** On the source. */
  readonly ownLock: Hash;
}

function keysOf(lockId: Hash): TransferKeys {
  return { consumed: consumedKey(lockId), leg: legKey(lockId), ownLock: ownLockKey(lockId) };
}

/** A transfer under way, as far as a relayer has seen it. */
export interface RelayedTransfer {
  readonly lockId: Hash;
  readonly transfer: CrossTransfer;
  readonly keys: TransferKeys;
  /** Where it was locked on a subchain. */
  lock: FoundTransaction | null;
  /** Height at which the rootchain is said to have relocked it, or locked it itself; 0 while unknown. */
  relockedAt: number;
  /** What was to be done when the relayer last looked. */
  step: Step["kind"];
  /** How often that was tried without an effect that showed. */
  tries: number;
  /** Not before this time of the relayer's clock: others may be at it. */
  dueUs: number;
  /** Of all that was known when the relayer last looked; −1 before. */
  version: number;
}

/** What a transfer needs next. */
export type Step =
  | { readonly kind: "wait" }
  /** Nothing more will ever come of it, as long as the destination's header counts by which it was delivered; null: whatever comes. */
  | { readonly kind: "settled"; readonly delivered: Fact | null }
  | { readonly kind: "relock" }
  | { readonly kind: "deliver"; readonly shown: Fact }
  | { readonly kind: "refund"; readonly leg: Leg; readonly absence: Fact }
  | { readonly kind: "sub-refund"; readonly shown: Fact; readonly credit: Uint8Array | null };

const WAIT: Step = { kind: "wait" };
const SETTLED: Step = { kind: "settled", delivered: null };

/** Finds the view of a chain; undefined for one that the relayer does not serve. */
export type Views = (chainId: number) => RelayView | undefined;

/** What a found transaction says, whoever found it. */
interface Said {
  /** The chain that it is a transaction of. */
  readonly chainId: number;
  readonly lockId: Hash;
  readonly transfer: CrossTransfer;
  readonly keys: TransferKeys;
}

/** By the very bytes: relayers find the same transactions, and each of them again and again. */
const read = new WeakMap<Uint8Array, { readonly said: Said | null }>();

function saidBy(encoded: Uint8Array): Said | null {
  const known = read.get(encoded);
  if (known !== undefined) return known.said;
  const said = readSaid(encoded);
  read.set(encoded, { said });
  return said;
}

/** @returns the transfer that a transaction of the rootchain begins: what it locks, or what leaves a dead chain for a living one */
function begunOnRoot({ payload }: UtxoTransaction): CrossTransfer | null {
  if (payload?.kind === "lock") return payload.transfer.sourceChain === ROOT_CHAIN ? payload.transfer : null;
  if (payload?.kind !== "exit" || payload.onward === null) return null;
  const { publicKey, account: entry, onward } = payload;
  return onwardTransfer(ROOT_CHAIN, { owner: addressOf(publicKey), entry, onward });
}

function readSaid(encoded: Uint8Array): Said | null {
  const ownLock = readLock(encoded);
  if (ownLock !== null) {
    return { ...ownLock, chainId: ownLock.transfer.sourceChain, keys: keysOf(ownLock.lockId) };
  }
  const transaction = decodeTransaction(encoded);
  if (transaction?.kind !== "utxo" || transaction.chainId !== ROOT_CHAIN) return null;
  const { payload } = transaction;
  const begun = begunOnRoot(transaction);
  if (begun !== null) {
    const lockId = lockIdOf(ROOT_CHAIN, transaction.outpointId);
    return { lockId, transfer: begun, chainId: ROOT_CHAIN, keys: keysOf(lockId) };
  }
  const lock = payload?.kind === "relock" ? readLock(payload.lock) : null;
  return lock === null ? null : { ...lock, chainId: ROOT_CHAIN, keys: keysOf(lock.lockId) };
}

/** @returns the transfer that a transaction of a chain begins or moves on, or null when it does neither */
export function transferIn(chainId: number, found: FoundTransaction): RelayedTransfer | null {
  const said = saidBy(found.encoded);
  if (said === null || said.chainId !== chainId) return null;
  const { lockId, transfer, keys } = said;
  const [lock, relockedAt] = chainId === ROOT_CHAIN ? [null, found.height] : [found, 0];
  return { lockId, transfer, keys, lock, relockedAt, step: "wait", tries: 0, dueUs: 0, version: -1 };
}

/** Says which entries of which chains a transfer hangs on. @param isFixed what is known of it already will not change before it is settled */
export type Ask = (chainId: number, key: Hash, isFixed: boolean) => void;

/** Asks for what tells where a transfer stands: of its first half until it is relocked, and then of its second. */
export function askAbout({ transfer, keys }: RelayedTransfer, views: Views, ask: Ask): void {
  const { sourceChain, destinationChain } = transfer;
  const root = views(ROOT_CHAIN);
  if (sourceChain !== ROOT_CHAIN) {
    const isRelocked = root?.fact(keys.consumed)?.value !== undefined;
    ask(ROOT_CHAIN, keys.consumed, isRelocked);
    const expires = (root?.anchor.timeUs ?? 0) >= transfer.rootExpiryUs;
    ask(sourceChain, keys.ownLock, !expires);
    if (!isRelocked) return;
  }
  if (destinationChain === ROOT_CHAIN) return;
  const destination = views(destinationChain);
  const isLate = destination?.isDead === true || (destination?.anchor.timeUs ?? 0) >= transfer.destinationExpiryUs;
  ask(ROOT_CHAIN, keys.leg, root?.fact(keys.leg)?.value !== undefined && !isLate);
  ask(destinationChain, keys.consumed, false);
}

function isOpen({ keys, transfer }: RelayedTransfer, views: Views): boolean | undefined {
  const fact = views(transfer.sourceChain)?.fact(keys.ownLock);
  if (fact === undefined) return undefined;
  return fact.ownLock?.state === "open";
}

/** Gives back on the source, if that has not happened yet. */
function subRefund(each: RelayedTransfer, views: Views, shown: Fact, credit: Uint8Array | null): Step {
  const open = isOpen(each, views);
  if (open === undefined) return WAIT;
  return open ? { kind: "sub-refund", shown, credit } : SETTLED;
}

/** The first half, from a subchain to the rootchain. */
function firstHalf(each: RelayedTransfer, views: Views, consumed: Fact): Step {
  const { transfer, lock } = each;
  if (consumed.anchor.timeUs >= transfer.rootExpiryUs) return subRefund(each, views, consumed, null);
  const open = isOpen(each, views);
  // Asked for after the lock was found: whoever found it made it up.
  if (open === false) return SETTLED;
  return lock === null || open === undefined ? WAIT : { kind: "relock" };
}

/**
 * The second half, from the rootchain to a subchain.
 *
 * @param sinceHeight of the rootchain, from which on there is a leg if there ever is one
 */
function secondHalf(each: RelayedTransfer, views: Views, sinceHeight: number): Step {
  const { keys, transfer } = each;
  const shown = views(ROOT_CHAIN)?.fact(keys.leg);
  if (shown === undefined) return WAIT;
  const { leg } = shown;
  if (leg === null) return shown.anchor.height < sinceHeight ? WAIT : SETTLED;
  if (leg.state === "paid") return SETTLED;
  if (leg.state === "refunded") {
    // What left a dead chain and came back waits for its owner to take it out once more.
    if (transfer.sourceChain === ROOT_CHAIN) return SETTLED;
    return subRefund(each, views, shown, shown.value ?? null);
  }
  const destination = views(transfer.destinationChain);
  const consumed = destination?.fact(keys.consumed);
  if (destination === undefined || consumed === undefined) return WAIT;
  if (consumed.value !== undefined) return { kind: "settled", delivered: consumed };
  const isLate = destination.isDead || consumed.anchor.timeUs >= transfer.destinationExpiryUs;
  if (isLate) return { kind: "refund", leg, absence: consumed };
  return { kind: "deliver", shown };
}

/** @returns what a transfer needs next, by all that is proven */
export function nextStep(each: RelayedTransfer, views: Views): Step {
  const { keys, transfer } = each;
  if (transfer.sourceChain === ROOT_CHAIN) return secondHalf(each, views, each.relockedAt);
  const consumed = views(ROOT_CHAIN)?.fact(keys.consumed);
  if (consumed === undefined) return WAIT;
  if (consumed.value === undefined) return firstHalf(each, views, consumed);
  return transfer.destinationChain === ROOT_CHAIN ? SETTLED : secondHalf(each, views, consumed.anchor.height);
}
