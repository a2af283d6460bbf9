import { availableParallelism } from "node:os";
import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import {
  type CheckJob,
  CLAIMS,
  type Claim,
  type ClaimRun,
  claimsMarkdown,
  claimsText,
  figuresOf,
  judgeClaims,
} from "../campaign/index.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { UserError } from "../scenario/index.ts";
import { checkRuns, checkWorkers } from "./check-runs.ts";
import { ExitCode } from "./exit-code.ts";
import { SHIPPED_SCENARIOS } from "./list-command.ts";
import { loadScenarioFile, reproduceCommand } from "./load-scenario-file.ts";

export const command = "claims [numbers..]";
export const describe = "Runs the scenarios of the paper's claims and prints the figures that answer them";

export const builder = (yargs: Argv) =>
  yargs
    .positional("numbers", { type: "number", array: true, default: [] as number[], describe: "Default: all" })
    .option("jobs", { type: "number", default: availableParallelism(), describe: "Worker processes" })
    .option("markdown", { type: "boolean", default: false, describe: "Prints a Markdown table" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

const MAX_SILENCE_SECONDS = 120;

export async function handler(flags: Flags): Promise<void> {
  checkWorkers(flags);
  const claims = chosenClaims(flags.numbers);
  const jobs = [...new Set(claims.flatMap(({ scenarios }) => scenarios.map(({ name }) => name)))].map(jobOf);
  const runs = await interruptible((signal) => runAll(jobs, flags.jobs, signal));
  const results = judgeClaims(claims, runs);
  if (flags.json) process.stdout.write(`${JSON.stringify({ claims: results })}\n`);
  else console.log(flags.markdown ? claimsMarkdown(results) : claimsText(results));
  if (runs.size < jobs.length) process.exitCode = INTERRUPTED_EXIT_CODE;
  else process.exitCode = results.every(({ holds }) => holds) ? ExitCode.held : ExitCode.failed;
}

/** @throws UserError for a number that no claim has */
function chosenClaims(numbers: readonly number[]): readonly Claim[] {
  const unknown = numbers.find((number) => !CLAIMS.some((claim) => claim.number === number));
  if (unknown !== undefined) {
    const known = CLAIMS.map(({ number }) => number).join(", ");
    throw new UserError(`there is no claim ${unknown} with a scenario; expected some of ${known}`);
  }
  return numbers.length === 0 ? CLAIMS : CLAIMS.filter(({ number }) => numbers.includes(number));
}

function jobOf(name: string): CheckJob {
  const file = path.join(path.relative(".", SHIPPED_SCENARIOS) || ".", `${name}.yaml`);
  const scenario = loadScenarioFile(file);
  return { file, scenario, reproduce: reproduceCommand(file, scenario, {}) };
}

/** @returns what ended, by name of the scenario */
async function runAll(jobs: readonly CheckJob[], workers: number, signal: AbortSignal): Promise<Map<string, ClaimRun>> {
  const runs = new Map<string, ClaimRun>();
  await checkRuns(jobs, {
    workers,
    silenceSeconds: MAX_SILENCE_SECONDS,
    signal,
    counted: "scenarios",
    onEnd: ({ scenario: { name, question } }, run, answer) =>
      runs.set(name, { run, question, figures: figuresOf(answer) }),
  });
  return runs;
}
