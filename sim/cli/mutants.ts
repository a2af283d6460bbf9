import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BUGS, CANARY } from "../bench/mutants/bugs.ts";
import type { HuntOptions } from "../bench/mutants/hunt.ts";
import type { Mutant } from "../bench/mutants/mutant.ts";
import { REFACTORINGS } from "../bench/mutants/refactorings.ts";
import { bugTable, refactoringTable } from "../bench/mutants/table.ts";
import { type Trial, tryMutant } from "../bench/mutants/trial.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { UserError } from "../scenario/index.ts";
import { ExitCode } from "./exit-code.ts";

const UNCHANGED: Mutant = { id: "none", about: "the code as it is", patches: [] };

interface Flags {
  readonly workers: number;
  /** For each bug. */
  readonly budgetSeconds: number;
  /** That each harmless change has to stand. */
  readonly harmlessRuns: number;
  readonly shrinkSeconds: number;
  /** Ids of the mutants to plant; null for all of them. */
  readonly only: readonly string[] | null;
}

const OPTIONS = {
  jobs: { type: "string" },
  budget: { type: "string" },
  harmless: { type: "string" },
  shrink: { type: "string" },
  only: { type: "string" },
} as const;

/** @throws UserError for flags of another kind */
function readFlags(): Flags {
  const { values } = parseArgs({ options: OPTIONS, strict: false });
  const unknown = Object.keys(values).find((name) => !(name in OPTIONS));
  if (unknown !== undefined)
    throw new UserError(`--${unknown}: expected one of --${Object.keys(OPTIONS).join(", --")}`);
  const whole = (name: "jobs" | "budget" | "harmless" | "shrink", fallback: number, least: number): number => {
    const value = Number(values[name] ?? fallback);
    if (Number.isInteger(value) && value >= least) return value;
    throw new UserError(`--${name} ${values[name]}: expected a whole number from ${least} on`);
  };
  return {
    workers: whole("jobs", availableParallelism(), 1),
    budgetSeconds: whole("budget", 120, 1),
    harmlessRuns: whole("harmless", 40, 0),
    shrinkSeconds: whole("shrink", 20, 0),
    only: values.only === undefined ? null : knownIds(String(values.only).split(",")),
  };
}

/** @throws UserError naming those that there are */
function knownIds(ids: readonly string[]): readonly string[] {
  const known = [...BUGS, ...REFACTORINGS].map(({ id }) => id);
  const strange = ids.find((id) => !known.includes(id));
  if (strange === undefined) return ids;
  throw new UserError(`--only ${strange}: no such mutant; expected some of ${known.join(", ")}`);
}

function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** More runs than any budget allows. */
const MAX_RUNS = 2_000;

async function tryBugs(bugs: readonly Mutant[], flags: Flags, signal: AbortSignal): Promise<Trial[]> {
  const { workers, budgetSeconds, shrinkSeconds } = flags;
  const trials: Trial[] = [];
  for (const bug of bugs) {
    if (signal.aborted) break;
    say(`hunting ${bug.id}: ${bug.about}`);
    trials.push(await tryMutant(bug, { workers, budgetSeconds, shrinkSeconds, maxRuns: MAX_RUNS, signal }));
  }
  say("");
  return trials;
}

type Harmless = Trial & { readonly sameDigests: number };

/** Each harmless change makes the same runs as the code without it. */
async function tryRefactorings(changes: readonly Mutant[], flags: Flags, signal: AbortSignal): Promise<Harmless[]> {
  const { workers, harmlessRuns: maxRuns } = flags;
  if (maxRuns === 0 || changes.length === 0) return [];
  const options: Omit<HuntOptions, "worker"> = {
    workers,
    maxRuns,
    signal,
    budgetSeconds: 3600,
    shrinkSeconds: 0,
  };
  const unchanged = await tryMutant(UNCHANGED, options);
  const trials: Harmless[] = [];
  for (const change of changes) {
    if (signal.aborted) break;
    say(`standing ${change.id}: ${change.about}`);
    const trial = await tryMutant(change, options);
    const same = [...trial.hunt.digests].filter(([number, digest]) => unchanged.hunt.digests.get(number) === digest);
    trials.push({ ...trial, sameDigests: same.length });
  }
  say("");
  return trials;
}

/** Plants bugs and harmless changes in copies of the built code, and tells which of them a campaign finds. */
async function main(): Promise<void> {
  const flags = readFlags();
  const wanted = ({ id }: Mutant) => flags.only === null || flags.only.includes(id);
  await interruptible(async (signal) => {
    const [bugs, changes] = [BUGS.filter(wanted), REFACTORINGS.filter(wanted)];
    const trials = await tryBugs([CANARY, ...bugs], flags, signal);
    console.log(bugTable(trials));
    const hunted = trials.reduce((sum, { hunt }) => sum + hunt.seconds, 0);
    const found = trials.filter(({ hunt }) => hunt.found !== null).length;
    console.log(`${found} of ${bugs.length + 1} found in ${hunted.toFixed(0)} s on ${flags.workers} workers\n`);
    const harmless = await tryRefactorings(changes, flags, signal);
    const blamed = harmless.filter(({ hunt }) => hunt.found !== null);
    if (harmless.length > 0)
      console.log(`${refactoringTable(harmless)}\n${blamed.length} of ${harmless.length} blamed`);
    for (const { mutant, hunt } of [...trials, ...blamed])
      if (hunt.found !== null) console.log(`${mutant.id}: ${hunt.found.key}`);
    if (trials[0]?.hunt.found === null) console.log("the canary was not found: this bench finds nothing");
    if (signal.aborted) process.exitCode = INTERRUPTED_EXIT_CODE;
    else process.exitCode = found === bugs.length + 1 && blamed.length === 0 ? ExitCode.held : ExitCode.failed;
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = ExitCode.wrongInput;
}
