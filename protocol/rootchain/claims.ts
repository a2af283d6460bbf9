import type { Effect } from "../bridge/workspace-port.ts";
import { assert } from "../core/assert.ts";
import { type DelegateId, ZERO_HASH } from "../core/ids.ts";
import { epochAt } from "./epochs.ts";
import { MAX_CLAIM_EPOCHS } from "./limits.ts";
import type { RootParameters } from "./parameters.ts";
import type { Payload } from "./payload.ts";
import { votePart, votersPart } from "./rewards.ts";
import { areEqual } from "./script/item.ts";
import {
  decodeDelegate,
  decodePot,
  decodeVote,
  delegateKey,
  encodeDelegate,
  encodePot,
  encodeVote,
  type Pot,
  potKey,
  voteKey,
} from "./staking-entries.ts";
import type { UtxoTransaction } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

type Claim = Extract<Payload, { kind: "claim-reward" }>;

/** Epochs that a claim asks for, of those that the claimant has not been paid for. */
interface Span {
  readonly delegate: DelegateId;
  readonly fromEpoch: number;
  /** The first that is not asked for. */
  readonly untilEpoch: number;
}

/** @returns a delegate's earnings in an epoch, null where it had none */
function earnings(workspace: Workspace, delegate: DelegateId, epoch: number): Pot | null {
  const bytes = workspace.get(potKey(delegate, epoch));
  return bytes === undefined ? null : decodePot(bytes);
}

/** Takes the claimant's part out of each epoch's earnings. @returns the sum */
function takeOut(workspace: Workspace, { delegate, fromEpoch, untilEpoch }: Span, part: (pot: Pot) => bigint): bigint {
  let sum = 0n;
  for (let epoch = fromEpoch; epoch < untilEpoch; epoch++) {
    const pot = earnings(workspace, delegate, epoch);
    if (pot === null) continue;
    const amount = part(pot);
    const paid = pot.paid + amount;
    assert(paid <= pot.earned, "no more is claimed than was earned");
    if (paid === pot.earned) workspace.delete(potKey(delegate, epoch));
    else if (amount > 0n) workspace.set(potKey(delegate, epoch), encodePot({ ...pot, paid }));
    sum += amount;
  }
  return sum;
}

function spanRefusal(workspace: Workspace, { fromEpoch, untilEpoch }: Span): string | null {
  if (untilEpoch > epochAt(workspace.rotation.parameters, workspace.height))
    return "claim of an epoch that is not over";
  if (untilEpoch <= fromEpoch) return "claim of nothing";
  return untilEpoch - fromEpoch > MAX_CLAIM_EPOCHS ? "claim of too many epochs" : null;
}

/** @returns the claim's effect once it is sure that all of it, but for a small fee, goes where it belongs */
function paidOut(
  transaction: UtxoTransaction,
  script: Uint8Array,
  options: { released: bigint; maxFee: bigint },
): Effect | string {
  const { released, maxFee } = options;
  const [output, ...others] = transaction.outputs;
  if (transaction.inputs.length > 0 || output === undefined || others.length > 0)
    return "claim that does more than claim";
  if (!areEqual(output.lockingScript, script)) return "claim that pays another";
  const fee = released - output.amount;
  const limit = released / 10n < maxFee ? released / 10n : maxFee;
  return fee < 0n || fee > limit ? "claim of another amount" : { released, absorbed: 0n };
}

/** An idle span may be passed over once it is long: otherwise its owner could never claim what lies behind it. */
function isWorthless(released: bigint, { fromEpoch, untilEpoch }: Span): boolean {
  return released === 0n && untilEpoch - fromEpoch < MAX_CLAIM_EPOCHS;
}

function claimAsDelegate(
  workspace: Workspace,
  transaction: UtxoTransaction,
  { claim, maxFee }: { claim: Claim; maxFee: bigint },
): Effect | string {
  const { delegate, throughEpoch } = claim;
  const bytes = workspace.get(delegateKey(delegate));
  const record = bytes === undefined ? null : decodeDelegate(bytes);
  if (record === null) return "claim of no delegate";
  const span = { delegate, fromEpoch: record.nextEpoch, untilEpoch: throughEpoch + 1 };
  const refusal = spanRefusal(workspace, span);
  if (refusal !== null) return refusal;
  const released = takeOut(workspace, span, (pot) => pot.earned - votersPart(pot));
  if (isWorthless(released, span)) return "claim of nothing";
  workspace.set(delegateKey(delegate), encodeDelegate({ ...record, nextEpoch: span.untilEpoch }));
  return paidOut(transaction, record.rewardScript, { released, maxFee });
}

function claimAsVoter(
  workspace: Workspace,
  transaction: UtxoTransaction,
  { claim, maxFee }: { claim: Claim; maxFee: bigint },
): Effect | string {
  const { delegate, throughEpoch, vote } = claim;
  const bytes = workspace.get(voteKey(vote));
  const record = bytes === undefined ? null : decodeVote(bytes);
  if (record === null || record.delegate !== delegate) return "claim of no vote";
  const span = { delegate, fromEpoch: record.nextEpoch, untilEpoch: throughEpoch + 1 };
  if (span.untilEpoch > record.endEpoch) return "claim beyond the vote's end";
  const refusal = spanRefusal(workspace, span);
  if (refusal !== null) return refusal;
  const released = takeOut(workspace, span, (pot) => votePart(pot, record.amount));
  if (isWorthless(released, span) && span.untilEpoch < record.endEpoch) return "claim of nothing";
  if (span.untilEpoch === record.endEpoch) workspace.delete(voteKey(vote));
  else workspace.set(voteKey(vote), encodeVote({ ...record, nextEpoch: span.untilEpoch }));
  return paidOut(transaction, record.rewardScript, { released, maxFee });
}

/** Pays accrued rewards out to their owner's own script: needs no signature, so anyone may send it (R6). */
export function claimHandler({ maxClaimFee }: RootParameters) {
  return (workspace: Workspace, transaction: UtxoTransaction, claim: Claim): Effect | string => {
    const options = { claim, maxFee: maxClaimFee };
    if (claim.of === "vote") return claimAsVoter(workspace, transaction, options);
    return claim.vote === ZERO_HASH ? claimAsDelegate(workspace, transaction, options) : "claim of a delegate's vote";
  };
}
