import { type CrossTransfer, lockIdOf } from "../bridge/cross-transfer.ts";
import { onwardTransfer } from "../bridge/onward.ts";
import type { Hash } from "../core/ids.ts";
import { addressOf } from "../ledger/address.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import type { Payload } from "../rootchain/payload.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { ROOT_CHAIN } from "./specification.ts";
import type { Reorg } from "./transaction.ts";

/** What a transaction of the rootchain sets free for its destination. */
export interface Delivery {
  readonly lockId: Hash;
  readonly transfer: CrossTransfer;
  /** What the destination creates, the delivery's fee included, base units. */
  readonly arriving: bigint;
}

function fromRootLock(transaction: UtxoTransaction, transfer: CrossTransfer): Delivery | null {
  if (transfer.sourceChain !== ROOT_CHAIN) return null;
  // Nobody relocks what the rootchain itself locked: there is no fee for it to take off.
  return { lockId: lockIdOf(ROOT_CHAIN, transaction.outpointId), transfer, arriving: transfer.amount };
}

function fromRelock(lock: Uint8Array): Delivery | null {
  const action = decodeTransaction(lock);
  if (action?.kind !== "action" || action.action.kind !== "lock") return null;
  const { transfer } = action.action;
  if (transfer.sourceChain !== action.chainId || transfer.relockFee > transfer.amount) return null;
  const lockId = lockIdOf(action.chainId, action.id);
  return { lockId, transfer, arriving: transfer.amount - transfer.relockFee };
}

/** What left a dead chain for a living one. */
function fromExit(transaction: UtxoTransaction, exit: Extract<Payload, { kind: "exit" }>): Delivery | null {
  const { publicKey, account: entry, onward } = exit;
  if (onward === null) return null;
  const transfer = onwardTransfer(ROOT_CHAIN, { owner: addressOf(publicKey), entry, onward });
  return transfer && fromRootLock(transaction, transfer);
}

/** @returns what an encoded transaction sets free when the rootchain executes it, or null when it is no lock, relock or exit */
export function decodeDelivery(encoded: Uint8Array): Delivery | null {
  const transaction = decodeTransaction(encoded);
  if (transaction?.kind !== "utxo" || transaction.chainId !== ROOT_CHAIN) return null;
  const { payload } = transaction;
  if (payload?.kind === "lock") return fromRootLock(transaction, payload.transfer);
  if (payload?.kind === "exit") return fromExit(transaction, payload);
  return payload?.kind === "relock" ? fromRelock(payload.lock) : null;
}

const known = new WeakMap<Reorg, { readonly delivery: Delivery | null }>();

/** @returns what a reorg delivers, decoded once for each; null when it carries no lock or relock */
export function deliveryOf(reorg: Reorg): Delivery | null {
  const before = known.get(reorg);
  if (before !== undefined) return before.delivery;
  const delivery = decodeDelivery(reorg.transaction);
  known.set(reorg, { delivery });
  return delivery;
}
