import { describe, expect, it } from "vitest";
import { WIRE_KIND_NAMES } from "../../../protocol/core/wire-kind.ts";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

/** @returns copies sent by class of message, and blocks that became final */
function copies(members: number): { blocks: number; proposal: number; vote: number } {
  const scenario = loadText(`
crypto: modelled
duration: 32 s
rootchain: {delegates: ${members}, committee: ${members}, iterations: 100, round: 3 s}
network: {backbone: {regions: lan}}
`);
  const counts = new Map<string | undefined, number>();
  const onEmit = (_node: number, _atUs: number, message: { kind: number } | null, to: readonly number[] | number) => {
    const name = WIRE_KIND_NAMES[message?.kind ?? 0];
    counts.set(name, (counts.get(name) ?? 0) + (typeof to === "number" ? 1 : to.length));
  };
  const { summary } = outcomeOf(scenario, { watchers: [{ onEmit }] });
  const blocks = summary.chains[0]?.height ?? 0;
  return { blocks, proposal: counts.get("proposal") ?? 0, vote: counts.get("vote") ?? 0 };
}

describe("PBFT without faults", () => {
  it.each([4, 7, 10, 13])("takes n - 1 proposals and 2 n (n - 1) votes a block among %d members", (members) => {
    const { blocks, proposal, vote } = copies(members);
    expect(blocks).toBe(10);
    expect(proposal).toBe(blocks * (members - 1));
    // Prepare and commit, each of everybody to everybody else.
    expect(vote).toBe(blocks * 2 * members * (members - 1));
  });
});
