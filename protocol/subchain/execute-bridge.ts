import { consumedKey, dataHashOf } from "../bridge/cross-transfer.ts";
import { decodeLeg, legKey } from "../bridge/leg.ts";
import type { Refusal } from "../consensus/ledger-rules.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import { bytesToHash, HASH_BYTES } from "../crypto/hash.ts";
import type { Anchor } from "../light/anchor.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import { credit, moveOutstanding } from "./balances.ts";
import { type Delivery, deliveryOf } from "./delivery.ts";
import { decodeOwnLock, encodeConsumed, encodeOwnLock, type OwnLock, ownLockKey } from "./entries.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { mayWrite } from "./permission.ts";
import { reachRoot } from "./root-view.ts";
import type { Reorg, SubRefund } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

/**
 * What can be said of a delivery without its proof. A transfer that makes no sense here is refused and so goes back to where
 * it came from.
 */
export function deliveryRefusal(
  { specification, timeUs }: Pick<ExecutionContext, "specification" | "timeUs">,
  entries: Pick<Workspace, "get">,
  { reorg, delivery }: { reorg: Reorg; delivery: Delivery },
): Refusal | null {
  const { transfer, lockId, arriving } = delivery;
  if (transfer.destinationChain !== specification.parameters.chainId) return "delivery for another chain";
  if (timeUs >= transfer.destinationExpiryUs) return "delivery after its expiry";
  const dataHash = reorg.data.length === 0 ? ZERO_HASH : dataHashOf(reorg.data);
  if (dataHash !== transfer.dataHash) return "delivery with other data";
  if (transfer.receiver.length !== HASH_BYTES) return "delivery to no account";
  if (transfer.deliveryFee > arriving) return "delivery of less than its fee";
  if (!mayWrite(specification, entries, bytesToHash(transfer.receiver))) return "receiver that may not write";
  if (!mayWrite(specification, entries, reorg.payee)) return "payee that may not write";
  return entries.get(consumedKey(lockId)) === undefined ? null : "delivery that took place before";
}

function create(
  { specification }: ExecutionContext,
  workspace: Workspace,
  { delivery, payee }: { delivery: Delivery; payee: Hash },
): Refusal | null {
  const { transfer, arriving } = delivery;
  const { token, deliveryFee } = transfer;
  const receiver = bytesToHash(transfer.receiver);
  return (
    moveOutstanding(specification, workspace, { token, change: -arriving }) ??
    credit(specification, workspace, { address: receiver, token, amount: arriving - deliveryFee }) ??
    credit(specification, workspace, { address: payee, token, amount: deliveryFee })
  );
}

/** Creates here what the rootchain set free for this chain (B1), once for each lock (B4) and before it expires (B5). */
export function executeReorg(context: ExecutionContext, workspace: Workspace, reorg: Reorg): Refusal | null {
  const delivery = deliveryOf(reorg);
  if (delivery === null) return "delivery of no lock";
  const misfit = deliveryRefusal(context, workspace, { reorg, delivery });
  if (misfit !== null) return misfit;
  const { anchor, refusal } = reachRoot(context, workspace, reorg.path);
  if (anchor === null) return refusal;
  const isHeld = verifyStateEntry(anchor.stateRoot, legKey(reorg.lockId), reorg.leg, reorg.proof);
  if (!isHeld) return "delivery that is not proven";
  workspace.set(consumedKey(delivery.lockId), encodeConsumed(delivery.lockId));
  return create(context, workspace, { delivery, payee: reorg.payee });
}

/** What the rootchain shows that nothing will arrive of a lock. @returns the amount to give back, or why none */
function refundable(lock: OwnLock, refund: SubRefund, anchor: Anchor): bigint | Refusal {
  const { lockId, proof, credit: encoded } = refund;
  const { transfer } = lock;
  if (encoded === null) {
    if (anchor.timeUs < transfer.rootExpiryUs) return "refund before the lock expired";
    const absent = verifyStateEntry(anchor.stateRoot, consumedKey(lockId), undefined, proof);
    return absent ? transfer.amount : "refund of a lock that is not proven absent";
  }
  const leg = decodeLeg(encoded);
  if (leg === null || leg.state !== "refunded") return "refund that the rootchain has not granted";
  if (!verifyStateEntry(anchor.stateRoot, legKey(lockId), encoded, proof)) return "refund that is not proven";
  return leg.remaining <= transfer.amount ? leg.remaining : "refund of more than was locked";
}

/** Gives a sender back what never arrived (B5): once, however late, and whatever the sender may do by now. */
export function executeRefund(context: ExecutionContext, workspace: Workspace, refund: SubRefund): Refusal | null {
  const { specification } = context;
  const lock = decodeOwnLock(workspace.get(ownLockKey(refund.lockId)));
  if (lock === null || lock.state !== "open") return "refund of no open lock";
  const { anchor, refusal } = reachRoot(context, workspace, refund.path);
  if (anchor === null) return refusal;
  const amount = refundable(lock, refund, anchor);
  if (typeof amount === "string") return amount;
  workspace.set(ownLockKey(refund.lockId), encodeOwnLock({ ...lock, state: "refunded" }));
  const { token } = lock.transfer;
  return (
    moveOutstanding(specification, workspace, { token, change: -amount }) ??
    credit(specification, workspace, { address: lock.sender, token, amount })
  );
}
