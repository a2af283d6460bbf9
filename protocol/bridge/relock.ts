import type { Hash } from "../core/ids.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import { verifyTransaction } from "../light/state-proof.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { isConsumed, markConsumed } from "./consumed.ts";
import { type CrossTransfer, lockIdOf } from "./cross-transfer.ts";
import { destinationRefusal } from "./destination.ts";
import { addToEscrow, takeFromEscrow } from "./escrow.ts";
import { followPath } from "./header-path.ts";
import { encodeLeg, legKey } from "./leg.ts";
import type { BridgeParameters } from "./parameters.ts";
import { pays } from "./payment.ts";
import { findSubchain, issues, saveRing } from "./subchains.ts";
import { termsRefusal } from "./transfer-terms.ts";
import type { BridgeWorkspace, Effect, PayloadHandler } from "./workspace-port.ts";

/** A lock as its encoding has it. */
export interface Lock {
  readonly transfer: CrossTransfer;
  readonly lockId: Hash;
}

/** Locks by the very bytes that they were read from: pools, blocks and their builders ask for the same. */
const known = new WeakMap<Uint8Array, { readonly lock: Lock | null }>();

/**
 * Reads a lock strictly: another kind of transaction, or one that speaks for another chain, is none.
 *
 * @param encoded a transaction as a block of the source chain holds it
 */
export function readLock(encoded: Uint8Array): Lock | null {
  const before = known.get(encoded);
  if (before !== undefined) return before.lock;
  const lock = parseLock(encoded);
  known.set(encoded, { lock });
  return lock;
}

function parseLock(encoded: Uint8Array): Lock | null {
  const transaction = decodeTransaction(encoded);
  if (transaction?.kind !== "action" || transaction.action.kind !== "lock") return null;
  const { chainId, id, action } = transaction;
  if (action.transfer.sourceChain !== chainId) return null;
  return { transfer: action.transfer, lockId: lockIdOf(chainId, id) };
}

/** What the lock itself, and what the rootchain knows of its destination, say against it. */
function lockRefusal(workspace: BridgeWorkspace, parameters: BridgeParameters, lock: Lock): string | null {
  const { transfer, lockId } = lock;
  const { chainId, timeUs } = workspace;
  if (isConsumed(workspace, lockId)) return "lock that was consumed already";
  if (timeUs >= transfer.rootExpiryUs) return "lock that has expired";
  const refusal = termsRefusal(chainId, transfer);
  if (refusal !== null) return refusal;
  if (!issues(workspace, parameters, transfer.token)) return "token that no chain issues";
  if (transfer.destinationChain === chainId) return null;
  return destinationRefusal(workspace, parameters, transfer, transfer.amount - transfer.relockFee);
}

/** Takes the amount out of the source's escrow, and puts it where it is on its way to. */
function move(workspace: BridgeWorkspace, transaction: UtxoTransaction, { transfer, lockId }: Lock): Effect | string {
  const { token, sourceChain, destinationChain, amount, relockFee, receiver } = transfer;
  const remaining = amount - relockFee;
  const toRoot = destinationChain === workspace.chainId;
  if (toRoot && !pays(transaction, { lockingScript: receiver, amount: remaining })) return "relock that pays another";
  if (!takeFromEscrow(workspace, sourceChain, token, amount)) return "more than came to the source";
  markConsumed(workspace, lockId);
  if (toRoot) return { released: amount, absorbed: 0n };
  addToEscrow(workspace, destinationChain, token, remaining);
  workspace.set(legKey(lockId), encodeLeg({ transfer, remaining, state: "waiting" }));
  return { released: relockFee, absorbed: 0n };
}

/** Consumes a subchain's lock: towards another subchain, or out to its receiver on the rootchain (B1, B2). */
export function relockHandler(parameters: BridgeParameters): PayloadHandler<"relock"> {
  return (workspace, transaction, { path, lock: encoded, proof }) => {
    const lock = readLock(encoded);
    if (lock === null) return "relock of something that is no lock";
    const source = findSubchain(workspace, parameters, lock.transfer.sourceChain);
    if (source === null) return "lock of a chain that is no subchain";
    const refusal = lockRefusal(workspace, parameters, lock);
    if (refusal !== null) return refusal;
    // Proofs come last: they cost most.
    const reached = followPath(workspace, parameters, source, path);
    if (reached.anchor === null) return reached.refusal;
    if (!verifyTransaction(reached.anchor.transactionRoot, encoded, proof)) return "lock that is not in the block";
    const effect = move(workspace, transaction, lock);
    if (typeof effect !== "string" && reached.ring !== source.ring) saveRing(workspace, reached.ring);
    return effect;
  };
}
