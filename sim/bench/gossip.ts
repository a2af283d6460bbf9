import { allToAll } from "./all-to-all.ts";
import { BITCOIN_DAY } from "./block-gossip.ts";
import type { GossipRun } from "./gossip-worker.ts";
import { exponentOf, leavePlot } from "./growth-plot.ts";
import { ownProcess } from "./own-process.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { Sketch } from "./sketch.ts";

const MAX_DAY_SECONDS = 30;
const MAX_DAY_MEGABYTES = 700;
/** What JABS took for a day of 8 013 nodes on such a machine. */
const JABS = "JABS 62.5 s, 1450 MB";
/** Nodes of the runs that growth is told from, and the blocks of each. */
const SIZES = [1000, 10_000, 100_000] as const;
const GROWTH_BLOCKS = 12;
const MAX_TIME_EXPONENT = 1.1;
const MAX_MEMORY_EXPONENT = 1;

const ALL_NODES = 65;
const ALL_ROUNDS = 1000;
const ALL_TARGET = 1_500_000;
const ROUNDS = 3;
const SKETCHED_DECISIONS = 400;

function gossipRun(nodes: number, blocks: number): Promise<GossipRun> {
  return ownProcess("gossip-worker.js", [String(nodes), String(blocks)]);
}

/** A day of 8 000 nodes that spread a block of 1 MB every ten minutes, with a digest of all of it. */
export const gossipOfADay: Bench = async (name) => {
  const { nodes, blocks } = BITCOIN_DAY;
  const { cpuSeconds, peakBytes, messages, coverage, sketchRate } = await gossipRun(nodes, blocks);
  const detail = `${nodes} nodes, ${blocks} blocks of 1 MB, each at ${(100 * coverage).toFixed(1)} % of them; ${messages} messages; ${JABS}`;
  const ratio = { to: "messages a second of the bare sketch", value: messages / cpuSeconds / sketchRate };
  const megabytes = peakBytes / 1e6;
  const most = { higherIsBetter: false, detail } as const;
  return [
    {
      ...most,
      name,
      value: cpuSeconds,
      unit: "CPU s",
      ratio,
      target: MAX_DAY_SECONDS,
      met: cpuSeconds <= MAX_DAY_SECONDS && coverage === 1,
    },
    {
      ...most,
      name: `${name}-memory`,
      value: megabytes,
      unit: "MB",
      ratio: null,
      target: MAX_DAY_MEGABYTES,
      met: megabytes <= MAX_DAY_MEGABYTES,
    },
  ];
};

let grown: Promise<readonly GossipRun[]> | null = null;

/** @returns one run of each size; both figures come from the same ones */
function grownRuns(): Promise<readonly GossipRun[]> {
  grown ??= (async () => {
    const runs: GossipRun[] = [];
    for (const nodes of SIZES) runs.push(await gossipRun(nodes, GROWTH_BLOCKS));
    return runs;
  })();
  return grown;
}

interface Grown {
  readonly what: string;
  readonly unit: string;
  readonly figure: (run: GossipRun) => number;
  readonly target: number;
}

function growthOf({ what, unit, figure, target }: Grown): Bench {
  return async (name) => {
    const runs = await grownRuns();
    const values = runs.map(figure);
    const rows = runs.map(({ cpuSeconds, peakBytes, coverage }, at) => {
      return `${SIZES[at]} nodes ${cpuSeconds.toFixed(2)} s, ${(peakBytes / 1e6).toFixed(0)} MB, ${(100 * coverage).toFixed(1)} %`;
    });
    const value = exponentOf(SIZES, values);
    const [first = 1, last = 1] = [values[0], values.at(-1)];
    const title = `${GROWTH_BLOCKS} blocks of 1 MB gossiped to all nodes`;
    const labels = { xLabel: "nodes", yLabel: `${what} (${unit})` };
    const plot = leavePlot(name, { title, ...labels, sizes: SIZES, values, target, higherIsBetter: false });
    const result: BenchResult = {
      name,
      value,
      unit: `exponent of ${what} against nodes`,
      higherIsBetter: false,
      ratio: { to: `${what} of ${SIZES[0]} nodes`, value: last / first },
      target,
      met: value <= target,
      detail: `${GROWTH_BLOCKS} blocks of 1 MB gossiped to all: ${rows.join("; ")}; plotted in ${plot}`,
    };
    return [result];
  };
}

/** How time and memory grow with the nodes that each block reaches, whatever their number. */
export const growthOfTime = growthOf({
  what: "time",
  unit: "CPU s",
  figure: ({ cpuSeconds }) => cpuSeconds,
  target: MAX_TIME_EXPONENT,
});
export const growthOfMemory = growthOf({
  what: "memory",
  unit: "MB",
  figure: ({ peakBytes }) => peakBytes / 1e6,
  target: MAX_MEMORY_EXPONENT,
});

/** 65 nodes that all send to all, a tenth of it lost. */
export const allToAll65: Bench = async (name) => {
  const { messages } = allToAll(ALL_NODES, ALL_ROUNDS);
  const { delivered } = new Sketch(ALL_NODES, SKETCHED_DECISIONS).run();
  const rounds = await interleave(
    {
      all: () => void allToAll(ALL_NODES, ALL_ROUNDS),
      sketch: () => void new Sketch(ALL_NODES, SKETCHED_DECISIONS).run(),
    },
    { rounds: ROUNDS },
  );
  const value = medianOf(rounds, ({ all }) => messages / all.cpuSeconds);
  const ofSketch = medianOf(rounds, ({ all, sketch }) => messages / all.cpuSeconds / (delivered / sketch.cpuSeconds));
  return [
    {
      name,
      value,
      unit: "msgs/s",
      higherIsBetter: true,
      ratio: { to: "bare sketch", value: ofSketch },
      target: ALL_TARGET,
      met: value >= ALL_TARGET,
      detail: `${messages} messages of 100 B, 10 % lost, digest on; ns-3 31 000 on such a machine`,
    },
  ];
};
