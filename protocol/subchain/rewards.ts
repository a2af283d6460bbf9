import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import { credit } from "./balances.ts";
import { decodeAmount, encodeAmount, FEES_KEY, REWARD_POOL_KEY, SubchainEntry } from "./entries.ts";
import { MAX_AMOUNT } from "./limits.ts";
import { type ChainSpecification, nativeToken } from "./specification.ts";
import type { Workspace } from "./workspace.ts";

/** @returns what is left of the prefunded rewards, base units of the native token */
export function rewardPoolOf(entries: Pick<Workspace, "get">): bigint {
  return decodeAmount(entries.get(REWARD_POOL_KEY), SubchainEntry.rewardPool);
}

/** @returns the part of the prefunded pool that is paid by the end of a block: equal parts that add up to all of it */
function paidBy({ rewardPool, rewardBlocks }: ChainSpecification, height: number): bigint {
  if (rewardBlocks === 0) return 0n;
  return (rewardPool * BigInt(Math.min(height, rewardBlocks))) / BigInt(rewardBlocks);
}

/** @returns the reward of one block (1 …), base units (S6) */
export function rewardOf(specification: ChainSpecification, height: number): bigint {
  return paidBy(specification, height) - paidBy(specification, height - 1);
}

/** Puts a transaction's fee to the others of its block. @returns why it cannot be, or null */
export function collectFee(workspace: Workspace, fee: bigint): Refusal | null {
  if (fee === 0n) return null;
  const fees = feesOf(workspace) + fee;
  if (fees > MAX_AMOUNT) return "balance beyond what an entry holds";
  workspace.set(FEES_KEY, encodeAmount(SubchainEntry.fees, fees));
  return null;
}

function feesOf(entries: Pick<Workspace, "get">): bigint {
  return decodeAmount(entries.get(FEES_KEY), SubchainEntry.fees);
}

/** Who shares a block's fees and reward. */
export interface Payees {
  /** Addresses of all members of the block's committee. */
  readonly committee: readonly Hash[];
  readonly proposer: Hash;
}

/**
 * Pays a block's fees and reward in equal shares, and what does not divide to the proposer (S6).
 *
 * @param height of the block
 * @returns why it cannot be, or null: always null in a ledger that keeps to the rules
 */
export function payOperators(
  specification: ChainSpecification,
  workspace: Workspace,
  { height, payees }: { height: number; payees: Payees },
): Refusal | null {
  const [pool, fees, due] = [rewardPoolOf(workspace), feesOf(workspace), rewardOf(specification, height)];
  const reward = due < pool ? due : pool;
  if (reward > 0n) workspace.set(REWARD_POOL_KEY, encodeAmount(SubchainEntry.rewardPool, pool - reward));
  if (fees > 0n) workspace.delete(FEES_KEY);
  const share = (fees + reward) / BigInt(payees.committee.length);
  const rest = fees + reward - share * BigInt(payees.committee.length);
  const pay = (address: Hash, amount: bigint) =>
    credit(specification, workspace, { address, token: nativeToken(specification), amount });
  for (const address of payees.committee) {
    const refusal = pay(address, share);
    if (refusal !== null) return refusal;
  }
  return pay(payees.proposer, rest);
}
