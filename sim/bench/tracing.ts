import { assert } from "../../protocol/core/assert.ts";
import { decompress } from "../platform/node/compression.ts";
import { PARTIAL, type RunFolder } from "../platform/node/run-folder.ts";
import { FileRanges } from "../platform/node/trace-file.ts";
import type { Scenario } from "../scenario/index.ts";
import { type TraceInfo, traceInfo } from "../trace/describe.ts";
import { openTrace, type TraceLevel } from "../trace/reader.ts";
import { inTemporaryFolder, recordRun, TRACE_FILE } from "./record-run.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf, type Spent } from "./rounds.ts";
import { committee22, pbft64, quickstart } from "./workloads.ts";

const ROUNDS = 5;
const MAX_PERCENT = 30;
const MAX_BYTES_AN_EVENT = 4;

/** What a full trace adds to a run, to the wall's clock and to the processor's. */
export const traceCost: Bench = async (name) => [
  ...(await costOf(`${name}-pbft-64`, pbft64("modelled", 5))),
  ...(await costOf(`${name}-committee-22`, committee22("real", 20))),
];

async function costOf(name: string, scenario: Scenario): Promise<readonly BenchResult[]> {
  const at = (level: TraceLevel | "off") => async () => {
    await inTemporaryFolder((folder) => recordRun(folder, scenario, { level, checkers: true }));
  };
  const rounds = await interleave({ off: at("off"), full: at("full") }, { rounds: ROUNDS });
  const line = (suffix: string, clock: keyof Spent, detail: string): BenchResult => {
    const ratio = medianOf(rounds, ({ off, full }) => full[clock] / off[clock]);
    const value = 100 * (ratio - 1);
    const without = medianOf(rounds, ({ off }) => off[clock]);
    return {
      name: name + suffix,
      value,
      unit: "%",
      higherIsBetter: false,
      ratio: { to: "the run without a trace", value: ratio },
      target: MAX_PERCENT,
      met: value <= MAX_PERCENT,
      detail: `${detail}; checkers on; ${without.toFixed(2)} s without a trace`,
    };
  };
  return [
    line("", "wallSeconds", "target in % of wall time"),
    line("-cpu", "cpuSeconds", "target in % of CPU time of all threads, compression's included"),
  ];
}

/** Size of full traces, with all they hold: keyframes, causes, index. */
export const traceBytes: Bench = async (name) => {
  const scenarios = [pbft64("modelled", 5), committee22("modelled", 20), quickstart()];
  const results: BenchResult[] = [];
  for (const scenario of scenarios) {
    const { sizeBytes, events } = await inTemporaryFolder(async (folder) => {
      await recordRun(folder, scenario, { level: "full", checkers: true });
      return readBack(folder);
    });
    const value = sizeBytes / events;
    results.push({
      name: `${name}-${scenario.name}`,
      value,
      unit: "B/event",
      higherIsBetter: false,
      ratio: null,
      target: MAX_BYTES_AN_EVENT,
      met: value <= MAX_BYTES_AN_EVENT,
      detail: `target in bytes of the whole file an event, at most; ${sizeBytes} bytes, ${events} messages and other events`,
    });
  }
  return results;
};

async function readBack(folder: RunFolder): Promise<TraceInfo> {
  const source = await FileRanges.open(folder.path(TRACE_FILE + PARTIAL));
  const trace = await openTrace(source, decompress);
  assert(!("unreadable" in trace), "a trace just written reads back");
  const info = await traceInfo(trace);
  await source.close();
  return info;
}
