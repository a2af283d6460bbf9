import { buildBlock, type ChainState } from "../../protocol/consensus/chain-state.ts";
import { iterationOf } from "../../protocol/consensus/parameters.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { compareHashes, priorityOf, sortitionAlpha } from "../../protocol/consensus/sortition.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { DelegateId, Hash } from "../../protocol/core/ids.ts";
import type { NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import type { Block } from "../../protocol/ledger/block.ts";

/** Blocks that it tries, the real one among them. */
const TRIES = 8;

/** @returns the best priority that keys of the gang draw where a block's hash is the seed */
function bestPriority(
  crypto: NodeCrypto,
  keys: ReadonlyMap<DelegateId, Identity>,
  seed: { chainId: number; iteration: number; blockHash: Hash },
): Hash {
  const alpha = sortitionAlpha(seed.chainId, seed.iteration, seed.blockHash);
  const drawn = [...keys.values()].map(({ vrf }) => {
    const output = crypto.vrfVerify(vrf.publicKey, alpha, crypto.vrfProve(vrf, alpha));
    assert(output !== null, "an own proof holds");
    return priorityOf(output);
  });
  return drawn.reduce((best, each) => (compareHashes(each, best) < 0 ? each : best));
}

/**
 * Grinds the seed: of blocks that differ in their time by microseconds, the one whose hash gives the gang the best priority in
 * the lot that it seeds.
 *
 * @param crypto pays for it all
 * @param options.keys the gang's own
 * @returns null where the block seeds nothing, or is the best itself
 */
export function groundBlock(
  crypto: NodeCrypto,
  parent: ChainState,
  options: { block: Block; keys: ReadonlyMap<DelegateId, Identity> },
): Block | null {
  const { block, keys } = options;
  const { parameters, iteration } = parent.rotation;
  const { header, transactions } = block;
  if (iterationOf(parameters, header.height + 1) === iteration) return null;
  const { originalView, proposer, timeUs } = header;
  const tried = Array.from({ length: TRIES }, (_, later) => {
    const plan = { originalView, proposer, timeUs: timeUs + later };
    return later === 0 ? block : buildBlock(crypto, parent, { plan, candidates: transactions }).block;
  });
  const seeds = { chainId: parameters.chainId, iteration: iteration + 2 };
  const priorities = tried.map(({ hash }) => bestPriority(crypto, keys, { ...seeds, blockHash: hash }));
  const best = priorities.reduce(
    (place, each, index) => (compareHashes(each, priorities[place] as Hash) < 0 ? index : place),
    0,
  );
  return best === 0 ? null : (tried[best] as Block);
}
