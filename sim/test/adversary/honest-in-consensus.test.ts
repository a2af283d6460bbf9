import { describe, expect, test } from "vitest";
import { broken, finalSpends, type Played, play, scriptOf } from "./play.ts";

function adversary(of: string, strategy: string, from = "10 s"): string {
  return `
adversaries:
  - {name: gang, of: ${of}, strategy: ${strategy}, from: ${from}}
`;
}

/** Whoever keeps the rules of consensus leaves every chain promised, and no invariant broken. */
function expectHarmless(played: Played): void {
  expect(broken(played)).toEqual([]);
  expect(played.summary.verdict).toBe("pass");
  expect(played.bites("gang")).toBeGreaterThan(0);
  expect(played.figure("bad.slashed") + played.figure("slashed")).toBe(0);
  expect(played.figure("orders.delivered")).toBe(1);
}

const isTo =
  (script: Uint8Array) =>
  ({ transaction }: ReturnType<typeof finalSpends>[number]) =>
    transaction.outputs.some(({ lockingScript }) => Buffer.compare(lockingScript, script) === 0);

describe("subchains that abuse their quota", () => {
  test("spam fills their own pieces and burns their own deposit; who shares the blocks does not notice", () => {
    const played = play(adversary("operators bad", "quota-spam"));
    expectHarmless(played);
    expect(played.figure("quota.bad.relocks")).toBeGreaterThan(10 * played.figure("quota.shop.relocks"));
    expect(played.figure("quota.bad.spent")).toBeGreaterThan(0);
  });

  test("squatters bid in every period, send nothing, and lose their deposits", () => {
    const played = play(
      adversary("operators bad", "quota-squat", "0 s"),
      ["rootchain.quota.period=15"],
      "{name: stuck, from: bad, to: root, rate: 15/min, accounts: 4}",
    );
    expectHarmless(played);
    expect(played.figure("quota.bad.relocks")).toBe(0);
    expect(played.figure("quota.bad.granted")).toBeGreaterThan(16);
    expect(played.figure("quota.bad.forfeited")).toBeGreaterThanOrEqual(100);
    expect(played.figure("stuck.delivered")).toBe(0);
    expect(played.figure("quota.shop.relocks")).toBeGreaterThan(0);
  });
});

describe("people who cheat", () => {
  test("of what a cheating relayer sends nothing is final: an honest one does the work", () => {
    const played = play(adversary("1 of relayers", "cheat-relay"));
    expectHarmless(played);
    expect(played.figure("deposits.delivered")).toBe(1);
  });

  test("alone it carries nothing at all: none of its claims is accepted", () => {
    const played = play(adversary("relayers", "cheat-relay", "0 s"));
    expect(broken(played)).toEqual([]);
    expect(played.bites("gang")).toBeGreaterThan(0);
    const relocks = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind === "relock");
    expect(relocks.length).toBe(0);
    expect(played.figure("orders.delivered")).toBe(0);
    expect(played.figure("deposits.delivered")).toBe(0);
  });

  test("of two transactions that spend one coin exactly one is final, whoever was told of which", () => {
    const played = play(adversary("1 of full-nodes root", "double-spend"));
    expectHarmless(played);
    const spends = [0, 1].map((which) => finalSpends(played).filter(isTo(scriptOf(played, `gang/receiver/${which}`))));
    const spent = spends.flat().map(({ transaction }) => {
      const outpoint = transaction.inputs[0]?.outpoint;
      return `${outpoint?.transactionId} ${outpoint?.index}`;
    });
    // The last pair may still be under way.
    expect(played.bites("gang") - spent.length).toBeLessThanOrEqual(1);
    expect(spent.length).toBeGreaterThan(10);
    expect(new Set(spent).size).toBe(spent.length);
    // Not that one of the two were never heard of.
    for (const each of spends) expect(each.length).toBeGreaterThan(0);
  });

  test("of forged transactions nothing takes effect, on any chain", () => {
    const played = play(adversary("1 of full-nodes root", "forge-transactions"));
    expectHarmless(played);
    // One for each of three chains, every two seconds.
    expect(played.bites("gang")).toBeGreaterThan(120);
    const forged = finalSpends(played).filter(isTo(scriptOf(played, "gang/spender")));
    expect(forged).toEqual([]);
  });

  test("bought votes count from the next epoch on, and the stake stays locked after it was taken away", () => {
    const played = play(adversary("standby 0", "vote-buyer"));
    expectHarmless(played);
    const buyer = 4;
    const { iterationsPerEpoch, roundsPerIteration } = played.scenario.rootchain;
    const epochBlocks = iterationsPerEpoch * roundsPerIteration;
    const final = finalSpends(played);
    const votes = final.filter(({ transaction }) => transaction.payload?.kind === "vote");
    const unbonded = final.filter(({ transaction }) => transaction.payload?.kind === "unbond");
    expect(votes.length).toBeGreaterThan(1);
    expect(unbonded.length).toBeGreaterThan(0);
    const seated = new Set(
      played.blocks.flatMap(({ block, committee }) =>
        committee.includes(buyer) ? [Math.floor((block.header.height - 1) / epochBlocks)] : [],
      ),
    );
    const boughtEpoch = Math.floor(((votes[0]?.height ?? 0) - 1) / epochBlocks);
    // Of the epoch in which it bought, the candidates were fixed before; it was outside and stays there.
    for (let epoch = 0; epoch <= boughtEpoch; epoch++) expect(seated.has(epoch)).toBe(false);
    expect(seated.has(boughtEpoch + 1)).toBe(true);
    const locked = new Set(unbonded.map(({ transaction }) => transaction.outpointId));
    const repaid = final.filter(({ transaction }) =>
      transaction.inputs.some(({ outpoint }) => outpoint.index === 0 && locked.has(outpoint.transactionId)),
    );
    expect(played.bites("gang")).toBeGreaterThan(votes.length + unbonded.length);
    expect(repaid.length).toBe(0);
  });
});

describe("a history forged by the keys of long ago", () => {
  const sleepers = (trust: string) => `
light:
  - {name: sleeper, count: 2, awake: 10 s, asleep: 40 s, trust: ${trust}}
`;

  test("is refused by clients that slept beyond the trust period", () => {
    const played = play(adversary("delegates 0..2", "long-range", "15 s") + sleepers("30 s"));
    expectHarmless(played);
    expect(played.figure("light.refused")).toBeGreaterThan(0);
  });

  test("is refused within the trust period too while the forgers are not above two thirds of the set", () => {
    const played = play(adversary("delegates 0..1", "long-range", "15 s") + sleepers("1 h"));
    expectHarmless(played);
    expect(played.figure("light.refused")).toBeGreaterThan(0);
  });

  test("deceives a client that trusts keys for too long; the checkers see it", () => {
    const played = play(adversary("delegates 0..2", "long-range", "15 s") + sleepers("1 h"));
    expect(broken(played)).toContain("light");
    expect(played.summary.verdict).toBe("fail");
  });
});
