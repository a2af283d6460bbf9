import { stream } from "../kernel/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { type FailureSignature, failureKey } from "./failure.ts";
import { changed } from "./fuzz-changes.ts";
import { type Generator, generate } from "./fuzz-generators.ts";
import { chance, pickOne } from "./swarm-draw.ts";

/** Jobs that are drawn from one state of the corpus: their results count in their order, whoever ends first. */
export const BATCH = 16;
const TWICE_ONE_IN = 20;
const MAX_CHANGES = 12;
const MAX_CORPUS = 4096;
const MAX_STATES = 2 ** 20;

/** A scenario as it was come by: drawn from a seed, and changed one thing after the other. */
export interface FuzzCase {
  readonly seed: string;
  /** Seeds of the changes. */
  readonly changes: readonly string[];
}

/** One run to make. */
export interface FuzzJob {
  /** Its place in the campaign, from 0. */
  readonly index: number;
  readonly drawn: FuzzCase;
  /** Whether it runs a second time, to be compared. */
  readonly isTwice: boolean;
}

/** What one run showed. */
export interface FuzzResult {
  readonly failure: FailureSignature | null;
  /** States that it went through, in order. */
  readonly states: readonly number[];
}

/** What a batch taught: with those before it, all that the next one is drawn from. */
export interface FuzzLesson {
  /** Runs up to and with this batch. */
  readonly runs: number;
  readonly states: readonly number[];
  readonly corpus: readonly FuzzCase[];
  /** Keys of failures that were new, with the run that showed each first. */
  readonly failures: readonly { readonly key: string; readonly index: number }[];
}

export interface FuzzPlan {
  readonly seed: string;
  readonly generator: Generator;
  /** Whose runs with other seeds and changes are made; null: scenarios are drawn. */
  readonly base: Scenario | null;
}

/**
 * A campaign guided by the states that runs go through: half of its scenarios are drawn, the others are changed from those
 * that reached something new. Which ones depends on the results before a batch alone, so any number of workers makes the same.
 */
export class Fuzz {
  readonly #plan: FuzzPlan;
  readonly #states = new Set<number>();
  readonly #corpus: FuzzCase[] = [];
  readonly #failures = new Set<string>();
  #runs = 0;

  constructor(plan: FuzzPlan) {
    this.#plan = plan;
  }

  get runs(): number {
    return this.#runs;
  }

  get states(): number {
    return this.#states.size;
  }

  get corpus(): number {
    return this.#corpus.length;
  }

  /** @param atMost runs that may still be made */
  batch(atMost: number): FuzzJob[] {
    const length = Math.min(BATCH, atMost);
    return Array.from({ length }, (_, place) => this.#job(this.#runs + place));
  }

  #job(index: number): FuzzJob {
    const draw = stream(this.#plan.seed, `fuzz/${index}`);
    const isTwice = index % TWICE_ONE_IN === 0;
    const fresh: FuzzCase = { seed: `${this.#plan.seed}-${index}`, changes: [] };
    if (this.#corpus.length === 0 || chance(draw, 1 / 2)) return { index, drawn: fresh, isTwice };
    const parent = pickOne(draw, this.#corpus);
    if (parent.changes.length === MAX_CHANGES) return { index, drawn: fresh, isTwice };
    return { index, drawn: { ...parent, changes: [...parent.changes, fresh.seed] }, isTwice };
  }

  /** @returns the scenario of a job: the same for the same case, always */
  scenarioOf({ drawn }: FuzzJob): Scenario {
    const { base, generator } = this.#plan;
    const first = base === null ? generate(generator, drawn.seed) : { ...base, seed: drawn.seed };
    return drawn.changes.reduce(changed, first);
  }

  /** Learns from a whole batch. @param results in the order of its jobs */
  fold(jobs: readonly FuzzJob[], results: readonly FuzzResult[]): FuzzLesson {
    const states: number[] = [];
    const corpus: FuzzCase[] = [];
    const failures: { key: string; index: number }[] = [];
    for (const [place, { failure, states: met }] of results.entries()) {
      const { index, drawn } = jobs[place] as FuzzJob;
      const unseen = met.filter((state) => !this.#states.has(state));
      for (const state of unseen) if (this.#states.size < MAX_STATES) this.#states.add(state);
      states.push(...unseen);
      if (unseen.length > 0 && failure === null) corpus.push(drawn);
      const key = failure === null ? null : failureKey(failure);
      if (key === null || this.#failures.has(key)) continue;
      this.#failures.add(key);
      failures.push({ key, index });
    }
    const lesson = { runs: this.#runs + jobs.length, states, corpus, failures };
    this.#keep(lesson);
    return lesson;
  }

  /** Takes in again what an earlier process has learnt. */
  restore(lesson: FuzzLesson): void {
    for (const state of lesson.states) if (this.#states.size < MAX_STATES) this.#states.add(state);
    for (const { key } of lesson.failures) this.#failures.add(key);
    this.#keep(lesson);
  }

  #keep({ runs, corpus }: FuzzLesson): void {
    this.#runs = runs;
    this.#corpus.push(...corpus.slice(0, MAX_CORPUS - this.#corpus.length));
  }
}
