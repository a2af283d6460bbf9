import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import { credit } from "./balances.ts";
import { decodeAmount, encodeAmount, REWARD_POOL_KEY, SubchainEntry } from "./entries.ts";
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

/** Who shares a block's fees and reward. */
export interface Payees {
  /** Of all members of the block's committee. */
  readonly committee: readonly Hash[];
  readonly proposer: Hash;
}

/** Pays a block's fees and reward in equal shares, and what does not divide to the proposer (S6). */
export function payOperators(
  specification: ChainSpecification,
  workspace: Workspace,
  { height, fees, payees }: { height: number; fees: bigint; payees: Payees },
): void {
  const pool = rewardPoolOf(workspace);
  const due = rewardOf(specification, height);
  const reward = due < pool ? due : pool;
  if (reward > 0n) workspace.set(REWARD_POOL_KEY, encodeAmount(SubchainEntry.rewardPool, pool - reward));
  const total = fees + reward;
  const share = total / BigInt(payees.committee.length);
  const pay = (address: Hash, amount: bigint) => {
    const refusal = credit(specification, workspace, { address, token: nativeToken(specification), amount });
    assert(refusal === null, "the supply of the native token fits one balance");
  };
  for (const address of payees.committee) pay(address, share);
  pay(payees.proposer, total - share * BigInt(payees.committee.length));
}
