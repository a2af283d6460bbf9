import path from "node:path";
import {
  type Capsule,
  type FailureSignature,
  Fuzz,
  type FuzzCase,
  type FuzzLesson,
  type FuzzPlan,
  failureKey,
  failureOf,
  kindsOf,
  makeCapsule,
  type RunEnding,
  shrink,
  writeCapsule,
} from "../campaign/index.ts";
import { Journal } from "../platform/node/journal.ts";
import { writeWhole } from "../platform/node/run-folder.ts";
import type { Scenario } from "../scenario/index.ts";
import { FuzzRuns, type FuzzWatch } from "./fuzz-runs.ts";

/** What a campaign is to do, and who hears of it. */
export interface CampaignOptions extends FuzzWatch {
  readonly plan: FuzzPlan;
  /** Generator, or file that is changed. */
  readonly source: string;
  readonly folder: string;
  /** Lessons of an earlier process, in order; empty for a new campaign. */
  readonly lessons: readonly FuzzLesson[];
  readonly maxRuns: number;
  /** Whether one failure is enough; default false. */
  readonly stopsAtFirst?: boolean;
  readonly isTimeOver: () => boolean;
  /** Of each failure; 0: leaves them as they are. */
  readonly shrinkMs: number;
  /** Told every run as it ends, in whatever order. */
  readonly onRun?: (index: number, ending: RunEnding) => void;
  readonly onProgress: (progress: CampaignProgress) => void;
  readonly onFailure: (found: Found) => void;
}

/** How far a campaign is. */
export interface CampaignProgress {
  readonly runs: number;
  /** Of this process alone. */
  readonly runsNow: number;
  readonly simulatedSeconds: number;
  readonly states: number;
  readonly corpus: number;
  /** Runs that failed, and how many failures of different kinds they are. */
  readonly failed: number;
  readonly failures: number;
  /** Runs of which something could not be judged: no sample, or a fault that never bit. */
  readonly open: number;
  readonly violations: number;
  /** What scenarios of this process had in them that can go wrong, each with the number of runs, sorted by name. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** A failure of one kind, the first of it. */
export interface Found {
  readonly key: string;
  readonly index: number;
  readonly drawn: FuzzCase;
  readonly file: string;
  readonly capsule: Capsule;
}

/** What holds of a campaign's journal, that only the same campaign goes on from. */
export interface JournalHead {
  readonly fuzz: 1;
  readonly seed: string;
  readonly generator: string;
  readonly codeVersion: string;
}

/** Runs a campaign, batch after batch: what it found is on the disk at once, and small at the end. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #fuzz: Fuzz;
  readonly #runs: FuzzRuns;
  readonly #found = new Map<string, Found>();
  readonly #kinds = new Map<string, number>();
  readonly #tally = { runsNow: 0, simulatedSeconds: 0, failed: 0, open: 0, violations: 0 };

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#fuzz = new Fuzz(options.plan);
    for (const lesson of options.lessons) this.#fuzz.restore(lesson);
    this.#runs = new FuzzRuns(options);
  }

  get found(): Found[] {
    return [...this.#found.values()].sort((a, b) => a.index - b.index);
  }

  get progress(): CampaignProgress {
    const { runsNow } = this.#tally;
    const { states, corpus } = this.#fuzz;
    const earlier = this.#options.lessons.at(-1)?.runs ?? 0;
    const kinds = Object.fromEntries([...this.#kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { ...this.#tally, runs: earlier + runsNow, states, corpus, failures: this.#found.size, kinds };
  }

  /** @returns whether it got to its end */
  async run(): Promise<boolean> {
    const { lessons, plan, source, codeVersion, folder, signal, maxRuns, isTimeOver } = this.#options;
    const journal = Journal.open(path.join(folder, "fuzz.journal"));
    try {
      journal.note({ fuzz: 1, seed: plan.seed, generator: source, codeVersion } satisfies JournalHead);
      for (const lesson of lessons) journal.note(lesson);
      while (this.#fuzz.runs < maxRuns && !isTimeOver() && !signal.aborted && !this.#isEnough)
        await this.#batch(journal);
      if (!signal.aborted) await this.#shrinkAll();
      return !signal.aborted;
    } finally {
      journal.close();
      this.#runs.close();
    }
  }

  get #isEnough(): boolean {
    return this.#options.stopsAtFirst === true && this.#tally.failed > 0;
  }

