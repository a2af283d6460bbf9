import type { ChainCheckers } from "../chain-checkers.ts";
import { Chains } from "./chains.ts";
import { ConsumedOnceChecker } from "./consumed-once.ts";
import { CrossBook } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";
import { DeliveryChecker } from "./delivery.ts";
import { EscrowChecker } from "./escrow.ts";
import { EscrowBook } from "./escrow-book.ts";
import { HeaderAuthorityChecker } from "./header-authority.ts";
import { IsolationChecker } from "./isolation.ts";
import { LightChecker } from "./light.ts";
import { QuotaChecker } from "./quota.ts";
import { RewardsChecker } from "./rewards.ts";
import { SeatsChecker } from "./seats.ts";
import { SlashingChecker } from "./slashing.ts";

/** @returns what watches the invariants that span chains; they share what they derive from the final blocks */
export function watchAcross(all: readonly ChainCheckers[]): CrossChecker[] {
  const chains = new Chains(all);
  const book = new CrossBook(all);
  const escrow = new EscrowBook(chains, book);
  const { economics } = chains.root.world;
  const root =
    economics === null ? [] : [new QuotaChecker(chains, book, economics), new RewardsChecker(chains, book, economics)];
  return [
    new EscrowChecker(chains, book, escrow),
    new ConsumedOnceChecker(chains, book),
    new DeliveryChecker(chains, book),
    new HeaderAuthorityChecker(chains, book),
    new IsolationChecker(chains, book, escrow),
    new SlashingChecker(chains, book),
    ...(economics === null ? [] : [new SeatsChecker(chains, book, economics)]),
    new LightChecker(chains),
    ...root,
  ];
}
