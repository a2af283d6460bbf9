import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { makeCapsule, type ShrinkResult, shrink, writeCapsule } from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { writeWhole } from "../platform/node/run-folder.ts";
import { CapsuleRuns, loadCapsule, otherVersion } from "./capsule-runs.ts";
import { ExitCode } from "./exit-code.ts";
import { wallTimeMs } from "./wall-time.ts";

export const command = "shrink <capsule>";
export const describe = "Looks for the smallest scenario that fails as a capsule does";

export const builder = (yargs: Argv) =>
  yargs
    .positional("capsule", { type: "string", demandOption: true, describe: "A capsule's file" })
    .option("time", { type: "string", default: "60 s", describe: "Stops looking after this long" })
    .option("out", { type: "string", describe: "The small capsule's file; default beside the given one, .small.yaml" })
    .option("memory", { type: "number", describe: "MiB that a run may take; default half of the machine's" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of text" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler(flags: Flags): Promise<void> {
  const given = loadCapsule(flags.capsule);
  const limitMs = wallTimeMs("--time", flags.time);
  const version = codeVersion();
  if (given.codeVersion !== version) console.error(otherVersion(given.codeVersion, version));
  const startMs = performance.now();
  let interrupted = false;
  const result = await interruptible(async (signal) => {
    const runs = new CapsuleRuns(version, signal, { memoryMebibytes: flags.memory });
    const isOver = () => signal.aborted || performance.now() - startMs > limitMs;
    const onRun = ({ runs: count, size }: { runs: number; size: ShrinkResult["after"] }) =>
      progress(`${count} runs · ${sizeText(size)}`);
    const capsule = makeCapsule({ ...given, codeVersion: version });
    const found = await shrink(capsule, runs.executeFor(capsule), { isOver, onRun });
    runs.close();
    interrupted = signal.aborted;
    return found;
  });
  progress("");
  if (interrupted && !result.reproduced) process.exitCode = INTERRUPTED_EXIT_CODE;
  else process.exitCode = leave(flags, result, (performance.now() - startMs) / 1000);
}

/** @returns the exit code: a failure that is still there is one */
function leave({ capsule, out, json }: Flags, result: ShrinkResult, seconds: number): number {
  const { reproduced, finished, runs, before, after } = result;
  if (!reproduced) {
    if (json) console.log(JSON.stringify({ capsule, reproduced, runs }));
    else console.log(`${capsule}: does not fail so any more: nothing to shrink`);
    return ExitCode.held;
  }
  const file = out ?? capsule.replace(/(\.small)?\.(ya?ml|json)$/u, "").concat(".small.yaml");
  writeWhole(file, writeCapsule(result.capsule));
  const shown = { capsule: file, reproduced, finished, runs, seconds: Number(seconds.toFixed(1)), before, after };
  const ended = finished ? "nothing more can go" : "time was over";
  if (json) console.log(JSON.stringify(shown));
  else console.log(`${sizeText(before)}\n→ ${sizeText(after)}\n${runs} runs in ${shown.seconds} s; ${ended}\n${file}`);
  console.error(`REPRO: npx orrery replay ${path.relative(process.cwd(), file) || file}`);
  return ExitCode.failed;
}

function sizeText({ operations, nodes, seconds }: ShrinkResult["after"]): string {
  return `${operations} operations, ${nodes} nodes, ${Number(seconds.toFixed(2))} s`;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
