import type { Effect } from "../bridge/workspace-port.ts";
import { assert } from "../core/assert.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { PayloadHandlers } from "./apply.ts";
import { claimHandler } from "./claims.ts";
import { DelegatePossession } from "./delegate-possession.ts";
import type { OutputEntry } from "./entries.ts";
import { blocksPerEpoch, firstEpochAfter } from "./epochs.ts";
import { MAX_REGISTERED_DELEGATES, MAX_REWARD_SCRIPT_BYTES } from "./limits.ts";
import type { RootParameters } from "./parameters.ts";
import type { Payload } from "./payload.ts";
import { areEqual } from "./script/item.ts";
import {
  decodeDelegate,
  decodeVote,
  delegateKey,
  encodeDelegate,
  encodeVote,
  NO_END,
  voteKey,
} from "./staking-entries.ts";
import type { UtxoTransaction } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

/** The epoch in which a delegate that withdrew its bond may sit again. */
export const NEVER_AGAIN = 0xffff_ffff;

type Of<Kind extends Payload["kind"]> = Extract<Payload, { kind: Kind }>;

const NO_EFFECT: Effect = { released: 0n, absorbed: 0n };

function registrationRefusal(
  workspace: Workspace,
  transaction: UtxoTransaction,
  { payload, parameters }: { payload: Of<"register-delegate">; parameters: RootParameters },
): string | null {
  const { registry } = workspace.rotation;
  const { publicKey, vrfPublicKey, commission, rewardScript } = payload;
  const bond = transaction.outputs[0]?.amount ?? 0n;
  if (bond < parameters.minDelegateBond) return "delegate with too small a bond";
  if (commission > parameters.maxCommission) return "delegate with too large a commission";
  if (rewardScript.length > MAX_REWARD_SCRIPT_BYTES) return "delegate with too long a script";
  if (registry.size >= MAX_REGISTERED_DELEGATES) return "delegate beyond the last";
  if (registry.has(publicKey)) return "delegate with a key that is registered";
  for (let id = 0; id < registry.size; id++) {
    // Whoever could register another's VRF key could claim seats by that other's proofs.
    if (areEqual(registry.of(id as DelegateId).vrfPublicKey, vrfPublicKey)) return "delegate with another's VRF key";
  }
  const possession = new DelegatePossession(workspace.chainId, payload);
  return workspace.crypto.verify(possession, publicKey) ? null : "delegate with a bad signature";
}

/** Output 0 becomes the bond of a new delegate, which the next snapshot may elect. */
function registerHandler(parameters: RootParameters) {
  return (workspace: Workspace, transaction: UtxoTransaction, payload: Of<"register-delegate">): Effect | string => {
    const refusal = registrationRefusal(workspace, transaction, { payload, parameters });
    if (refusal !== null) return refusal;
    const { rotation, height } = workspace;
    const { publicKey, vrfPublicKey, endpoint, commission, rewardScript } = payload;
    const delegate = rotation.registry.size as DelegateId;
    const bond = transaction.outputs[0]?.amount as bigint;
    const epoch = firstEpochAfter(rotation.parameters, height);
    workspace.rotation = rotation.withRegistered({ publicKey, vrfPublicKey, endpoint, stake: 0n, bond }, epoch);
    workspace.assign(transaction.createdKeys[0] as Hash, { kind: "bond", delegate });
    const outpoint = { transactionId: transaction.outpointId, index: 0 };
    const record = { commission, rewardScript, bond: outpoint, nextEpoch: epoch };
    workspace.set(delegateKey(delegate), encodeDelegate(record));
    return NO_EFFECT;
  };
}

function addStake(workspace: Workspace, delegate: DelegateId, amount: bigint): void {
  const standing = workspace.rotation.standings[delegate];
  assert(standing !== undefined && standing.stake + amount >= 0n, "stake stands behind a delegate");
  workspace.rotation = workspace.rotation.withStanding(delegate, { ...standing, stake: standing.stake + amount });
}

