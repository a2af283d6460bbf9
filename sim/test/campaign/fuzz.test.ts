import { describe, expect, test } from "vitest";
import type { Observation } from "../../../protocol/core/observation.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { Fuzz } from "../../campaign/fuzz.ts";
import { changed } from "../../campaign/fuzz-changes.ts";
import { generate } from "../../campaign/fuzz-generators.ts";
import { twinsCase } from "../../campaign/twins-cases.ts";
import { firstCommittee } from "../../runner/first-committee.ts";
import { alarms, outcomeOf } from "./run.ts";

const FAILURE = { kind: "crash", what: "Error: odd", where: "" } as const;
const plan = { seed: "3", generator: "twins", base: null } as const;
const seeds = (count: number): string[] => Array.from({ length: count }, (_, index) => `s-${index}`);

describe("a campaign's memory", () => {
  test("tells failures of one kind once, and draws from runs that reached new states", () => {
    const fuzz = new Fuzz(plan);
    const first = fuzz.batch(100);
    const lesson = fuzz.fold(
      first,
      first.map(({ index }) => ({ failure: index % 2 === 0 ? FAILURE : null, states: [index] })),
    );
    expect(lesson.failures).toEqual([{ key: "crash: Error: odd", index: 0 }]);
    expect(lesson.corpus).toEqual(first.filter(({ index }) => index % 2 === 1).map(({ drawn }) => drawn));
    const next = fuzz.batch(100);
    expect(next.filter(({ drawn }) => drawn.changes.length === 1).length).toBeGreaterThan(2);
    expect(
      fuzz.fold(
        next,
        next.map(() => ({ failure: FAILURE, states: [1] })),
      ),
    ).toMatchObject({
      failures: [],
      states: [],
    });
  });

  test("one job in twenty runs twice", () => {
    const fuzz = new Fuzz(plan);
    const jobs = [1, 2, 3].flatMap(() => {
      const batch = fuzz.batch(100);
      const nothing = batch.map(() => ({ failure: null, states: [] }));
      fuzz.fold(batch, nothing);
      return batch;
    });
    expect(jobs.filter(({ isTwice }) => isTwice).map(({ index }) => index)).toEqual([0, 20, 40]);
  });
});

describe("cases of twins", () => {
  const cases = Array.from({ length: 4000 }, (_, number) => twinsCase(number));

  test("are all different, and have every twin, leader, length and partition", () => {
    expect(new Set(cases.map((each) => JSON.stringify(each))).size).toBe(cases.length);
    for (const delegates of [4, 7]) {
      const family = cases.filter((each) => each.delegates === delegates);
      expect(new Set(family.flatMap(({ twins }) => twins)).size).toBe(delegates);
      expect(new Set(family.map(({ leaders }) => leaders.join())).size).toBe(delegates === 4 ? 24 : 42);
      expect(new Set(family.flatMap(({ sides }) => sides.map(String))).size).toBe(2 ** (delegates - 1));
      expect(new Set(family.map(({ rounds, mode }) => `${rounds} ${mode}`)).size).toBe(6);
      expect(family.every(({ twins }) => twins.length <= (delegates - 1) / 3)).toBe(true);
    }
  });

  test.each([0, 1, 2, 3])("are led by whom they say: case %i", (number) => {
    const { network, ...scenario } = generate("twins", `s-${number}`);
    const { leaders } = twinsCase(number);
    expect(firstCommittee({ ...scenario, network }).slice(0, leaders.length)).toEqual(leaders);
    const proposers: number[] = [];
    const onObserve = (_node: number, _atUs: number, observation: Observation) => {
      if (observation.kind === "finalized")
        proposers[observation.height] ??= (observation.block as Block).header.proposer;
    };
    const sound = { ...network.backbone, lossProbability: 0 };
    const quiet = { faults: [], adversaries: [], durationUs: 20_000_000, network: { ...network, backbone: sound } };
    outcomeOf({ ...scenario, ...quiet }, { watchers: [{ onObserve }] });
    expect(proposers.slice(1, leaders.length + 1)).toEqual(leaders);
  });
});

describe("drawn scenarios", () => {
  test("expect safety and liveness up to f liars, safety up to 2q − n − 1, and the guilty to be named above", () => {
    const kinds = new Set<string>();
    for (const scenario of seeds(200).map((seed) => generate("swarm", seed))) {
      if (scenario.name !== "swarm") continue;
      const { committee } = scenario.rootchain;
      const most = 2 * (Math.floor((2 * committee) / 3) + 1) - committee - 1;
      const liars = new Set(scenario.adversaries.flatMap(({ nodes }) => nodes.map(({ first }) => first))).size;
      const [kind] = scenario.expect.map((each) => each.kind);
      kinds.add(`${kind} of ${scenario.expect.length}`);
      if (kind === "safety") expect(liars).toBeLessThanOrEqual(most);
    }
    expect([...kinds].sort()).toEqual(["accountability of 1", "safety of 1", "safety of 2"]);
  });

  test.each(["twins", "mutation"] as const)(
    "of few nodes hold: %s",
    (generator) => {
      for (const seed of seeds(3)) expect(alarms(outcomeOf(generate(generator, seed)))).toEqual([]);
    },
    30_000,
  );

  test("change in one respect only, and never in what is expected", () => {
    const scenario = generate("swarm", "s-1");
    for (const seed of seeds(40)) {
      const other = changed(scenario, seed);
      const keys = Object.keys(scenario) as (keyof typeof scenario)[];
      const different = keys.filter((key) => JSON.stringify(scenario[key]) !== JSON.stringify(other[key]));
      expect(different.length).toBeLessThanOrEqual(1);
      expect(other.expect).toEqual(scenario.expect);
    }
  });
});
