import { createNobleBackend } from "../../../protocol/crypto/backend-noble.ts";
import { swarmScenario } from "../../campaign/swarm.ts";
import type { TraceSink } from "../../host/trace-sink.ts";
import { nobleHasher } from "../../kernel/index.ts";
import { createRun, type RunOptions, type RunOutcome } from "../../runner/index.ts";
import type { Scenario } from "../../scenario/index.ts";

const OPTIONS: RunOptions = {
  backend: createNobleBackend(),
  hasher: nobleHasher,
  trace: null,
  paranoid: false,
  codeVersion: "test",
};

const nothing = () => undefined;

/** Hears nothing: to be spread into a sink that hears one kind of event. */
export const DEAF_SINK: TraceSink = {
  message: nothing,
  late: nothing,
  timer: nothing,
  power: nothing,
  battery: nothing,
  radioLoss: nothing,
  place: nothing,
  fault: nothing,
  observation: nothing,
  transfer: nothing,
  operation: nothing,
};

/** Runs a scenario to its end. @param slice events of one call to `advance` */
export function outcomeOf(
  scenario: Scenario,
  options: Partial<RunOptions> = {},
  slice = Number.MAX_SAFE_INTEGER,
): RunOutcome {
  const run = createRun(scenario, { ...OPTIONS, ...options });
  while (run.advance(slice));
  return run.finish();
}

/** A drawn scenario that ends early: its liveness is not judged then. */
export function excerpt(seed: string, seconds: number, over: Partial<Scenario> = {}): Scenario {
  return { ...swarmScenario(seed), durationUs: seconds * 1_000_000, ...over };
}

/** @returns what a run found to be wrong, in words: nothing in a sound one, whatever its faults did */
export function alarms({ summary }: RunOutcome): string[] {
  const broken = summary.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`);
  const open = summary.expectations.filter(({ verdict }) => verdict !== "pass");
  return [...broken, ...open.map(({ name, verdict, detail }) => `${name} ${verdict}: ${detail}`)];
}