/** Output 0 becomes stake behind a delegate: counted, and rewarded, from the next snapshot on. */
function voteHandler({ minVote }: RootParameters) {
  return (workspace: Workspace, transaction: UtxoTransaction, { delegate }: Of<"vote">): Effect | string => {
    const standing = workspace.rotation.standings[delegate];
    if (standing === undefined || standing.slashed || standing.eligibleEpoch === NEVER_AGAIN) return "vote for nobody";
    const output = transaction.outputs[0];
    if (output === undefined || output.amount < minVote) return "vote with too small a stake";
    if (output.lockingScript.length > MAX_REWARD_SCRIPT_BYTES) return "vote with too long a script";
    addStake(workspace, delegate, output.amount);
    workspace.assign(transaction.createdKeys[0] as Hash, { kind: "vote", delegate });
    const nextEpoch = firstEpochAfter(workspace.rotation.parameters, workspace.height);
    const { amount, lockingScript: rewardScript } = output;
    const record = { delegate, amount, rewardScript, nextEpoch, endEpoch: NO_END };
    workspace.set(voteKey(transaction.outpointId), encodeVote(record));
    return NO_EFFECT;
  };
}

/** Ends a vote: its stake is gone at once, its rewards go on until the last epoch whose snapshot holds it. */
function endVote(workspace: Workspace, vote: Hash, endEpoch: number): void {
  const bytes = workspace.get(voteKey(vote));
  const record = bytes === undefined ? null : decodeVote(bytes);
  if (record === null) return;
  addStake(workspace, record.delegate, -record.amount);
  if (record.nextEpoch >= endEpoch) workspace.delete(voteKey(vote));
  else workspace.set(voteKey(vote), encodeVote({ ...record, endEpoch }));
}

/** Withdraws a bond: the delegate is not selected again, and answers with the bond until it is mature. */
function endService(workspace: Workspace, delegate: DelegateId, transaction: UtxoTransaction): void {
  const standing = workspace.rotation.standings[delegate];
  const bytes = workspace.get(delegateKey(delegate));
  const record = bytes === undefined ? null : decodeDelegate(bytes);
  assert(standing !== undefined && record !== null, "a bond is a delegate's");
  workspace.rotation = workspace.rotation.withStanding(delegate, { ...standing, eligibleEpoch: NEVER_AGAIN });
  const bond = { transactionId: transaction.outpointId, index: 0 };
  workspace.set(delegateKey(delegate), encodeDelegate({ ...record, bond }));
}

/** @returns whose bond is withdrawn, null where only votes are, or why neither can be */
function withdrawnBond(spent: readonly OutputEntry[], first: bigint): DelegateId | null | string {
  const staked = spent.filter(({ role }) => role.kind === "vote" || role.kind === "bond");
  const bonds = staked.flatMap(({ role }) => (role.kind === "bond" ? [role.delegate] : []));
  const sum = staked.reduce((total, { amount }) => total + amount, 0n);
  if (staked.length === 0) return "unbonding of nothing";
  if (bonds.length === 0) return first < sum ? "unbonding that frees stake at once" : null;
  // A bond keeps its amount and its own output, so that it can still be confiscated as a whole.
  if (staked.length > 1 || first !== sum) return "unbonding of more than one bond";
  return bonds[0] as DelegateId;
}

/** Spends votes or one bond; output 0 holds them until the delay after the last epoch served is over. */
function unbondHandler({ unbondingBlocks }: RootParameters) {
  return (workspace: Workspace, transaction: UtxoTransaction): Effect | string => {
    const delegate = withdrawnBond(workspace.spent, transaction.outputs[0]?.amount ?? 0n);
    if (typeof delegate === "string") return delegate;
    const { parameters } = workspace.rotation;
    const endEpoch = firstEpochAfter(parameters, workspace.height);
    workspace.spent.forEach(({ role }, index) => {
      if (role.kind === "vote") endVote(workspace, transaction.inputs[index]?.outpoint.transactionId as Hash, endEpoch);
    });
    if (delegate !== null) endService(workspace, delegate, transaction);
    const height = endEpoch * blocksPerEpoch(parameters) + unbondingBlocks;
    workspace.assign(transaction.createdKeys[0] as Hash, { kind: "maturing", height, delegate });
    return NO_EFFECT;
  };
}

/** What the rootchain's own payloads do (R4, R6). */
export function stakingHandlers(
  parameters: RootParameters,
): Pick<PayloadHandlers, "register-delegate" | "vote" | "unbond" | "claim-reward"> {
  return {
    "register-delegate": registerHandler(parameters),
    vote: voteHandler(parameters),
    unbond: unbondHandler(parameters),
    "claim-reward": claimHandler(parameters),
  };
}
