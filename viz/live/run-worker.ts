import { createRun } from "../../sim/index.ts";
import { browserCrypto, browserHasher } from "../../sim/platform/browser/run-ports.ts";
import type { RunReport, RunRequest } from "./run-protocol.ts";

/** Slices this long keep messages to the worker and progress from it alive. */
const SLICE_TARGET_MS = 40;
const FIRST_SLICE_EVENTS = 1000;
const MAX_SLICE_EVENTS = 1_000_000;

const report = (message: RunReport): void => postMessage(message);
const yieldOnce = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function runScenario({ scenario, backend }: RunRequest): Promise<void> {
  const ports = { backend: await browserCrypto(backend), hasher: browserHasher, trace: null, paranoid: false };
  const run = createRun(scenario, { ...ports, codeVersion: "browser" });
  for (let sliceEvents = FIRST_SLICE_EVENTS, more = true; more; ) {
    const startMs = performance.now();
    more = run.advance(sliceEvents);
    const tookMs = Math.max(0.1, performance.now() - startMs);
    const wanted = Math.floor((sliceEvents * SLICE_TARGET_MS) / tookMs);
    sliceEvents = Math.max(1, Math.min(wanted, 2 * sliceEvents, MAX_SLICE_EVENTS));
    report({ kind: "progress", ...run.progress() });
    await yieldOnce();
  }
  const { digest, summary } = run.finish();
  report({ kind: "finished", digest, verdict: summary.verdict, events: summary.events });
}

addEventListener("message", (event: MessageEvent<RunRequest>) => {
  runScenario(event.data).catch((error: unknown) => {
    report({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  });
});
