import { BlobRanges, decompressGzip, HttpRanges } from "../../sim/platform/browser/trace-sources.ts";
import { openTrace, type RangeReader, type Trace } from "../../sim/trace/reader.ts";
import { type ListedRun, listedRuns, type RunFacts, runFacts } from "../model/run-facts.ts";

/** A trace that could be opened, and what else is known of its run. */
export interface OpenedRun {
  readonly trace: Trace;
  readonly facts: RunFacts | null;
}

async function open(source: RangeReader): Promise<Trace> {
  const opened = await openTrace(source, decompressGzip);
  if ("unreadable" in opened) throw new Error(`${opened.unreadable} (byte ${opened.offset})`);
  return opened;
}

/** @returns a served JSON file's value, or null when there is none */
async function served(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) return null;
  return response.json().catch(() => null);
}

/** The folder of the chosen run, relative to the page. */
function runFolder(path: string | null): string {
  const steps = (path ?? "").split("/").filter((step) => step !== "" && step !== "..");
  return ["./run", ...steps.map(encodeURIComponent)].join("/");
}

/** @returns the runs that are served, none when there is only one */
export async function fetchRuns(): Promise<readonly ListedRun[]> {
  return listedRuns(await served("./runs.json").catch(() => null));
}

/**
 * Opens the run that the server offers. A summary of another run, left over from an earlier one say, is not shown.
 *
 * @param path of one of several, or null
 */
export async function fetchRun(path: string | null): Promise<OpenedRun> {
  const folder = runFolder(path);
  const trace = await open(await HttpRanges.open(`${folder}/trace.orrery`));
  const facts = runFacts(await served(`${folder}/summary.json`).catch(() => null));
  const belongs = trace.digest === "" || facts?.digest === trace.digest;
  return { trace, facts: belongs ? facts : null };
}

/** Opens a trace file of the user's. */
export async function openFile(file: File): Promise<OpenedRun> {
  return { trace: await open(new BlobRanges(file)), facts: null };
}
