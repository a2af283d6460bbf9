import { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { RootEntry } from "./entries.ts";
import { MAX_REGISTERED_DELEGATES } from "./limits.ts";
import type { Outpoint } from "./outpoint.ts";
import { MAX_SCRIPT_BYTES } from "./script/limits.ts";

const scratch = new Writer();

/** What the rootchain keeps of a delegate besides its standing. */
export interface DelegateRecord {
  /** Part of its rewards that the delegate keeps, in 1/10000. */
  readonly commission: number;
  /** Where its own part goes. */
  readonly rewardScript: Uint8Array;
  /** The output that holds its bond, or what became of it by unbonding. */
  readonly bond: Outpoint;
  /** First epoch whose rewards it has not claimed. */
  readonly nextEpoch: number;
}

/** Stands for an end that is not known yet. */
export const NO_END = 0xffff_ffff;

/** What a vote earns: it outlives the output that it was, until all of it is claimed. */
export interface VoteRecord {
  readonly delegate: DelegateId;
  /** Base units of stake. */
  readonly amount: bigint;
  /** Where its rewards go. */
  readonly rewardScript: Uint8Array;
  /** First epoch whose rewards it has not claimed; before the claim of any the first whose snapshot holds it. */
  readonly nextEpoch: number;
  /** First epoch whose snapshot no longer holds it, `NO_END` while the vote stands. */
  readonly endEpoch: number;
}

/** What a delegate earned in one epoch, and how it is shared. */
export interface Pot {
  readonly earned: bigint;
  /** Claimed so far. */
  readonly paid: bigint;
  /** Of the delegate by the epoch's snapshot. */
  readonly stake: bigint;
  /** Of the delegate by the epoch's snapshot, in 1/10000. */
  readonly commission: number;
}

/** What the committee under way has earned by now; shared out to its members' pots when its iteration ends. */
export interface Accrual {
  /** Of each member, base units. */
  readonly share: bigint;
  readonly members: readonly DelegateId[];
}

/** Stake and commission of every delegate by which an epoch's rewards are shared, in order of id. */
export interface StakeSnapshot {
  readonly delegates: readonly { readonly stake: bigint; readonly commission: number }[];
}

/** @returns the key of a delegate's record */
export function delegateKey(delegate: DelegateId): Hash {
  return hashTagged("orrery/delegate", scratch.u32(delegate).finish());
}

/** @param vote the transaction whose output 0 it is, by its `outpointId` @returns the key of the vote's record */
export function voteKey(vote: Hash): Hash {
  return hashTagged("orrery/vote", hashToBytes(vote));
}

/** @returns the key of what a delegate earned in an epoch */
export function potKey(delegate: DelegateId, epoch: number): Hash {
  return hashTagged("orrery/pot", scratch.u32(delegate).u64(epoch).finish());
}

/** @returns the key of an epoch's snapshot */
export function snapshotKey(epoch: number): Hash {
  return hashTagged("orrery/stake-snapshot", scratch.u64(epoch).finish());
}

/** @returns the entry that holds a delegate's record */
export function encodeDelegate({ commission, rewardScript, bond, nextEpoch }: DelegateRecord): Uint8Array {
  scratch.u8(RootEntry.delegate).u32(commission).bytes(rewardScript);
  return scratch.hash(bond.transactionId).u32(bond.index).u64(nextEpoch).finish();
}

/** @returns the delegate's record that an entry holds, or null when it holds none; never throws */
export function decodeDelegate(bytes: Uint8Array): DelegateRecord | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.delegate) reader.fail();
  const [commission, rewardScript] = [reader.u32(), reader.bytes(MAX_SCRIPT_BYTES)];
  const bond = { transactionId: reader.hash(), index: reader.u32() };
  const record = { commission, rewardScript, bond, nextEpoch: reader.u64() };
  return reader.complete() ? record : null;
}

/** @returns the entry that holds a vote's record */
export function encodeVote({ delegate, amount, rewardScript, nextEpoch, endEpoch }: VoteRecord): Uint8Array {
  scratch.u8(RootEntry.vote).u32(delegate).u128(amount).u64(nextEpoch).u64(endEpoch);
  return scratch.bytes(rewardScript).finish();
}

/** @returns the vote's record that an entry holds, or null when it holds none; never throws */
export function decodeVote(bytes: Uint8Array): VoteRecord | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.vote) reader.fail();
  const [delegate, amount] = [reader.u32() as DelegateId, reader.u128()];
  const [nextEpoch, endEpoch] = [reader.u64(), reader.u64()];
  const record = { delegate, amount, nextEpoch, endEpoch, rewardScript: reader.bytes(MAX_SCRIPT_BYTES) };
  return reader.complete() ? record : null;
}

/** @returns the entry that holds what a delegate earned in an epoch */
export function encodePot({ earned, paid, stake, commission }: Pot): Uint8Array {
  return scratch.u8(RootEntry.pot).u128(earned).u128(paid).u128(stake).u32(commission).finish();
}

/** @returns the earnings that an entry holds, or null when it holds none; never throws */
export function decodePot(bytes: Uint8Array): Pot | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.pot) reader.fail();
  const pot = { earned: reader.u128(), paid: reader.u128(), stake: reader.u128(), commission: reader.u32() };
  return reader.complete() ? pot : null;
}

/** Key of what the committee under way has earned. */
export const ACCRUAL_KEY: Hash = hashTagged("orrery/accrual");

/** @returns the entry that holds what a committee has earned */
export function encodeAccrual({ share, members }: Accrual): Uint8Array {
  scratch.u8(RootEntry.accrual).u128(share).u32(members.length);
  for (const member of members) scratch.u32(member);
  return scratch.finish();
}

/** @returns a committee's earnings that an entry holds, or null when it holds none; never throws */
export function decodeAccrual(bytes: Uint8Array): Accrual | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.accrual) reader.fail();
  const share = reader.u128();
  const members = reader.list(MAX_REGISTERED_DELEGATES, () => reader.u32() as DelegateId);
  return reader.complete() ? { share, members } : null;
}

/** @returns the entry that holds an epoch's snapshot */
export function encodeSnapshot({ delegates }: StakeSnapshot): Uint8Array {
  scratch.u8(RootEntry.snapshot).u32(delegates.length);
  for (const { stake, commission } of delegates) scratch.u128(stake).u32(commission);
  return scratch.finish();
}

/** One snapshot serves a whole epoch. */
const knownSnapshots = new WeakMap<Uint8Array, StakeSnapshot>();

/** @returns the snapshot that an entry holds, or null when it holds none; never throws */
export function decodeSnapshot(bytes: Uint8Array): StakeSnapshot | null {
  const before = knownSnapshots.get(bytes);
  if (before !== undefined) return before;
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.snapshot) reader.fail();
  const delegates = reader.list(MAX_REGISTERED_DELEGATES, () => ({ stake: reader.u128(), commission: reader.u32() }));
  if (!reader.complete()) return null;
  knownSnapshots.set(bytes, { delegates });
  return { delegates };
}
