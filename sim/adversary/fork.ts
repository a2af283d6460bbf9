import { buildBlock, type ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Vote } from "../../protocol/consensus/vote.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import type { Block } from "../../protocol/ledger/block.ts";

/** @returns another valid block in a block's place: the same but for a time 1 µs later, and what follows from that */
export function forkOf(context: Context, parent: ChainState, { header, transactions }: Block): Block {
  const { originalView, proposer } = header;
  const plan = { originalView, proposer, timeUs: header.timeUs + 1 };
  return buildBlock(context.crypto, parent, { plan, candidates: transactions }).block;
}

/** @returns the same statement about another block, signed by the node's real key. @param about.newViewHash default the same */
export function voteFor(
  context: Context,
  identity: Identity,
  about: { readonly vote: Vote; readonly blockHash: Hash; readonly newViewHash?: Hash },
): Vote {
  const { vote, blockHash, newViewHash = vote.newViewHash } = about;
  const forged = new Vote({ ...vote, blockHash, newViewHash });
  context.crypto.sign(forged, identity.signing);
  return forged;
}
