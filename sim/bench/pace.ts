import type { Scenario } from "../scenario/index.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, type Spent } from "./rounds.ts";
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
async function besideSigning(name: string, scenario: Scenario, target: number): Promise<readonly BenchResult[]> {
  const sodium = await sodiumBackend();
  const { backend, counts } = counting(sodium);
  const { chains } = simulate(scenario, { backend, checkers: false });
  const { signUs, proveUs } = await signingCosts(sodium);
  const floorSeconds = (counts.signatures * signUs + counts.proofs * proveUs) / 1e6;
  const spent = await interleave(
    {
      off: () => void simulate(scenario, { backend: sodium, checkers: false }),
      on: () => void simulate(scenario, { backend: sodium, checkers: true }),
    },
    { rounds: ROUNDS },
  );
  const { signatures, proofs } = counts;
  const allowed = Math.round(scenario.durationUs / 1e6 / floorSeconds);
  const remark = `real crypto: ${signatures} signatures and ${proofs} proofs alone allow ${allowed}; ${chains[0]?.height} blocks`;
  const ratioOf = ({ cpuSeconds }: Spent) => ({ to: "signing and proving alone", value: floorSeconds / cpuSeconds });
  return checkedAndNot(spent, { name, scenario, target, remark, ratioOf });
}

/** Pace with modelled cryptography; its messages a second beside those of the sketch with one committee. */
async function besideSketch(name: string, scenario: Scenario, target: number): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const { committee } = scenario.rootchain;
  const { messages, chains } = simulate(scenario, { backend, checkers: false });
  const decisions = Math.ceil(SKETCHED_MESSAGES / (2 * committee * committee));
  const sketch = new Sketch(committee, decisions).run();
  const spent = await interleave(
    {
      off: () => void simulate(scenario, { backend, checkers: false }),
      on: () => void simulate(scenario, { backend, checkers: true }),
      sketch: () => void new Sketch(committee, decisions).run(),
    },
    { rounds: ROUNDS },
  );
  const sketchRate = sketch.delivered / spent.sketch.cpuSeconds;
  const remark = `modelled crypto; ${messages} messages, ${chains[0]?.height} blocks`;
  const ratioOf = ({ cpuSeconds }: Spent) => ({
    to: "messages a second of the bare sketch",
    value: messages / cpuSeconds / sketchRate,
  });
  return checkedAndNot(spent, { name, scenario, target, remark, ratioOf });
}

interface Pace {
  readonly name: string;
  readonly scenario: Scenario;
  readonly target: number;
  readonly remark: string;
  readonly ratioOf: (spent: Spent) => NonNullable<BenchResult["ratio"]>;
}

function checkedAndNot({ off, on }: { off: Spent; on: Spent }, pace: Pace): BenchResult[] {
  return [lineOf(pace, off, "off"), lineOf({ ...pace, name: `${pace.name}-checked` }, on, "on")];
}

function lineOf({ name, scenario, target, remark, ratioOf }: Pace, spent: Spent, checkers: string): BenchResult {
  const simulatedSeconds = scenario.durationUs / 1e6;
  const value = simulatedSeconds / spent.cpuSeconds;
  const wallPace = Math.round(simulatedSeconds / spent.wallSeconds);
  return {
    name,
    value,
    unit: "× real time",
    higherIsBetter: true,
    ratio: ratioOf(spent),
    target,
    met: value >= target,
    detail: `target in simulated seconds a CPU second; checkers ${checkers}, trace off, no transfers; ${wallPace} by the wall; ${remark}`,
  };
}