  async #batch(journal: Journal): Promise<void> {
    const jobs = this.#fuzz.batch(this.#options.maxRuns - this.#fuzz.runs);
    const scenarioOf = (job: (typeof jobs)[number]) => this.#fuzz.scenarioOf(job);
    journal.note({ start: jobs.map(({ index, drawn }) => [index, drawn.seed, ...drawn.changes]) });
    const failed: (() => void)[] = [];
    const answers = await this.#runs.batch(jobs, scenarioOf, (job, scenario, { ending }) => {
      this.#count(ending, scenario);
      const failure = failureOf(ending);
      if (failure !== null)
        failed[job.index - (jobs[0]?.index ?? 0)] = () => this.#keep(job, scenario, { ending, failure });
      this.#options.onRun?.(job.index, ending);
      this.#options.onProgress(this.progress);
      return !this.#isEnough;
    });
    // In the order of the jobs: which of two alike is kept does not depend on who was faster.
    for (const keep of failed) keep?.();
    const whole = answers.filter((answer) => answer !== null);
    if (whole.length < jobs.length) return;
    journal.note(
      this.#fuzz.fold(
        jobs,
        whole.map(({ ending, states }) => ({ failure: failureOf(ending), states })),
      ),
    );
  }

  #count(ending: RunEnding, scenario: Scenario): void {
    const tally = this.#tally;
    for (const kind of kindsOf(scenario)) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    tally.runsNow++;
    if (failureOf(ending) !== null) tally.failed++;
    if (!("verdict" in ending)) return;
    tally.simulatedSeconds += ending.simulatedSeconds;
    tally.violations += ending.violations.length;
    if (ending.verdict === "inconclusive") tally.open++;
  }

  #keep(
    { index, drawn }: { index: number; drawn: FuzzCase },
    scenario: Scenario,
    { ending, failure }: { ending: RunEnding; failure: FailureSignature },
  ): void {
    const key = failureKey(failure);
    const seen =
      this.#found.has(key) || this.#options.lessons.some(({ failures }) => failures.some((each) => each.key === key));
    if (seen) return;
    const { plan, source, codeVersion, folder } = this.#options;
    const how = plan.base === null ? `--generator ${source}` : source;
    const origin = `orrery fuzz ${how} --seed ${plan.seed} --runs ${index + 1}`;
    const digest = "digest" in ending ? ending.digest : "";
    const capsule = makeCapsule({ scenario, codeVersion, origin, expected: { digest, failure } });
    const file = path.join(folder, `${slug(key)}-${index}.capsule.yaml`);
    writeWhole(file, writeCapsule(capsule));
    const found = { key, index, drawn, file, capsule };
    this.#found.set(key, found);
    this.#options.onFailure(found);
  }

  async #shrinkAll(): Promise<void> {
    const { shrinkMs, signal } = this.#options;
    for (const found of shrinkMs > 0 ? this.found : []) {
      const endMs = performance.now() + shrinkMs;
      const isOver = () => signal.aborted || performance.now() > endMs;
      const { failure } = found.capsule.expected;
      const execute = (scenario: Scenario) => this.#runs.run(scenario, failure);
      const { capsule, reproduced } = await shrink(found.capsule, execute, { isOver });
      if (!reproduced) continue;
      writeWhole(found.file, writeCapsule(capsule));
      this.#found.set(found.key, { ...found, capsule });
    }
  }
}

function slug(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replace(/^-|-$/gu, "")
    .slice(0, 60);
}
