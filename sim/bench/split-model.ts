import type { Scenario } from "../scenario/index.ts";
import { barrierCost } from "./barrier.ts";
import type { Bench, BenchResult } from "./result.ts";
import { sodiumBackend } from "./simulate.ts";
import { splitBound } from "./split-bound.ts";
import { logEvents } from "./split-log.ts";
import { city, manyChains } from "./workloads.ts";

const CORES = 2;
const SPINS = 20_000;
/** Below this a second core is not worth its code: replications use it without any. */
const LEAST_SPEEDUP = 1.5;
/** Lookaheads beside the measured one, to tell what would change the answer. */
const OTHER_LOOKAHEADS = [10, 100] as const;

/** What a split of one run by subchain over two cores could come to, from the work of each part in each window of lookahead. */
export const splitModel: Bench = async (name) => {
  const backend = await sodiumBackend();
  const spinning = await barrierCost(SPINS);
  const sleeping = await barrierCost(0);
  const barriers = `a barrier takes ${spinning.bestUs.toFixed(1)} µs at best, ${spinning.medianUs.toFixed(1)} in the median, ${sleeping.medianUs.toFixed(1)} where threads sleep`;
  const boundOf = (label: string, scenario: Scenario): BenchResult => {
    const log = logEvents(scenario, backend);
    const plan = { cores: CORES, lookaheadUs: log.shortestFlightUs, barrierUs: spinning.bestUs };
    const bound = splitBound(log, plan);
    const slow = splitBound(log, { ...plan, barrierUs: sleeping.medianUs });
    const others = OTHER_LOOKAHEADS.map((factor) => {
      const other = splitBound(log, { ...plan, lookaheadUs: factor * plan.lookaheadUs });
      return `${factor} × the lookahead: ${other.speedup.toFixed(2)}, asynchronously ${other.asynchronousSpeedup.toFixed(2)}`;
    });
    const eventUs = bound.workUs / log.timesUs.length;
    const detail = [
      `${log.timesUs.length} events of ${eventUs.toFixed(1)} µs, ${log.crossings} messages across, lookahead ${plan.lookaheadUs / 1000} ms`,
      `${bound.windows} windows of ${bound.eventsAWindow.toFixed(1)} events`,
      `largest part ${((100 * bound.largestPartUs) / bound.workUs).toFixed(0)} % of the work`,
      `${bound.freeSpeedup.toFixed(2)} with barriers for nothing, ${slow.speedup.toFixed(2)} with sleeping ones`,
      `${bound.dealtSpeedup.toFixed(2)} if each window dealt its parts out anew, ${bound.asynchronousSpeedup.toFixed(2)} asynchronously`,
      ...others,
      barriers,
    ];
    return {
      name: `${name}-${label}`,
      value: bound.speedup,
      unit: `× on ${CORES} cores at best`,
      higherIsBetter: true,
      ratio: { to: "a perfect split", value: bound.speedup / CORES },
      target: LEAST_SPEEDUP,
      met: bound.speedup >= LEAST_SPEEDUP,
      detail: detail.join("; "),
    };
  };
  const chains = { subchains: 32, minutes: 1, transfersPerSecond: 50 };
  const sparse = { devices: 2_000, minutes: 1, everySeconds: 60 };
  const dense = { devices: 50_000, minutes: 0.25, everySeconds: 60 };
  return [
    boundOf("chains-32", manyChains("modelled", chains)),
    boundOf("chains-32-real", manyChains("real", chains)),
    boundOf("city-2k", city("modelled", sparse)),
    boundOf("city-50k", city("modelled", dense)),
  ];
};
