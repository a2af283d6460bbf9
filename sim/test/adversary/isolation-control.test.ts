import { expect, test } from "vitest";
import type { Block } from "../../../protocol/ledger/block.ts";
import type { Chains } from "../../checkers/cross/chains.ts";
import type { CrossBook, Place } from "../../checkers/cross/cross-book.ts";
import type { EscrowBook, Holding } from "../../checkers/cross/escrow-book.ts";
import { IsolationChecker } from "../../checkers/cross/isolation.ts";

const BAD = "2 1" as Holding;
const PLACE = { chainId: 1, height: 40, atUs: 120_000_000, node: 0 } as Place;

/** The checker over a rootchain that lets out of escrow whatever it is asked for. */
function judged(deposited: bigint, withdrawn: readonly bigint[]) {
  let tell: (block: Block, place: Place) => void = () => undefined;
  const book = { listen: (hear: { block: typeof tell }) => (tell = hear.block) } as unknown as CrossBook;
  const chains = { rootId: 1, nameOf: () => "bad" } as unknown as Chains;
  const taken = new Map<Holding, bigint>();
  const escrow = { deposited: new Map([[BAD, deposited]]), withdrawn: taken } as unknown as EscrowBook;
  const checker = new IsolationChecker(chains, book, escrow);
  for (const sum of withdrawn) {
    taken.set(BAD, sum);
    tell({} as Block, PLACE);
  }
  return checker.finish();
}

test("had the rootchain let a minting subchain take out one unit more than came in, isolation would be broken", () => {
  expect(judged(100n, [40n, 100n])).toMatchObject({ violationCount: 0, samples: 2 });
  const { violationCount, violations } = judged(100n, [100n, 101n, 500n]);
  expect(violationCount).toBe(1);
  expect(violations[0]).toMatchObject({ invariant: "isolation", atUs: 120_000_000 });
});

test("what is taken out before anything came in is too much", () => {
  expect(judged(0n, [1n]).violationCount).toBe(1);
});
