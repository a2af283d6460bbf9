import { CoverageWatch } from "../campaign/coverage.ts";
import { swarmScenario } from "../campaign/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { runScenario } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { sodiumBackend } from "./simulate.ts";
import { Sketch } from "./sketch.ts";

const SEEDS = 8;
const ROUNDS = 3;
const CORES = 2;
const ROUND_US = 3_000_000;
const DURATION_US = 300_000_000;
const REAL_TARGET = 8;
const MODELLED_TARGET = 60;
const SKETCHED_NODES = 10;
const SKETCHED_DECISIONS = 1000;

/** Drawn rootchains with faults and adversaries: five minutes of rounds of three seconds. */
function standard(seed: number, crypto: Scenario["crypto"]): Scenario {
  const scenario = swarmScenario(`standard-${seed}`);
  const { workload } = scenario;
  return {
    ...scenario,
    crypto,
    durationUs: DURATION_US,
    rootchain: { ...scenario.rootchain, roundUs: ROUND_US, timeoutBaseUs: ROUND_US },
    workload: workload.map((load) => ({ ...load, stopUs: DURATION_US })),
    faults: scenario.faults.filter(({ atUs, forUs }) => atUs + (forUs ?? 0) < DURATION_US),
  };
}

/** Standard runs of a campaign, with checkers, coverage and digest, a CPU second on so many cores. */
export const fuzzRuns: Bench = async (name) => {
  const backend = await sodiumBackend();
  const options = { backend, hasher: nodeHasher, trace: null, paranoid: false, codeVersion: "" };
  const all = (crypto: Scenario["crypto"]) => () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const scenario = standard(seed, crypto);
      runScenario(scenario, { ...options, watchers: [new CoverageWatch(scenario)] });
    }
  };
  const sketch = (): void => void new Sketch(SKETCHED_NODES, SKETCHED_DECISIONS).run();
  const rounds = await interleave({ real: all("real"), modelled: all("modelled"), sketch }, { rounds: ROUNDS });
  const result = (crypto: Scenario["crypto"], target: number): BenchResult => {
    const value = medianOf(rounds, (round) => (CORES * SEEDS) / round[crypto].cpuSeconds);
    const sketches = medianOf(rounds, (round) => round[crypto].cpuSeconds / SEEDS / round.sketch.cpuSeconds);
    return {
      name: crypto === "real" ? name : `${name}-${crypto}`,
      value,
      unit: "runs/s",
      higherIsBetter: true,
      ratio: { to: `a bare sketch of ${SKETCHED_DECISIONS} decisions, in time`, value: sketches },
      target,
      met: value >= target,
      detail: `${CORES} cores by CPU time; ${SEEDS} seeds of five minutes, checkers, coverage and digest on`,
    };
  };
  return [result("real", REAL_TARGET), result("modelled", MODELLED_TARGET)];
};
