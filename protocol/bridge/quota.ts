import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { PIECES_PER_BLOCK, pieceBytesOver } from "./block-space.ts";
import { MAX_BIDS } from "./limits.ts";
import type { BridgeParameters } from "./parameters.ts";
import {
  BIDS_KEY,
  type Bid,
  decodeBids,
  decodeGranted,
  decodeGrants,
  encodeBids,
  encodeGranted,
  encodeGrants,
  GRANTED_KEY,
  type Grant,
  grantsKey,
} from "./quota-entries.ts";
import { findSubchain } from "./subchains.ts";
import type { BridgeWorkspace, PayloadHandler } from "./workspace-port.ts";

type Entries = Pick<BridgeWorkspace, "get">;

/** @returns the bids for the next period, best first */
export function bidsOf(entries: Entries): readonly Bid[] {
  const entry = entries.get(BIDS_KEY);
  return (entry === undefined ? null : decodeBids(entry)) ?? [];
}

/** @returns a chain's grants in the current period, best first */
export function grantsOf(entries: Entries, chainId: number): readonly Grant[] {
  const entry = entries.get(grantsKey(chainId));
  return (entry === undefined ? null : decodeGrants(entry)) ?? [];
}

/** @returns the chains with grants in the current period */
export function grantedChains(entries: Entries): readonly number[] {
  const entry = entries.get(GRANTED_KEY);
  return (entry === undefined ? null : decodeGranted(entry)) ?? [];
}

/** Best first: by price per piece, ties by id (B7). */
function compareBids(a: Bid, b: Bid): number {
  if (a.pricePerPiece !== b.pricePerPiece) return a.pricePerPiece > b.pricePerPiece ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function giveBack(workspace: Pick<BridgeWorkspace, "pay">, { id, refundScript }: Bid, amount: bigint): void {
  if (amount === 0n) return;
  const transactionId = hashTagged("orrery/quota-refund", hashToBytes(id));
  workspace.pay({ transactionId, index: 0 }, { amount, lockingScript: refundScript });
}

function bidRefusal(bid: Omit<Bid, "id">, { minPricePerPiece, maxQuotaDeposit }: BridgeParameters): string | null {
  const { pieces, pricePerPiece, deposit, refundScript } = bid;
  if (pieces < 1 || pieces > PIECES_PER_BLOCK) return "bid for no pieces, or more than there are";
  if (pricePerPiece < minPricePerPiece) return "bid below the least price";
  if (deposit < BigInt(pieces) * pricePerPiece) return "bid with too small a deposit";
  if (deposit > maxQuotaDeposit) return "bid with too large a deposit";
  return refundScript.length === 0 ? "bid without a script for its refund" : null;
}

/** Bids for pieces of the next period; who is outbid before that gets all back at once. */
export function bidHandler(parameters: BridgeParameters): PayloadHandler<"quota-bid"> {
  return (workspace, { inputs, outpointId }, { chainId, pieces, pricePerPiece, deposit, refundScript }) => {
    if (inputs.length === 0) return "bid without an input";
    const subchain = findSubchain(workspace, parameters, chainId);
    if (subchain === null || subchain.status === "dead") return "bid for no subchain, or a dead one";
    const bid: Bid = { id: outpointId, chainId, pieces, pricePerPiece, deposit, refundScript };
    const refusal = bidRefusal(bid, parameters);
    if (refusal !== null) return refusal;
    const bids = [...bidsOf(workspace), bid].sort(compareBids);
    const displaced = bids.length > MAX_BIDS ? bids.pop() : undefined;
    if (displaced === bid) return "bid below all of too many others";
    if (displaced !== undefined) giveBack(workspace, displaced, displaced.deposit);
    workspace.set(BIDS_KEY, encodeBids(bids));
    return { released: 0n, absorbed: deposit };
  };
}

/** What relocks take of a deposit: the bid's price for a piece, by the byte, rounded up. */
export function quotaCharge(sizeBytes: number, pieceBytes: number, pricePerPiece: bigint): bigint {
  return (BigInt(sizeBytes) * pricePerPiece + BigInt(pieceBytes) - 1n) / BigInt(pieceBytes);
}

/** Pays for a relock out of a chain's grant, to the committee that enforces it. */
export function chargeGrant(
  workspace: Pick<BridgeWorkspace, "get" | "set" | "reward">,
  chainId: number,
  { id, sizeBytes, charge }: { id: Hash; sizeBytes: number; charge: bigint },
): void {
  const grants = grantsOf(workspace, chainId).map((grant) => {
    if (grant.id !== id) return grant;
    assert(grant.remaining >= charge, "a grant pays only what is left of its deposit");
    return { ...grant, usedBytes: grant.usedBytes + sizeBytes, remaining: grant.remaining - charge };
  });
  workspace.set(grantsKey(chainId), encodeGrants(grants));
  workspace.reward(charge);
}

/** Ends a period for its grants: the part of the rest that was used for comes back, what was only blocked is lost (B7). */
function settleGrants(workspace: BridgeWorkspace, { quotaPeriodBlocks }: BridgeParameters): void {
  const pieceBytes = pieceBytesOver(workspace.rotation.parameters, workspace.height, quotaPeriodBlocks);
  for (const chainId of grantedChains(workspace)) {
    for (const grant of grantsOf(workspace, chainId)) {
      const reserved = BigInt(grant.pieces) * pieceBytes;
      const refund = (grant.remaining * BigInt(grant.usedBytes)) / reserved;
      giveBack(workspace, grant, refund);
      workspace.addToRewardPool(grant.remaining - refund);
    }
    workspace.delete(grantsKey(chainId));
  }
}

/** @returns the bids that win: whole, by price, as long as there are pieces */
export function winners(bids: readonly Bid[]): Bid[] {
  let pieces = PIECES_PER_BLOCK;
  return bids.toSorted(compareBids).filter((bid) => {
    if (bid.pieces > pieces) return false;
    pieces -= bid.pieces;
    return true;
  });
}

/** Puts winning bids into force. */
export function grant(workspace: Pick<BridgeWorkspace, "set">, won: readonly Bid[]): void {
  const byChain = new Map<number, Grant[]>();
  for (const bid of won) {
    const granted = { ...bid, usedBytes: 0, remaining: bid.deposit };
    byChain.set(bid.chainId, [...(byChain.get(bid.chainId) ?? []), granted]);
  }
  for (const [chainId, grants] of byChain) workspace.set(grantsKey(chainId), encodeGrants(grants));
  workspace.set(GRANTED_KEY, encodeGranted([...byChain.keys()]));
}

/** Turns the period at the end of its last block: settles what was granted, grants what was bid, gives back what lost. */
export function turnQuotaPeriod(workspace: BridgeWorkspace, parameters: BridgeParameters): void {
  if (workspace.height % parameters.quotaPeriodBlocks !== 0) return;
  settleGrants(workspace, parameters);
  const bids = bidsOf(workspace);
  const won = winners(bids);
  for (const bid of bids) if (!won.includes(bid)) giveBack(workspace, bid, bid.deposit);
  grant(workspace, won);
  workspace.delete(BIDS_KEY);
}
