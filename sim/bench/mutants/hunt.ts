import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Generator, RunEnding } from "../../campaign/index.ts";
import { Campaign, type Found } from "../../cli/fuzz-campaign.ts";

/** Seconds of its own time in which a worker has to say something. */
const SILENCE_MS = 10_000;

/** What came of a hunt. */
export interface Hunt {
  /** What failed first, as small as it got; null: nothing. */
  readonly found: Found | null;
  readonly runs: number;
  /** Until it was found, or all of the hunt. */
  readonly seconds: number;
  readonly states: number;
  /** Of the runs by their number; empty where a run did not end. */
  readonly digests: ReadonlyMap<number, string>;
}

/** What is hunted, how long, and on how many workers. */
export interface HuntOptions {
  /** The code's own module for the runs of a campaign. */
  readonly worker: URL;
  readonly workers: number;
  readonly budgetSeconds: number;
  readonly shrinkSeconds: number;
  readonly maxRuns: number;
  readonly generator?: Generator;
  /** Decides what is drawn; default 1. */
  readonly seed?: string;
  /** The hunter's own interrupt. */
  readonly signal: AbortSignal;
}

/** Fuzzes planted code until a run goes wrong or the budget is spent. */
export async function hunt(options: HuntOptions): Promise<Hunt> {
  const { worker, workers, budgetSeconds, shrinkSeconds, maxRuns, signal, generator = "swarm", seed = "1" } = options;
  const folder = mkdtempSync(path.join(tmpdir(), "orrery-hunt-"));
  const startedMs = performance.now();
  const elapsed = () => (performance.now() - startedMs) / 1000;
  const digests = new Map<number, string>();
  let foundSeconds: number | null = null;
  const campaign = new Campaign({
    plan: { seed, generator, base: null },
    source: generator,
    folder,
    lessons: [],
    maxRuns,
    stopsAtFirst: true,
    isTimeOver: () => elapsed() > budgetSeconds,
    shrinkMs: shrinkSeconds * 1000,
    workers,
    silenceMs: SILENCE_MS,
    memoryBytes: null,
    codeVersion: "mutant",
    signal,
    module: worker,
    onRun: (index, ending) => digests.set(index, digestOf(ending)),
    onProgress: () => undefined,
    onFailure: () => {
      foundSeconds ??= elapsed();
    },
  });
  try {
    await campaign.run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { runsNow, states } = campaign.progress;
  return { found: campaign.found[0] ?? null, runs: runsNow, seconds: foundSeconds ?? elapsed(), states, digests };
}

function digestOf(ending: RunEnding): string {
  return "digest" in ending ? ending.digest : "";
}
