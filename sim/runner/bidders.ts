import type { Bid } from "../../protocol/bridge/quota-entries.ts";
import { Writer } from "../../protocol/core/codec.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { deriveSeed } from "../kernel/index.ts";
import { registrationOfChain } from "../scenario/operation.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { Holder } from "../workload/holder.ts";
import { type Bidder, bidCoin } from "../workload/quota-bidder.ts";
import type { ChainPlan } from "./chain-plan.ts";

const scratch = new Writer();

/** @returns who bids for the subchains that want quota */
export function makeBidders({ seed }: Scenario, plans: readonly ChainPlan[], backend: CryptoBackend): Bidder[] {
  return plans.flatMap(({ id, name, subchain }): Bidder[] => {
    if (subchain === null || subchain.quota.pieces === 0) return [];
    const { pieces, pricePerPiece, deposit } = subchain.quota;
    const holder = new Holder(backend.keyPairFromSeed(deriveSeed(seed, `quota/${name}`)));
    return [{ holder, terms: { chainId: id, pieces, pricePerPiece: BigInt(pricePerPiece), deposit: BigInt(deposit) } }];
  });
}

/** @returns what the bidders own at the start: a coin for each period that may begin in the run */
export function bidderCoins({ rootchain, durationUs }: Scenario, bidders: readonly Bidder[]) {
  const periodUs = rootchain.quotaPeriodBlocks * rootchain.roundUs;
  const periods = Math.floor(durationUs / periodUs) + 1;
  return bidders.flatMap((bidder) =>
    Array.from({ length: periods }, () => ({ holder: bidder.holder, amount: bidCoin(bidder) })),
  );
}

/** @returns the bids that the first period is granted for: of the chains that are there from the start */
export function firstBids(scenario: Scenario, plans: readonly ChainPlan[], bidders: readonly Bidder[]): Bid[] {
  const later = plans.filter(({ name }) => registrationOfChain(scenario, name) !== undefined).map(({ id }) => id);
  const known = bidders.filter(({ terms }) => !later.includes(terms.chainId));
  return known.map(({ holder, terms }) => {
    const id = hashTagged("orrery/genesis-bid", scratch.u32(terms.chainId).finish());
    return { id, ...terms, refundScript: holder.script };
  });
}
