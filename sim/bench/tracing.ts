import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { assert } from "../../protocol/core/assert.ts";
import { drive } from "../cli/drive.ts";
import { startRecording } from "../cli/recording.ts";
import { decompress } from "../platform/node/compression.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { PARTIAL, RunFolder } from "../platform/node/run-folder.ts";
import { FileRanges } from "../platform/node/trace-file.ts";
import { createRun } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { type TraceInfo, traceInfo } from "../trace/describe.ts";
import { openTrace, type TraceLevel } from "../trace/reader.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf, type Spent } from "./rounds.ts";
import { sodiumBackend } from "./simulate.ts";
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
  const at = (level: TraceLevel | "off") => () => inTemporaryFolder((folder) => record(folder, scenario, level));
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
      await record(folder, scenario, "full");
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

const TRACE_FILE = "trace.orrery";

/** Runs a scenario as the command line does. */
async function record(folder: RunFolder, scenario: Scenario, level: TraceLevel | "off"): Promise<void> {
  const recording = await startRecording(folder, scenario, { level, codeVersion: "" });
  const options = { hasher: nodeHasher, trace: recording.sink, paranoid: false, codeVersion: "" };
  const run = createRun(scenario, { ...options, backend: await sodiumBackend() });
  const signal = new AbortController().signal;
  await drive(run, { signal, between: () => recording.pressure() });
  const untilUs = run.progress().simulatedUs;
  await recording.finish({ ending: "complete", digest: run.finish().digest, untilUs });
}

async function readBack(folder: RunFolder): Promise<TraceInfo> {
  const source = await FileRanges.open(folder.path(TRACE_FILE + PARTIAL));
  const trace = await openTrace(source, decompress);
  assert(!("unreadable" in trace), "a trace just written reads back");
  const info = await traceInfo(trace);
  await source.close();
  return info;
}

async function inTemporaryFolder<T>(work: (folder: RunFolder) => Promise<T>): Promise<T> {
  const place = await mkdtemp(path.join(tmpdir(), "orrery-bench-"));
  const folder = await RunFolder.create(place);
  try {
    return await work(folder);
  } finally {
    await folder.discard();
    await rm(place, { recursive: true, force: true });
  }
}
