import type { RunSummary } from "../runner/summary.ts";
import type { Scenario } from "../scenario/index.ts";
import { type Capsule, makeCapsule } from "./capsule.ts";
import { type FailureSignature, failureOf, type RunEnding, sameFailure } from "./failure.ts";
import { forgetfulNodes, nodesOf, type ScenarioSize, sizeOfScenario, withNodesDrawn } from "./operations.ts";
import type { Search } from "./search.ts";
import { SHRINK_PASSES } from "./shrink-passes.ts";

/** Runs a scenario to whatever end it comes to. */
export type Execute = (scenario: Scenario) => RunEnding | Promise<RunEnding>;

/** Who bounds and watches a shrinking. */
export interface ShrinkOptions {
  /** @returns whether time or patience is over; what was reached until then is the result */
  isOver(): boolean;
  /** Told after every run. */
  onRun?(reached: { readonly runs: number; readonly size: ScenarioSize }): void;
}

/** What a shrinking came to. */
export interface ShrinkResult {
  /** The smallest one found; the given one where the failure could not be repeated. */
  readonly capsule: Capsule;
  /** Whether the given capsule failed as it says. */
  readonly reproduced: boolean;
  /** Whether nothing more could be left out; false when time was over first. */
  readonly finished: boolean;
  readonly runs: number;
  readonly before: ScenarioSize;
  readonly after: ScenarioSize;
}

class Shrinking implements Search {
  readonly failure: FailureSignature;
  scenario: Scenario;
  ending: RunEnding = { lost: "not run yet" };
  runs = 0;
  readonly #execute: Execute;
  readonly #options: ShrinkOptions;
  readonly #allowed: number;
  /** Candidates that were run: to come back to one, or to write it another way round and back, leads nowhere. */
  readonly #tried = new Set<string>();

  constructor({ scenario, expected }: Capsule, execute: Execute, options: ShrinkOptions) {
    this.scenario = scenario;
    this.failure = expected.failure;
    this.#execute = execute;
    this.#options = options;
    this.#allowed = Math.max(0, guiltBeyondBudget(scenario));
  }

  async attempt(candidate: Scenario): Promise<boolean> {
    const text = JSON.stringify(candidate);
    if (text === JSON.stringify(this.scenario)) return this.runs > 0 || this.#run(candidate);
    if (this.#options.isOver() || this.#tried.has(text)) return false;
    this.#tried.add(text);
    return guiltBeyondBudget(candidate) <= this.#allowed && (await this.#run(candidate));
  }

  async #run(candidate: Scenario): Promise<boolean> {
    const ending = await this.#execute(candidate);
    this.runs++;
    const holds = sameFailure(failureOf(ending), this.failure);
    if (holds) [this.scenario, this.ending] = [candidate, ending];
    this.#options.onRun?.({ runs: this.runs, size: sizeOfScenario(this.scenario) });
    return holds;
  }

  get isOver(): boolean {
    return this.#options.isOver();
  }
}

/**
 * Byzantine and forgetful signers of the rootchain beyond what its committees can bear: more of them than at first would
 * make another failure of the same name, and nobody's bug.
 */
function guiltBeyondBudget(scenario: Scenario): number {
  const { committee, delegates, standby } = scenario.rootchain;
  const { adversaries, faults } = withNodesDrawn(scenario);
  const liars = adversaries.flatMap(({ nodes }) => nodesOf(nodes));
  const guilty = new Set([...liars, ...faults.flatMap(forgetfulNodes)]);
  const signers = [...guilty].filter((node) => node < delegates + standby).length;
  return signers - Math.floor((Math.min(committee, delegates) - 1) / 3);
}

/**
 * Looks for the smallest scenario that fails as the capsule does: fewer operations and nodes, shorter, simpler values. Every
 * purpose has a random stream of its own, so what stays behaves as before wherever it can.
 *
 * @param execute runs candidates; how long one may take is its own affair
 */
export async function shrink(capsule: Capsule, execute: Execute, options: ShrinkOptions): Promise<ShrinkResult> {
  const search = new Shrinking(capsule, execute, options);
  const before = sizeOfScenario(capsule.scenario);
  const reproduced = await search.attempt(capsule.scenario);
  let finished = false;
  while (reproduced && !finished && !search.isOver) {
    const start = search.scenario;
    for (const pass of SHRINK_PASSES) if (!search.isOver) await pass(search);
    finished = search.scenario === start && !search.isOver;
  }
  const after = sizeOfScenario(search.scenario);
  return { capsule: resultOf(capsule, search), reproduced, finished, runs: search.runs, before, after };
}

function resultOf(capsule: Capsule, { scenario, ending }: Search): Capsule {
  const digest = "digest" in ending ? (ending satisfies RunSummary).digest : "";
  return makeCapsule({ ...capsule, scenario, expected: { digest, failure: capsule.expected.failure } });
}
