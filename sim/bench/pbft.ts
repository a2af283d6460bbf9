import type { Scenario } from "../scenario/index.ts";
import { residentMemory } from "./resident-memory.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { simulate, sodiumBackend } from "./simulate.ts";
import { Sketch } from "./sketch.ts";
import { pbft64 } from "./workloads.ts";

const NODES = 64;
const ROUNDS = 3;
const SKETCHED_DECISIONS = 400;
const MODELLED_SECONDS = 6;
const MODELLED_TARGET = 1_500_000;
const MODELLED_REMARK = "goal 2500000; ";
const REAL_SECONDS = 3;
const REAL_TARGET = 600_000;
const MAX_RESIDENT_MEGABYTES = 300;

/** 64 real machines, block after block, with keyed hashes for signatures. */
export const pbftModelled: Bench = (name) =>
  besideSketch(pbft64("modelled", MODELLED_SECONDS), { name, target: MODELLED_TARGET, remark: MODELLED_REMARK });

/** The same with libsodium. */
export const pbftReal: Bench = (name) =>
  besideSketch(pbft64("real", REAL_SECONDS), { name, target: REAL_TARGET, remark: "" });

interface Line {
  readonly name: string;
  readonly target: number;
  readonly remark: string;
}

async function besideSketch(scenario: Scenario, line: Line): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const { messages } = simulate(scenario, { backend, checkers: false });
  const { delivered } = new Sketch(NODES, SKETCHED_DECISIONS).run();
  const rounds = await interleave(
    {
      off: () => void simulate(scenario, { backend, checkers: false }),
      on: () => void simulate(scenario, { backend, checkers: true }),
      sketch: () => void new Sketch(NODES, SKETCHED_DECISIONS).run(),
    },
    { rounds: ROUNDS },
  );
  const rateOf = ({ name, target, remark }: Line, checkers: "on" | "off"): BenchResult => {
    const value = medianOf(rounds, (round) => messages / round[checkers].cpuSeconds);
    const ofSketch = medianOf(rounds, (round) => {
      return messages / round[checkers].cpuSeconds / (delivered / round.sketch.cpuSeconds);
    });
    const byTheWall = Math.round(medianOf(rounds, (round) => messages / round[checkers].wallSeconds));
    return {
      name,
      value,
      unit: "msgs/s",
      higherIsBetter: true,
      ratio: { to: "bare sketch", value: ofSketch },
      target,
      met: value >= target,
      detail: `${remark}target in messages a CPU second; checkers ${checkers}, trace off, digest on; ${byTheWall} by the wall`,
    };
  };
  return [rateOf(line, "off"), rateOf({ ...line, name: `${line.name}-checked` }, "on")];
}

/** Largest resident memory of a process that runs the 64 modelled machines and nothing else. */
export const pbftMemory: Bench = (name) =>
  residentMemory(name, "peak-memory-worker.js", { target: MAX_RESIDENT_MEGABYTES, remark: "modelled crypto" });
