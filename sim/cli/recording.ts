import { compress } from "../platform/node/compression.ts";
import type { RunFolder } from "../platform/node/run-folder.ts";
import { describeBlock, traceMeta } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import type { TraceLevel } from "../trace/model.ts";
import { MAX_IN_FLIGHT, type RunEnd, TraceWriter } from "../trace/writer.ts";

/** The trace of a run under way, or none. */
export interface Recording {
  readonly sink: TraceWriter | null;
  /** @returns what a driver waits for while too much is in flight */
  pressure(): Promise<void> | undefined;
  finish(end: RunEnd): Promise<void>;
}

/** Begins the trace file of a run. */
export async function startRecording(
  folder: RunFolder,
  scenario: Scenario,
  { level, codeVersion, writesEarly = false }: { level: TraceLevel; codeVersion: string; writesEarly?: boolean },
): Promise<Recording> {
  if (level === "off") return { sink: null, pressure: () => undefined, finish: async () => undefined };
  const append = await folder.append("trace.orrery");
  const writer = new TraceWriter({
    meta: traceMeta(scenario, { level, codeVersion }),
    append,
    compress,
    describeBlock,
    writesEarly,
  });
  return {
    sink: writer,
    pressure: () => (writer.backlog() > (writesEarly ? 0 : MAX_IN_FLIGHT) ? writer.settled() : undefined),
    finish: (end) => writer.finish(end),
  };
}
