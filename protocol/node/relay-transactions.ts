import type { CrossTransfer } from "../bridge/cross-transfer.ts";
import { leastRefund } from "../bridge/refund.ts";
import type { Hash } from "../core/ids.ts";
import type { HeaderPath } from "../light/header-path.ts";
import type { Payload } from "../rootchain/payload.ts";
import { type Output, UtxoTransaction } from "../rootchain/transaction.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import type { FoundTransaction } from "./light-messages.ts";
import type { Fact } from "./relay-view.ts";

/** Where a relayer's earnings on the rootchain go, and what it leaves of them to who puts its transactions into blocks. */
export interface RelayTerms {
  readonly rewardScript: Uint8Array;
  /** Base units of the root token, for each transaction on the rootchain that earns at least twice as much. */
  readonly rootFee: bigint;
  /** What it asks for a refund, base units of the root token; what the rootchain allows at the most. */
  readonly refundFee: bigint;
}

const VERSION = 2;

function payloadOnly(payload: Payload, outputs: readonly Output[]): UtxoTransaction {
  return new UtxoTransaction({ chainId: ROOT_CHAIN, version: VERSION, inputs: [], outputs, lockTime: 0, payload });
}

/** The relayer's own output, if there is anything in it. */
function earnings({ rewardScript, rootFee }: RelayTerms, earned: bigint): Output[] {
  const amount = earned >= 2n * rootFee ? earned - rootFee : earned;
  return amount > 0n ? [{ amount, lockingScript: rewardScript }] : [];
}

/** @returns the relock of a subchain's lock, which pays its receiver too where that is on the rootchain */
export function relockOf(
  terms: RelayTerms,
  transfer: CrossTransfer,
  { path, lock }: { path: HeaderPath; lock: FoundTransaction },
): UtxoTransaction {
  const { amount, relockFee, receiver, destinationChain } = transfer;
  const own = earnings(terms, relockFee);
  const toRoot = destinationChain === ROOT_CHAIN;
  const outputs = toRoot ? [{ amount: amount - relockFee, lockingScript: receiver }, ...own] : own;
  return payloadOnly({ kind: "relock", path, lock: lock.encoded, proof: lock.proof }, outputs);
}

/** @returns the refund of what a destination provably did not take in time */
export function refundOf(
  terms: RelayTerms,
  { transfer, remaining }: { transfer: CrossTransfer; remaining: bigint },
  { lockId, path, absence }: { lockId: Hash; path: HeaderPath; absence: Fact },
): UtxoTransaction {
  const payload: Payload = { kind: "refund", lockId, path, proof: absence.proof };
  if (transfer.token !== ROOT_CHAIN) return payloadOnly(payload, []);
  const amount = leastRefund(remaining, { maxRefundFee: terms.refundFee });
  const back = { amount, lockingScript: transfer.fallback };
  return payloadOnly(payload, [back, ...earnings(terms, remaining - amount)]);
}

/** @returns a heartbeat */
export function heartbeatOf(chainId: number, path: HeaderPath): UtxoTransaction {
  return payloadOnly({ kind: "anchor", chainId, path }, []);
}
