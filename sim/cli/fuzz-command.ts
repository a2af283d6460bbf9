import { availableParallelism } from "node:os";
import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { GENERATORS, type Generator, parseSeeds } from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { UserError } from "../scenario/index.ts";
import { ExitCode } from "./exit-code.ts";
import { Campaign, type CampaignOptions, type CampaignProgress, type Found } from "./fuzz-campaign.ts";
import { readLessons } from "./fuzz-journal.ts";
import { loadScenarioFile } from "./load-scenario-file.ts";
import { wallTimeMs } from "./wall-time.ts";
import { duration, grouped } from "./wording.ts";

export const command = "fuzz [file]";
export const describe = "Draws scenarios from seeds, looks for new states of the protocol, and keeps what fails";

export const builder = (yargs: Argv) =>
  yargs
    .positional("file", { type: "string", describe: "Changes this scenario instead of drawing whole ones" })
    .option("time", { type: "string", describe: "Ends after this time, such as 10m" })
    .option("runs", { type: "number", describe: "Ends after so many runs; default 2000 without --time" })
    .option("seed", { type: "string", default: "1", describe: "Decides everything that is drawn" })
    .option("generator", {
      choices: Object.keys(GENERATORS) as Generator[],
      default: "swarm" as const,
      describe: Object.entries(GENERATORS)
        .map(([name, about]) => `${name}: ${about}`)
        .join("; "),
    })
    .option("jobs", { type: "number", default: availableParallelism(), describe: "Worker processes" })
    .option("out", { type: "string", default: "results/fuzz", describe: "Folder of the journal and the capsules" })
    .option("resume", { type: "boolean", default: false, describe: "Goes on where the journal ends" })
    .option("shrink", { type: "number", default: 60, describe: "Seconds for making each failure small; 0: none" })
    .option("silence", {
      type: "number",
      default: 10,
      describe: "Seconds of processor time without a heartbeat that end a worker",
    })
    .option("memory", { type: "number", describe: "MiB a worker may take; default its part of the machine's" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

const DEFAULT_RUNS = 2000;
const MEBIBYTE = 2 ** 20;

export async function handler(flags: Flags): Promise<void> {
  const startMs = performance.now();
  const options = optionsOf(flags, startMs);
  const [campaign, complete] = await interruptible(async (signal) => {
    const campaign = new Campaign({ ...options, signal });
    return [campaign, await campaign.run()] as const;
  });
  showLine("");
  const { found, progress } = campaign;
  const wallSeconds = (performance.now() - startMs) / 1000;
  if (flags.json) process.stdout.write(`${JSON.stringify(jsonOf(flags, campaign, { complete, wallSeconds }))}\n`);
  else console.log(report(progress, found, wallSeconds));
  if (!complete) console.error(`interrupted; go on with --resume, from ${flags.out}`);
  process.exitCode = !complete ? INTERRUPTED_EXIT_CODE : progress.failed > 0 ? ExitCode.failed : ExitCode.held;
}

/** @throws UserError for flags that make no campaign */
function optionsOf(flags: Flags, startMs: number): Omit<CampaignOptions, "signal"> {
  const whole = { jobs: flags.jobs, runs: flags.runs ?? 1, silence: flags.silence };
  for (const [name, value] of Object.entries(whole)) {
    if (!Number.isInteger(value) || value < 1)
      throw new UserError(`--${name} ${value}: expected a whole number from 1 on`);
  }
  if (parseSeeds(flags.seed).length !== 1) throw new UserError(`--seed ${flags.seed}: expected one seed`);
  const timeMs = flags.time === undefined ? Number.POSITIVE_INFINITY : wallTimeMs("--time", flags.time);
  const version = codeVersion();
  const head = { seed: flags.seed, generator: flags.file ?? flags.generator, codeVersion: version };
  const runs = flags.runs ?? (flags.time === undefined ? DEFAULT_RUNS : Number.MAX_SAFE_INTEGER);
  return {
    plan: {
      seed: flags.seed,
      generator: flags.generator,
      base: flags.file === undefined ? null : loadScenarioFile(flags.file),
    },
    source: head.generator,
    folder: flags.out,
    lessons: flags.resume ? readLessons(path.join(flags.out, "fuzz.journal"), head) : [],
    maxRuns: runs,
    isTimeOver: () => performance.now() - startMs > timeMs,
    shrinkMs: flags.shrink * 1000,
    workers: flags.jobs,
    silenceMs: flags.silence * 1000,
    memoryBytes: flags.memory === undefined ? null : flags.memory * MEBIBYTE,
    codeVersion: version,
    onProgress: (progress) => showLine(progressLine(progress, (performance.now() - startMs) / 1000)),
    onFailure: ({ key, index, file }) => {
      showLine("");
      console.error(`run ${index}: ${key}\nREPRO: orrery shrink ${file}`);
    },
  };
}

function showLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, process.stderr.columns - 1)}`);
}

function progressLine(progress: CampaignProgress, seconds: number): string {
  const { runs, runsNow, simulatedSeconds, states, failures } = progress;
  return [
    `${grouped(runs)} runs`,
    `${(runsNow / Math.max(seconds, 1e-3)).toFixed(1)} runs/s`,
    `${duration(simulatedSeconds)} simulated`,
    `${grouped(states)} states`,
    `${failures} failures`,
  ].join(" · ");
}

function report(progress: CampaignProgress, found: readonly Found[], seconds: number): string {
  const { failed, open, violations, corpus } = progress;
  const rest = `${failed} failed · ${open} with something unjudged · ${violations} violations · corpus ${corpus}`;
  const failures = found.map(({ key, index, file }) => `  ${key} (first in run ${index}): ${file}`);
  const kinds = Object.entries(progress.kinds).map(([kind, runs]) => `${kind} ${grouped(runs)}`);
  const drawn = `drawn, each with its runs: ${kinds.join(" · ")}`;
  return [progressLine(progress, seconds), `${rest} · ${seconds.toFixed(1)} s`, drawn, ...failures].join("\n");
}

/** Only `measured` differs between machines. */
function jsonOf(
  flags: Flags,
  campaign: Campaign,
  { complete, wallSeconds }: { complete: boolean; wallSeconds: number },
) {
  const { found, progress } = campaign;
  const { runsNow, ...rest } = progress;
  return {
    seed: flags.seed,
    generator: flags.generator,
    complete,
    ...rest,
    failures: found.map(({ key, index, file }) => ({ failure: key, run: index, capsule: file })),
    measured: {
      wallSeconds,
      runsPerSecond: runsNow / wallSeconds,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    },
  };
}
