import { type CrossTransfer, readCrossTransfer, writeCrossTransfer } from "../bridge/cross-transfer.ts";
import { rememberingLately } from "../bridge/key-cache.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { type Anchor, readAnchor, writeAnchor } from "../light/anchor.ts";
import { MAX_ROOT_ANCHORS } from "./limits.ts";

/** First byte of the entries that only subchains keep: what each is. Plain accounts have kinds of their own (ledger/accounts.ts). */
export const SubchainEntry = {
  token: 3,
  permission: 4,
  consumed: 5,
  ownLock: 6,
  rootView: 7,
  rootAnchor: 8,
  operators: 9,
  outstanding: 10,
  rewardPool: 11,
  fees: 12,
} as const;

const scratch = new Writer();

/** @returns what an entry holds after its kind, or null when it is none of that kind; never throws */
function decode<T>(bytes: Uint8Array | undefined, kind: number, read: (reader: Reader) => T): T | null {
  if (bytes === undefined) return null;
  const reader = new Reader(bytes);
  if (reader.u8() !== kind) reader.fail();
  const value = read(reader);
  return reader.complete() ? value : null;
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag === 1;
}

/** @returns the key of an account's balance of a token that is not the chain's native one */
export function tokenKey(token: number, address: Hash): Hash {
  return hashTagged("orrery/token-account", scratch.u32(token).hash(address).finish());
}

/** What an account holds of a token that is not the chain's native one. */
export interface TokenBalance {
  readonly token: number;
  /** Base units. */
  readonly balance: bigint;
}

/** @returns the entry of a token balance */
export function encodeTokenBalance({ token, balance }: TokenBalance): Uint8Array {
  return scratch.u8(SubchainEntry.token).u32(token).u128(balance).finish();
}

/** @returns the balance that an entry holds, or null when it holds none; never throws */
export function decodeTokenBalance(bytes: Uint8Array | undefined): TokenBalance | null {
  return decode(bytes, SubchainEntry.token, (reader) => ({ token: reader.u32(), balance: reader.u128() }));
}

/** @returns the key of what a private chain's administrator said of an address */
export function permissionKey(address: Hash): Hash {
  return hashTagged("orrery/permission", hashToBytes(address));
}

/** What an address may do on a private chain. */
export interface Admission {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

/** @returns the entry of an admission */
export function encodeAdmission({ mayRead, mayWrite }: Admission): Uint8Array {
  return scratch
    .u8(SubchainEntry.permission)
    .u8(mayRead ? 1 : 0)
    .u8(mayWrite ? 1 : 0)
    .finish();
}

/** @returns the admission that an entry holds, or null when it holds none; never throws */
export function decodeAdmission(bytes: Uint8Array | undefined): Admission | null {
  return decode(bytes, SubchainEntry.permission, (reader) => ({
    mayRead: readFlag(reader),
    mayWrite: readFlag(reader),
  }));
}

/** @returns the entry under {@link consumedKey} of a lock that was delivered here; it names the lock, which its key does not show */
export function encodeConsumed(lockId: Hash): Uint8Array {
  return scratch.u8(SubchainEntry.consumed).hash(lockId).finish();
}

/** @returns the lock that was delivered, or null when the entry is of another kind; never throws */
export function decodeConsumed(bytes: Uint8Array | undefined): Hash | null {
  return decode(bytes, SubchainEntry.consumed, (reader) => reader.hash());
}

/** @returns the key of what was locked here, for refunds */
export const ownLockKey = rememberingLately((lockId: Hash): Hash => {
  return hashTagged("orrery/own-lock", hashToBytes(lockId));
});

/** What was locked here; the chain does not learn of its arrival elsewhere, so that an open lock stays open for ever. */
export interface OwnLock {
  readonly lockId: Hash;
  readonly sender: Hash;
  readonly state: "open" | "refunded";
  readonly transfer: CrossTransfer;
}

/** @returns the entry of a lock */
export function encodeOwnLock({ lockId, sender, state, transfer }: OwnLock): Uint8Array {
  scratch.u8(SubchainEntry.ownLock).hash(lockId).hash(sender);
  writeCrossTransfer(scratch.u8(state === "refunded" ? 1 : 0), transfer);
  return scratch.finish();
}

/** @returns the lock that an entry holds, or null when it holds none; never throws */
export function decodeOwnLock(bytes: Uint8Array | undefined): OwnLock | null {
  return decode(bytes, SubchainEntry.ownLock, (reader) => {
    const [lockId, sender] = [reader.hash(), reader.hash()];
    return { lockId, sender, state: readFlag(reader) ? "refunded" : "open", transfer: readCrossTransfer(reader) };
  });
}

/** Key of the list of the rootchain's headers that are recorded here. */
export const ROOT_VIEW_KEY = hashTagged("orrery/root-view");

/** @returns the entry of the recorded heights */
export function encodeRootView(heights: readonly number[]): Uint8Array {
  scratch.u8(SubchainEntry.rootView).u32(heights.length);
  for (const height of heights) scratch.u64(height);
  return scratch.finish();
}

/** @returns the recorded heights in ascending order, or null when the entry holds none; never throws */
export function decodeRootView(bytes: Uint8Array | undefined): readonly number[] | null {
  return decode(bytes, SubchainEntry.rootView, (reader) => {
    let previous = -1;
    return reader.list(MAX_ROOT_ANCHORS, () => {
      const height = reader.u64();
      if (height <= previous) reader.fail();
      previous = height;
      return height;
    });
  });
}

/** @returns the key of a recorded header of the rootchain */
export function rootAnchorKey(height: number): Hash {
  return hashTagged("orrery/root-anchor", scratch.u64(height).finish());
}

/** @returns the entry of a recorded header */
export function encodeRootAnchor(anchor: Anchor): Uint8Array {
  writeAnchor(scratch.u8(SubchainEntry.rootAnchor), anchor);
  return scratch.finish();
}

/** @returns the header that an entry records, or null when it records none; never throws */
export function decodeRootAnchor(bytes: Uint8Array | undefined): Anchor | null {
  return decode(bytes, SubchainEntry.rootAnchor, readAnchor);
}

/** Key of how much of the chain's own token is on other chains. */
export const OUTSTANDING_KEY = hashTagged("orrery/outstanding");
/** Key of what is left of the prefunded rewards. */
export const REWARD_POOL_KEY = hashTagged("orrery/reward-pool");

/** Key of the fees that a block's transactions have paid so far; there are none between blocks. */
export const FEES_KEY = hashTagged("orrery/fees");

/** @returns an entry that is one amount of base units */
export function encodeAmount(kind: number, amount: bigint): Uint8Array {
  return scratch.u8(kind).u128(amount).finish();
}

/** @returns the amount of an entry of that kind, zero where there is none; never throws */
export function decodeAmount(bytes: Uint8Array | undefined, kind: number): bigint {
  return decode(bytes, kind, (reader) => reader.u128()) ?? 0n;
}
