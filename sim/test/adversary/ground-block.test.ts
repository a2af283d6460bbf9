import { expect, test } from "vitest";
import { buildBlock, judgeBlock } from "../../../protocol/consensus/chain-state.ts";
import { compareHashes, priorityOf, sortitionAlpha } from "../../../protocol/consensus/sortition.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { crypto, genesisOf, identityOf, registryOf, smallChain } from "../../../protocol/test/people.ts";
import { groundBlock } from "../../adversary/ground-block.ts";

const GANG = [1, 4].map(identityOf);
const keys = new Map(GANG.map((identity) => [identity.id, identity]));
const genesis = genesisOf(smallChain(7), registryOf(7));
const { roundUs } = genesis.rotation.parameters;

function next(state: typeof genesis, laterUs = 0) {
  const plan = { originalView: 0, proposer: state.rotation.proposer(0), timeUs: state.timeUs + roundUs + laterUs };
  return buildBlock(crypto, state, { plan, candidates: [] });
}

/** The best that the gang draws where a block's hash is the seed of iteration 2. */
function drawnWith(hash: Hash): Hash {
  const alpha = sortitionAlpha(1, 2, hash);
  const all = GANG.map(({ vrf }) =>
    priorityOf(crypto.vrfVerify(vrf.publicKey, alpha, crypto.vrfProve(vrf, alpha)) as Uint8Array),
  );
  return all.sort(compareHashes)[0] as Hash;
}

test("the block that ends an iteration is the one of eight whose seed the gang likes best, and valid", () => {
  const ground = Array.from({ length: 8 }, (_, later) => {
    const { after } = next(genesis, later * 1000);
    const tried = Array.from({ length: 8 }, (_, shift) => next(after, shift).block);
    const [first] = tried;
    if (first === undefined) throw new Error("eight are tried");
    const chosen = groundBlock(crypto, after, { block: first, keys });
    const best = tried.map(({ hash }) => drawnWith(hash)).sort(compareHashes)[0];
    expect(drawnWith((chosen ?? first).hash)).toBe(best);
    expect(judgeBlock(crypto, after, chosen ?? first).refusal).toBe(null);
    return chosen;
  });
  expect(ground.filter((block) => block !== null).length).toBeGreaterThan(4);
});

test("a block that seeds nothing is left alone", () => {
  expect(groundBlock(crypto, genesis, { block: next(genesis).block, keys })).toBe(null);
});
