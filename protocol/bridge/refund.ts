import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import type { Anchor } from "../light/anchor.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { lastAnchored } from "./anchor-ring.ts";
import { consumedKey } from "./cross-transfer.ts";
import { addToEscrow, fitsEscrow, takeFromEscrow } from "./escrow.ts";
import { followPath } from "./header-path.ts";
import { decodeLeg, encodeLeg, type Leg, legKey } from "./leg.ts";
import type { BridgeParameters } from "./parameters.ts";
import { pays } from "./payment.ts";
import { findSubchain, type Subchain, saveRing } from "./subchains.ts";
import type { BridgeWorkspace, Effect, PayloadHandler } from "./workspace-port.ts";

function findLeg(workspace: BridgeWorkspace, lockId: Hash): Leg | null {
  const entry = workspace.get(legKey(lockId));
  return entry === undefined ? null : decodeLeg(entry);
}

/** @returns whether nothing that follows a header can deliver any more: too late, or void */
function isSettledAt({ ring, status }: Subchain, anchor: Anchor, { destinationExpiryUs }: Leg["transfer"]): boolean {
  if (anchor.timeUs >= destinationExpiryUs) return true;
  return status === "dead" && anchor.height === lastAnchored(ring).anchor.height;
}

/** @returns what has to reach the fallback at least: all but what the refund's relayer may keep (B6) */
export function leastRefund(remaining: bigint, { maxRefundFee }: Pick<BridgeParameters, "maxRefundFee">): bigint {
  const half = remaining / 2n;
  return remaining - (half < maxRefundFee ? half : maxRefundFee);
}

/** The root token goes out to the fallback; another token back to the source, which learns of it from the leg. */
function giveBack(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  transaction: UtxoTransaction,
  { transfer, remaining }: Leg,
): Effect | string {
  const { token, sourceChain, destinationChain, fallback } = transfer;
  const inRootToken = token === workspace.chainId;
  const due = { lockingScript: fallback, amount: leastRefund(remaining, parameters) };
  if (inRootToken && !pays(transaction, due)) return "refund that pays another than the fallback, or too little";
  if (!inRootToken && !fitsEscrow(workspace, sourceChain, token, remaining)) return "amount that no escrow can hold";
  if (!takeFromEscrow(workspace, destinationChain, token, remaining)) return "more than came to the destination";
  if (inRootToken) return { released: remaining, absorbed: 0n };
  addToEscrow(workspace, sourceChain, token, remaining);
  return { released: 0n, absorbed: 0n };
}

/** Gives back what the destination provably did not take in time (B5); once, and however late. */
export function refundHandler(parameters: BridgeParameters): PayloadHandler<"refund"> {
  return (workspace, transaction, { lockId, path, proof }) => {
    const leg = findLeg(workspace, lockId);
    if (leg === null) return "refund of no transfer";
    if (leg.state !== "waiting") return "refund that was given already";
    const destination = findSubchain(workspace, parameters, leg.transfer.destinationChain);
    assert(destination !== null, "transfers go to subchains that exist");
    const reached = followPath(workspace, parameters, destination, path);
    if (reached.anchor === null) return reached.refusal;
    if (!isSettledAt(destination, reached.anchor, leg.transfer)) return "refund before the delivery has expired";
    const isAbsent = verifyStateEntry(reached.anchor.stateRoot, consumedKey(lockId), undefined, proof);
    if (!isAbsent) return "refund without proof that nothing was delivered";
    const effect = giveBack(workspace, parameters, transaction, leg);
    if (typeof effect === "string") return effect;
    const state = leg.transfer.token === workspace.chainId ? "paid" : "refunded";
    workspace.set(legKey(lockId), encodeLeg({ ...leg, state }));
    if (reached.ring !== destination.ring) saveRing(workspace, reached.ring);
    return effect;
  };
}
