import type { DelegateId } from "../core/ids.ts";
import { decodeTotals, encodeTotals, NO_TOTALS, TOTALS_KEY, type Totals } from "./entries.ts";
import { blocksPerEpoch, endsIteration, endsSnapshotIteration, epochAt } from "./epochs.ts";
import type { RootParameters } from "./parameters.ts";
import {
  ACCRUAL_KEY,
  decodeAccrual,
  decodeDelegate,
  decodePot,
  decodeSnapshot,
  delegateKey,
  encodeAccrual,
  encodePot,
  encodeSnapshot,
  type Pot,
  potKey,
  snapshotKey,
} from "./staking-entries.ts";
import type { Workspace } from "./workspace.ts";

/** Parts that a commission is counted in. */
export const COMMISSION_PARTS = 10_000n;

/**
 * The reward of a block by the linear schedule (R6).
 *
 * @returns ⌊r0 · (H − h) / H⌋ base units, zero from H on
 */
export function rewardAt({ initialReward, rewardBlocks }: RootParameters, height: number): bigint {
  if (height < 1 || height >= rewardBlocks) return 0n;
  return (initialReward * BigInt(rewardBlocks - height)) / BigInt(rewardBlocks);
}

/** @returns what a delegate's voters share of its earnings in an epoch; without stake behind it nothing */
export function votersPart({ earned, stake, commission }: Pot): bigint {
  return stake === 0n ? 0n : (earned * (COMMISSION_PARTS - BigInt(commission))) / COMMISSION_PARTS;
}

/** @returns a vote's part of its delegate's earnings in an epoch whose snapshot holds it */
export function votePart(pot: Pot, amount: bigint): bigint {
  return pot.stake === 0n ? 0n : (votersPart(pot) * amount) / pot.stake;
}

/** @returns what was made and destroyed so far */
export function totalsOf(workspace: Pick<Workspace, "get">): Totals {
  const bytes = workspace.get(TOTALS_KEY);
  return (bytes === undefined ? null : decodeTotals(bytes)) ?? NO_TOTALS;
}

function potOf(workspace: Workspace, delegate: DelegateId, epoch: number): Pot {
  const bytes = workspace.get(potKey(delegate, epoch));
  const pot = bytes === undefined ? null : decodePot(bytes);
  if (pot !== null) return pot;
  const snapshot = workspace.get(snapshotKey(epoch));
  const shares = snapshot === undefined ? null : decodeSnapshot(snapshot);
  const { stake, commission } = shares?.delegates[delegate] ?? { stake: 0n, commission: 0 };
  return { earned: 0n, paid: 0n, stake, commission };
}

/** @returns what each member of the committee under way has earned and not yet got into its pot */
function sharedSoFar(workspace: Workspace): bigint {
  const bytes = workspace.get(ACCRUAL_KEY);
  return (bytes === undefined ? null : decodeAccrual(bytes))?.share ?? 0n;
}

/** Equal shares wait in one entry for the iteration to end: so a block changes few entries, however large its committee is. */
function shareOut(workspace: Workspace, share: bigint): void {
  const { committee, parameters } = workspace.rotation;
  const sum = sharedSoFar(workspace) + share;
  if (!endsIteration(parameters, workspace.height)) {
    if (share > 0n) workspace.set(ACCRUAL_KEY, encodeAccrual({ share: sum, members: committee.members }));
    return;
  }
  for (const member of committee.members) accrue(workspace, member, sum);
  workspace.delete(ACCRUAL_KEY);
}

function accrue(workspace: Workspace, delegate: DelegateId, amount: bigint): void {
  if (amount === 0n) return;
  const epoch = epochAt(workspace.rotation.parameters, workspace.height);
  const pot = potOf(workspace, delegate, epoch);
  workspace.set(potKey(delegate, epoch), encodePot({ ...pot, earned: pot.earned + amount }));
}

/** Notes stake and commission of all delegates, by which what they earn in an epoch is shared. */
export function takeSnapshot(workspace: Workspace, epoch: number): void {
  const delegates = workspace.rotation.standings.map(({ stake }, id) => {
    const bytes = workspace.get(delegateKey(id as DelegateId));
    const record = bytes === undefined ? null : decodeDelegate(bytes);
    return { stake, commission: record?.commission ?? 0 };
  });
  workspace.set(snapshotKey(epoch), encodeSnapshot({ delegates }));
}

function turnSnapshots(workspace: Workspace): void {
  const { height } = workspace;
  const { parameters } = workspace.rotation;
  const epoch = epochAt(parameters, height);
  if (endsSnapshotIteration(parameters, height)) takeSnapshot(workspace, epoch + 1);
  if (epoch > 0 && (height - 1) % blocksPerEpoch(parameters) === 0) workspace.delete(snapshotKey(epoch - 1));
}

/**
 * Ends a block: new and collected value goes to the committee in equal shares, what does not divide to the proposer (R6); the
 * ledger's totals follow. Shares are in the members' pots once the committee's iteration is over.
 */
export function closeRewards(workspace: Workspace, parameters: RootParameters): void {
  const totals = totalsOf(workspace);
  const reward = rewardAt(parameters, workspace.height);
  const fromPool = totals.pool / BigInt(parameters.poolBlocks);
  const sum = reward + fromPool + workspace.collected;
  const { members } = workspace.rotation.committee;
  const share = sum / BigInt(members.length);
  const remainder = sum - share * BigInt(members.length);
  accrue(workspace, workspace.draft.proposer, remainder);
  shareOut(workspace, share);
  const next = {
    issued: totals.issued + reward,
    burned: totals.burned + workspace.burned,
    pool: totals.pool - fromPool + workspace.pooled,
  };
  const isChanged = next.issued !== totals.issued || next.burned !== totals.burned || next.pool !== totals.pool;
  if (isChanged) workspace.set(TOTALS_KEY, encodeTotals(next));
  turnSnapshots(workspace);
}
