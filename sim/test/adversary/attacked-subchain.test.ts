import { describe, expect, test } from "vitest";
import { broken, finalSpends, type Played, play, scriptOf } from "./play.ts";

function operators(strategy: string): string {
  return `
adversaries:
  - {name: gang, of: operators bad, strategy: ${strategy}, from: 30 s}
`;
}

/** What no attack on another chain may touch. */
function expectOthersUnharmed(played: Played): void {
  expect(played.summary.verdict).toBe("pass");
  expect(played.bites("gang")).toBeGreaterThan(0);
  expect(broken(played).filter((each) => !each.startsWith("bad."))).toEqual([]);
  expect(played.figure("orders.delivered")).toBe(1);
  expect(played.figure("shop.height")).toBeGreaterThan(50);
  expect(played.figure("height")).toBeGreaterThan(50);
}

describe("a subchain whose operators all conspire", () => {
  test("mints without end, and gets no more out of the rootchain than came in", () => {
    const played = play(operators("mint"), ["duration=3 min", "workload.0.transfer.amount=500..1000 IOTX"]);
    expectOthersUnharmed(played);
    const loot = scriptOf(played, "gang/accomplice");
    const taken = finalSpends(played).filter(({ transaction }) =>
      transaction.outputs.some(({ lockingScript }) => Buffer.compare(lockingScript, loot) === 0),
    );
    // It does steal what its own users sent there: nothing but the operators' number keeps that safe.
    expect(taken.length).toBeGreaterThan(0);
    expect(played.figure("escrow.bad.withdrawn")).toBeGreaterThan(0);
    expect(played.figure("escrow.bad.withdrawn")).toBeLessThanOrEqual(played.figure("escrow.bad.deposited"));
    // Its honest full node holds nothing of it.
    expect(played.figure("bad.height")).toBeLessThan(20);
  });

  test("certifies states that its transactions do not lead to, which its honest full nodes refuse", () => {
    const played = play(operators("forge-state"), [], "{name: inside, from: bad, to: bad, rate: 15/min, accounts: 6}");
    expectOthersUnharmed(played);
    expect(played.figure("bad.height")).toBeLessThan(20);
  });

  test("certifies false states until one of its operators tells: the signers pay, and the informer gets its part", () => {
    const inside = "{name: inside, from: bad, to: bad, rate: 15/min, accounts: 6}";
    const played = play(operators("forge-state, turncoat: true"), [], inside);
    expectOthersUnharmed(played);
    const frauds = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind === "fraud-proof");
    expect(frauds.length).toBe(1);
    // Whoever's commit is not in that certificate goes free: there was nothing more to earn.
    const slashed = played.figure("bad.slashed");
    expect(slashed).toBeGreaterThanOrEqual(3);
    expect(played.figure("shop.slashed")).toBe(0);
    const bond = BigInt(played.scenario.subchains[0]?.bond ?? 0);
    const paid = frauds.flatMap(({ transaction }) => transaction.outputs.map(({ amount }) => amount));
    expect(paid).toEqual([(BigInt(slashed) * bond) / 20n]);
    const commits = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind === "evidence-commit");
    expect(commits.length).toBe(1);
    expect(commits[0]?.height ?? 0).toBeLessThan(frauds[0]?.height ?? 0);
  });

  test("certifies two histories, and pays for it with all its bonds: informers earn at most a twentieth, the rest burns", () => {
    const played = play(operators("fork-chain"));
    expectOthersUnharmed(played);
    expect(played.figure("bad.slashed")).toBe(4);
    expect(played.figure("shop.slashed")).toBe(0);
    const reveals = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind === "evidence-reveal");
    expect(reveals.length).toBe(4);
    const bond = BigInt(played.scenario.subchains[0]?.bond ?? 0);
    for (const { transaction } of reveals) {
      expect(transaction.outputs.map(({ amount }) => amount)).toEqual([bond / 20n]);
    }
    const commits = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind === "evidence-commit");
    expect(Math.min(...commits.map(({ height }) => height))).toBeLessThan(
      Math.min(...reveals.map(({ height }) => height)),
    );
  });

  test("falls silent for good: what was on its way there comes back, and nothing is lost", () => {
    const played = play(operators("go-silent"), [
      "duration=5 min",
      "rootchain.heartbeat=10 s",
      "rootchain.deadAfter=40 s",
      "rootchain.challenge=20 s",
      "workload.0.transfer.stop=1 min",
      "workload.0.transfer.expiry={destination: 1 min}",
    ]);
    expectOthersUnharmed(played);
    expect(played.figure("bad.stall")).toBeGreaterThan(240);
    expect(played.figure("deposits.refunded")).toBeGreaterThan(0.2);
    expect(played.figure("deposits.refunded") + played.figure("deposits.delivered")).toBeCloseTo(1, 9);
    expect(played.figure("deposits.lost")).toBe(0);
  });

  test("and none of it is put down to chance: without the adversary nobody is slashed, refunded or stopped", () => {
    const played = play("");
    expect(played.summary.verdict).toBe("pass");
    expect(broken(played)).toEqual([]);
    expect(played.figure("bad.slashed")).toBe(0);
    expect(played.figure("deposits.delivered")).toBe(1);
    expect(played.figure("bad.height")).toBeGreaterThan(50);
    const accused = finalSpends(played).filter(({ transaction }) => transaction.payload?.kind.startsWith("evidence"));
    expect(accused.length).toBe(0);
  });
});
