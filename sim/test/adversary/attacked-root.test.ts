import { describe, expect, test } from "vitest";
import { isCensored } from "../../adversary/censored-block.ts";
import { broken, finalSpends, type Played, play, playText } from "./play.ts";

/** Seven delegates that all sit, which bear two. */
function attacked(adversaries: string, ...settings: string[]): Played {
  const text = `
name: x
duration: 2 min
drain: 40 s
crypto: modelled
rootchain: {delegates: 7, committee: 7, iterations: 4, round: 2 s, fullNodes: 3}
network: {backbone: {regions: world-6}, gossip: {degree: 4}}
workload: [{transfer: {name: payments, rate: 1/s, accounts: 30}}]
adversaries: [${adversaries}]
expect: {safety: always, liveness: {within: 60 s of heal}}
`;
  return playText(text, ...settings);
}

function expectWhole(played: Played): void {
  expect(broken(played)).toEqual([]);
  expect(played.summary.verdict).toBe("pass");
  expect(played.bites("gang")).toBeGreaterThan(0);
}

describe("leaders that censor", () => {
  const censored = (played: Played) => finalSpends(played).filter(({ transaction }) => isCensored(transaction)).length;

  test("within f only delay: others take what they leave out", () => {
    const played = attacked("{name: gang, of: delegates 0..1, strategy: censor}");
    expectWhole(played);
    expect(censored(played)).toBeGreaterThan(10);
    expect(played.figure("payments.delivered")).toBe(1);
  });

  test("all together they keep some senders out for good, which the figures show", () => {
    const played = attacked("{name: gang, of: delegates, strategy: censor}");
    expect(censored(played)).toBe(0);
    expect(played.figure("payments.delivered")).toBeLessThan(0.95);
    expect(played.figure("payments.delivered")).toBeGreaterThan(0.3);
  });
});

describe("an adversary that chooses from each committee just elected", () => {
  const roaming = (count: number) =>
    attacked(
      `{name: gang, of: delegates, count: ${count}, strategy: equivocate, placement: adaptive, from: 20 s}`,
      "rootchain.rounds=4",
    );

  test("breaks nothing with f of each, although it was in more delegates than that by the end", () => {
    const played = roaming(2);
    expectWhole(played);
    const evidence = played.summary.expectations.find(({ name }) => name === "safety")?.detail ?? "";
    expect(Number(/of (\d+) Byzantine/u.exec(evidence)?.[1])).toBeGreaterThan(2);
  });

  test("breaks agreement with more, which the checkers see", () => {
    expect(broken(roaming(5))).toContain("root.agreement");
  });
});

describe("a victim among its neighbours", () => {
  const eclipsed = (of: string) =>
    attacked(
      `{name: gang, of: ${of}, strategy: eclipse, placement: around, victim: full-nodes 0, from: 10 s}`,
      // What heals is what liveness is judged from.
      "faults=[{at: 20 s, for: 5 s, slow: {of: delegates 0, factor: 2}}]",
    );

  test("that has an honest one left keeps up", () => {
    expectWhole(eclipsed("delegates"));
  });

  test("that has none left stands still, which liveness shows, while the chain goes on", () => {
    const played = eclipsed("[delegates, full-nodes 1..2]");
    expect(broken(played)).toEqual(["root.liveness"]);
    expect(played.figure("height")).toBeGreaterThan(50);
  });
});

describe("a bribed majority", () => {
  test("is above the threshold: culprits are named, no honest node is, and nothing else is promised", () => {
    for (const strategy of ["equivocate", "lie-view-change"]) {
      const played = attacked(`{name: gang, of: delegates 0..4, strategy: ${strategy}}`, "expect.liveness=null");
      expect(broken(played), strategy).toContain("root.agreement");
      expect(broken(played), strategy).not.toContain("root.evidence");
    }
  });
});

describe("operators and relayers in one gang", () => {
  const colluding = (of: string) =>
    play(`\nadversaries:\n  - {name: gang, of: ${of}, strategy: collude, from: 30 s}\n`, [
      ...["duration=2 min", "workload.0.transfer.amount=500..1000 IOTX"],
    ]);

  test("get no more out of the rootchain than came in, and an honest relayer serves the others", () => {
    const played = colluding("[operators bad, relayers 0]");
    expect(broken(played).filter((each) => !each.startsWith("bad."))).toEqual([]);
    expect(played.figure("escrow.bad.withdrawn")).toBeGreaterThan(0);
    expect(played.figure("escrow.bad.withdrawn")).toBeLessThanOrEqual(played.figure("escrow.bad.deposited"));
    expect(played.figure("orders.delivered")).toBe(1);
  });

  test("starve all other chains where no relayer is honest", () => {
    const played = colluding("[operators bad, relayers]");
    expect(played.figure("escrow.bad.withdrawn")).toBeGreaterThan(0);
    expect(played.figure("orders.delivered")).toBeLessThan(0.5);
  });
});
