import type { Rotation } from "../consensus/rotation.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { Payload } from "../rootchain/payload.ts";
import type { Outpoint, Output, UtxoTransaction } from "../rootchain/transaction.ts";

/** What the bridge's rules need of a block of the rootchain that is being built or judged. */
export interface BridgeWorkspace {
  readonly crypto: NodeCrypto;
  /** Chain id of the rootchain. */
  readonly chainId: number;
  /** Of the block under way. */
  readonly height: number;
  /** Of its header, µs. */
  readonly timeUs: number;
  readonly rotation: Rotation;
  get(key: Hash): Uint8Array | undefined;
  /** @param value kept, and must not be changed afterwards */
  set(key: Hash, value: Uint8Array): void;
  delete(key: Hash): void;
  /** Makes output `index` of the transaction under way an operator's bond, which only its resignation frees. */
  bond(index: number, seat: { readonly chainId: number; readonly seat: number }): void;
  /** Lets a bond be spent from a height on. */
  release(bond: Outpoint, height: number): void;
  /** Takes an output away, whatever its script says. @returns its amount, zero when it was spent before */
  confiscate(output: Outpoint): bigint;
  /** Takes a delegate's bond, and the delegate out of the next selections. @returns its amount */
  confiscateDelegate(delegate: DelegateId): bigint;
  /** Puts an output where no transaction has one. */
  pay(outpoint: Outpoint, output: Output): void;
  /** Counts value that is gone for ever. */
  burn(amount: bigint): void;
  /** Pays to the committee of the block, as fees are. */
  reward(amount: bigint): void;
  /** Adds to what rewards are paid from. */
  addToRewardPool(amount: bigint): void;
}

/** Value of the root token that a payload gives out to, or takes in from, its transaction; base units. */
export interface Effect {
  readonly released: bigint;
  readonly absorbed: bigint;
}

/** Neither gives out nor takes in anything. */
export const NO_EFFECT: Effect = { released: 0n, absorbed: 0n };

/** Executes one kind of payload: changes nothing when it refuses. @returns its effect, or why it is refused */
export type PayloadHandler<Kind extends Payload["kind"]> = (
  workspace: BridgeWorkspace,
  transaction: UtxoTransaction,
  payload: Extract<Payload, { kind: Kind }>,
) => Effect | string;
