import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Vote } from "../../protocol/consensus/vote.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import { Block } from "../../protocol/ledger/block.ts";

/** @returns another valid block in a block's place: the same but for a time 1 µs later */
export function forkOf(block: Block): Block {
  return new Block({ ...block.header, timeUs: block.header.timeUs + 1 }, block.transactions);
}

/** @returns the same statement about another block, signed by the node's real key */
export function voteFor(context: Context, identity: Identity, options: { vote: Vote; blockHash: Hash }): Vote {
  const forged = new Vote({ ...options.vote, blockHash: options.blockHash });
  context.crypto.sign(forged, identity.signing);
  return forged;
}
