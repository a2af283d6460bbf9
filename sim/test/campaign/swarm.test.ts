import { describe, expect, test } from "vitest";
import { forgetfulNodes, nodesOf } from "../../campaign/operations.ts";
import { swarmScenario } from "../../campaign/swarm.ts";
import type { RunOutcome } from "../../runner/index.ts";
import type { Fault, Scenario } from "../../scenario/index.ts";
import { alarms, outcomeOf } from "./run.ts";

const seeds = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));
const DRAWN = seeds(400).map(swarmScenario);
const RUNS = 40;

const endUs = ({ atUs, forUs }: Fault): number => (forUs === null ? Number.POSITIVE_INFINITY : atUs + forUs);

/** @returns the delegates that lie or whose disk forgets */
function faulty({ faults, adversaries }: Scenario): number[] {
  return [...faults.flatMap(forgetfulNodes), ...adversaries.flatMap(({ nodes }) => nodesOf(nodes))];
}

describe("a drawn scenario", () => {
  test("is the same for the same seed only", () => {
    expect(swarmScenario("7")).toEqual(swarmScenario("7"));
    expect(new Set(DRAWN.map((scenario) => JSON.stringify({ ...scenario, seed: "" }))).size).toBe(DRAWN.length);
  });

  test("is within the fault budget over all delegates, and heals with the whole liveness bound left", () => {
    for (const scenario of DRAWN) {
      const { rootchain, faults, durationUs, expect: expected } = scenario;
      const guilty = faulty(scenario);
      expect(new Set(guilty).size).toBe(guilty.length);
      expect(guilty.length).toBeLessThanOrEqual(Math.floor((rootchain.committee - 1) / 3));
      expect(guilty.every((node) => node < rootchain.delegates)).toBe(true);
      const bound = expected.find((each) => each.kind === "liveness")?.withinUs ?? Number.POSITIVE_INFINITY;
      expect(Math.max(...faults.map(endUs)) + bound).toBeLessThan(durationUs);
    }
  });

  test("is now and then of each sort", () => {
    const kinds = new Set(DRAWN.flatMap(({ faults, adversaries }) => [...faults, ...adversaries].map(sortOf)));
    expect([...kinds].sort()).toEqual([
      ...["censor", "churn", "clock", "clock frozen", "clog", "corrupt", "crash kept", "crash lost", "crash stale"],
      ...[
        "crash torn",
        "degrade",
        "diskFull",
        "double-vote",
        "eclipse",
        "equivocate",
        "equivocate-one",
        "flap",
        "flood",
      ],
      ...[
        "grind-seed",
        "invalid-block",
        "isolate",
        "isolate leader",
        "lie-view-change",
        "misdirect",
        "mutate-messages",
      ],
      ...["partition one-way", "partition overlapping", "partition symmetric", "replay", "ring", "silent", "slow"],
      ...["slowPair", "stale-future", "starve", "swizzle", "twins", "upgrade", "upgrade to a rule"],
      ...["vote-all", "withhold-priority", "withhold-votes"],
    ]);
    expect(DRAWN.some(({ adversaries }) => adversaries.some(({ nodes }) => nodes.length > 1))).toBe(true);
    const sizes = new Set(DRAWN.map(({ rootchain }) => rootchain.delegates));
    expect([...sizes].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(new Set(DRAWN.map(({ rootchain }) => rootchain.committee < rootchain.delegates)).size).toBe(2);
    expect(new Set(DRAWN.map(({ perturbation }) => perturbation === 0)).size).toBe(2);
  });
});

function sortOf(trouble: Fault | Scenario["adversaries"][number]): string {
  if ("strategy" in trouble) return trouble.strategy;
  if (trouble.kind === "crash") return `crash ${trouble.disk}`;
  if (trouble.kind === "clock" && trouble.freezes === true) return "clock frozen";
  if (trouble.kind === "isolate" && trouble.nodes === null) return "isolate leader";
  if (trouble.kind === "upgrade" && trouble.isCompatible === true) return "upgrade to a rule";
  return trouble.kind === "partition" ? `partition ${trouble.mode}` : trouble.kind;
}

describe("a small faulty rootchain within its budget", () => {
  const outcomes = new Map<string, RunOutcome>();
  /** Each seed runs once. */
  function outcomeOfSeed(seed: string): RunOutcome {
    const outcome = outcomes.get(seed) ?? outcomeOf(swarmScenario(seed));
    outcomes.set(seed, outcome);
    return outcome;
  }

  test.each(seeds(RUNS))("holds: seed %s", (seed) => {
    expect(alarms(outcomeOfSeed(seed))).toEqual([]);
  });

  test.each(seeds(8))("holds in another order of equal schedules: seed %s", (seed) => {
    const scenario = swarmScenario(seed);
    const other = outcomeOf({ ...scenario, perturbation: scenario.perturbation + 1 });
    expect(alarms(other)).toEqual([]);
    expect(other.digest).not.toBe(outcomeOfSeed(seed).digest);
  });

  test("goes through several epochs, in which every sort of trouble bites", () => {
    const found = seeds(RUNS).map((seed) => ({ scenario: swarmScenario(seed), summary: outcomeOfSeed(seed).summary }));
    const epochs = found.map(({ scenario: { rootchain }, summary }) => {
      return (summary.chains[0]?.height ?? 0) / (rootchain.iterationsPerEpoch * rootchain.roundsPerIteration);
    });
    expect(epochs.filter((each) => each > 3).length).toBeGreaterThan(RUNS / 2);
    const sort = (name: string) => name.replace(/-\d+$/u, "");
    const biting = found.flatMap(({ summary }) => summary.faults.filter(({ bites }) => bites > 0));
    const drawn = new Set(found.flatMap(({ scenario }) => scenario.adversaries.map(({ strategy }) => strategy)));
    expect(drawn.size).toBeGreaterThanOrEqual(6);
    const faults = [
      ...["churn", "clock", "clog", "corrupt", "crash", "degrade", "disk-full", "flap", "frozen", "isolate", "leader"],
      ...["lost", "misdirect", "one-way", "overlapping", "partition", "reboot", "replay", "ring", "slow", "slow-pair"],
      ...["stale", "starve", "swizzle", "torn", "upgrade"],
    ];
    expect([...new Set(biting.map(({ name }) => sort(name)))].sort()).toEqual([...faults, ...drawn].sort());
  });
});
