import { GENERATORS, type Generator } from "../campaign/index.ts";
import { BUGS, OTHERS } from "./mutants/bugs.ts";
import type { Hunt } from "./mutants/hunt.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { tryMutant } from "./mutants/trial.ts";
import type { Bench, BenchResult } from "./result.ts";

const NOTHING: Mutant = { id: "none", about: "the code as it is", patches: [] };
/** Bugs of consensus: those of ledgers are for worlds of chains, which only one generator draws. */
const SOUGHT: readonly Mutant[] = [...BUGS, ...OTHERS].filter(({ patches }) =>
  patches.some(({ file }) => file.startsWith("protocol/consensus/")),
);
const WORKERS = 2;
const SECONDS = 40;
/** The states of all generators are told of equally many runs. */
const RUNS = 96;
const MAX_RUNS = 2_000;

/** How many states each generator reaches, and how many planted bugs it finds, by runs and by seconds. */
export const generators: Bench = async (name) => {
  const results: BenchResult[] = [];
  for (const generator of Object.keys(GENERATORS) as Generator[]) {
    const clean = await huntedBy(generator, NOTHING, { maxRuns: RUNS, budgetSeconds: 600 });
    const hunts: Hunt[] = [];
    for (const bug of SOUGHT) hunts.push(await huntedBy(generator, bug, { maxRuns: MAX_RUNS, budgetSeconds: SECONDS }));
    results.push(statesOf(`${name}-${generator}-states`, clean), bugsOf(`${name}-${generator}-bugs`, hunts));
  }
  return results;
};

async function huntedBy(
  generator: Generator,
  mutant: Mutant,
  bounds: { readonly maxRuns: number; readonly budgetSeconds: number },
): Promise<Hunt> {
  const { signal } = new AbortController();
  return (await tryMutant(mutant, { ...bounds, generator, workers: WORKERS, shrinkSeconds: 0, signal })).hunt;
}

function statesOf(name: string, { states, runs, seconds, found }: Hunt): BenchResult {
  const alarm = found === null ? "no false alarm" : `false alarm: ${found.key}`;
  return {
    name,
    value: states / runs,
    unit: "states/run",
    higherIsBetter: true,
    ratio: null,
    target: 0,
    met: found === null,
    detail: `${states} states in ${runs} runs and ${seconds.toFixed(1)} s, ${(states / seconds).toFixed(0)} a second; ${alarm}`,
  };
}

function bugsOf(name: string, hunts: readonly Hunt[]): BenchResult {
  const told = hunts.map(({ found, runs, seconds }, place) => {
    const id = SOUGHT[place]?.id ?? "";
    return found === null ? `${id} not in ${runs} runs` : `${id} in ${runs} runs and ${seconds.toFixed(1)} s`;
  });
  const seconds = hunts.reduce((sum, hunt) => sum + hunt.seconds, 0);
  const value = hunts.filter(({ found }) => found !== null).length;
  return {
    name,
    value,
    unit: `of ${SOUGHT.length} bugs`,
    higherIsBetter: true,
    ratio: null,
    target: 1,
    met: value >= 1,
    detail: `${seconds.toFixed(0)} s in all, ${SECONDS} s at most for each: ${told.join(", ")}`,
  };
}
