import type { Scenario } from "../scenario/index.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf, type Round } from "./rounds.ts";
import { signingCosts } from "./signing.ts";
import { counting, simulate, sodiumBackend } from "./simulate.ts";
import { Sketch } from "./sketch.ts";
import { committee22, paper2018 } from "./workloads.ts";

const ROUNDS = 3;
const SKETCHED_MESSAGES = 1_000_000;
const COMMITTEE_MINUTES = 20;
const COMMITTEE_MODELLED_MINUTES = 40;

/** A committee of 22 under mild faults. */
export const committeeReal: Bench = (name) => besideSigning(name, committee22("real", COMMITTEE_MINUTES), 600);
export const committeeModelled: Bench = (name) =>
  besideSketch(name, committee22("modelled", COMMITTEE_MODELLED_MINUTES), 4000);

/** 97 delegates and 200 full nodes. */
export const paperReal: Bench = (name) => besideSigning(name, paper2018("real"), 250);
export const paperModelled: Bench = (name) => besideSketch(name, paper2018("modelled"), 800);

/** Pace with real cryptography, beside its signatures and proofs alone. */
export async function besideSigning(name: string, scenario: Scenario, target: number): Promise<readonly BenchResult[]> {
  const sodium = await sodiumBackend();
  const { backend, counts } = counting(sodium);
  const { chains } = simulate(scenario, { backend, checkers: false });
  const { signUs, proveUs } = await signingCosts(sodium);
  const floorSeconds = (counts.signatures * signUs + counts.proofs * proveUs) / 1e6;
  const rounds = await interleave(
    {
      off: () => void simulate(scenario, { backend: sodium, checkers: false }),
      on: () => void simulate(scenario, { backend: sodium, checkers: true }),
    },
    { rounds: ROUNDS },
  );
  const { signatures, proofs } = counts;
  const allowed = Math.round(scenario.durationUs / 1e6 / floorSeconds);
  const remark = `real crypto: ${signatures} signatures and ${proofs} proofs alone allow ${allowed}; ${chains[0]?.height} blocks`;
  return checkedAndNot(rounds, { name, scenario, target, remark }, (checkers) => ({
    to: "signing and proving alone",
    value: medianOf(rounds, (round) => floorSeconds / round[checkers].cpuSeconds),
  }));
}

/** Pace with modelled cryptography; its messages a second beside those of the sketch with one committee. */
export async function besideSketch(name: string, scenario: Scenario, target: number): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const { committee } = scenario.rootchain;
  const { messages, chains } = simulate(scenario, { backend, checkers: false });
  const decisions = Math.ceil(SKETCHED_MESSAGES / (2 * committee * committee));
  const sketch = new Sketch(committee, decisions).run();
  const rounds = await interleave(
    {
      off: () => void simulate(scenario, { backend, checkers: false }),
      on: () => void simulate(scenario, { backend, checkers: true }),
      sketch: () => void new Sketch(committee, decisions).run(),
    },
    { rounds: ROUNDS },
  );
  const remark = `modelled crypto; ${messages} messages, ${chains[0]?.height} blocks`;
  return checkedAndNot(rounds, { name, scenario, target, remark }, (checkers) => ({
    to: "messages a second of the bare sketch",
    value: medianOf(rounds, (round) => {
      return messages / round[checkers].cpuSeconds / (sketch.delivered / round.sketch.cpuSeconds);
    }),
  }));
}

type Checkers = "on" | "off";

interface Pace {
  readonly name: string;
  readonly scenario: Scenario;
  readonly target: number;
  readonly remark: string;
}

function checkedAndNot(
  rounds: readonly Round<Checkers>[],
  pace: Pace,
  ratioOf: (checkers: Checkers) => NonNullable<BenchResult["ratio"]>,
): BenchResult[] {
  const line = (name: string, checkers: Checkers) => {
    return { ...lineOf(rounds, { ...pace, name }, checkers), ratio: ratioOf(checkers) };
  };
  return [line(pace.name, "off"), line(`${pace.name}-checked`, "on")];
}

function lineOf(
  rounds: readonly Round<Checkers>[],
  { name, scenario, target, remark }: Pace,
  checkers: Checkers,
): Omit<BenchResult, "ratio"> {
  const simulatedSeconds = scenario.durationUs / 1e6;
  const value = medianOf(rounds, (round) => simulatedSeconds / round[checkers].cpuSeconds);
  const byTheWall = Math.round(medianOf(rounds, (round) => simulatedSeconds / round[checkers].wallSeconds));
  return {
    name,
    value,
    unit: "× real time",
    higherIsBetter: true,
    target,
    met: value >= target,
    detail: `target in simulated seconds a CPU second; checkers ${checkers}, trace off; ${byTheWall} by the wall; ${remark}`,
  };
}
