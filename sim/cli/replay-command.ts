import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import {
  type Capsule,
  type FailureSignature,
  failureKey,
  failureMoment,
  failureOf,
  failureStory,
  type RunEnding,
  sameFailure,
} from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { PARTIAL, writeWhole } from "../platform/node/run-folder.ts";
import type { Trace } from "../trace/model.ts";
import { CapsuleRuns, loadCapsule, otherVersion } from "./capsule-runs.ts";
import { ExitCode } from "./exit-code.ts";
import { withTrace } from "./with-trace.ts";

export const command = "replay <capsule>";
export const describe = "Runs a capsule again, compares, and tells what happened";

export const builder = (yargs: Argv) =>
  yargs
    .positional("capsule", { type: "string", demandOption: true, describe: "A capsule's file" })
    .option("out", { type: "string", default: "results", describe: "Folder for replays/<capsule>/" })
    .option("memory", { type: "number", describe: "MiB that a run may take; default half of the machine's" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of text" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

/** What a replay came to. */
interface Replayed {
  readonly capsule: string;
  readonly failure: FailureSignature | null;
  /** Whether it failed as the capsule says. */
  readonly sameFailure: boolean;
  /** Whether every event was the same; null where the failed run never had a digest. */
  readonly sameDigest: boolean | null;
  readonly sameCode: boolean;
  readonly folder: string;
  readonly story: string | null;
  readonly view: string | null;
}

export async function handler(flags: Flags): Promise<void> {
  const capsule = loadCapsule(flags.capsule);
  const version = codeVersion();
  if (capsule.codeVersion !== version) console.error(otherVersion(capsule.codeVersion, version));
  const stem = flags.capsule.replace(/\.(ya?ml|json)$/u, "");
  const folder = path.join(flags.out, "replays", path.basename(stem));
  const reproduce = `npx orrery replay ${flags.capsule}`;
  const ending = await interruptible(async (signal) => {
    const runs = new CapsuleRuns(version, signal, { memoryMebibytes: flags.memory });
    const ended = await runs.run(capsule, { folder, reproduce });
    runs.close();
    return signal.aborted ? null : ended;
  });
  if (ending === null) {
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const failure = failureOf(ending);
  const told = failure === null ? null : await tell(folder, failure, ending);
  if (told !== null) writeWhole(`${stem}.story.txt`, told.story);
  const replayed: Replayed = {
    capsule: flags.capsule,
    failure,
    ...comparison(capsule, failure, ending),
    sameCode: capsule.codeVersion === version,
    folder,
    story: told === null ? null : `${stem}.story.txt`,
    view: told === null ? null : told.view,
  };
  if (flags.json) console.log(JSON.stringify(replayed));
  else console.log(`${told === null ? "" : `${told.story}\n`}${replayText(replayed, capsule)}`);
  if (failure !== null) (flags.json ? console.error : console.log)(`REPRO: ${reproduce}`);
  process.exitCode = failure === null ? ExitCode.held : ExitCode.failed;
}

function comparison(
  { expected }: Capsule,
  failure: FailureSignature | null,
  ending: RunEnding,
): Pick<Replayed, "sameFailure" | "sameDigest"> {
  const digest = "digest" in ending ? ending.digest : "";
  const sameDigest = expected.digest === "" && digest === "" ? null : expected.digest === digest;
  return { sameFailure: sameFailure(failure, expected.failure), sameDigest };
}

/** @returns the story and the command that shows it; null where the run was lost before it left a trace */
async function tell(folder: string, failure: FailureSignature, ending: RunEnding) {
  const file = path.join(folder, "trace.orrery");
  // A run that was ended from outside has left what it wrote, which readers cope with.
  if ("bug" in ending || "lost" in ending) if (existsSync(file + PARTIAL)) renameSync(file + PARTIAL, file);
  if (!existsSync(file)) return null;
  return withTrace(file, async (trace) => {
    const story = await failureStory(trace, failure, ending);
    return { story, view: `npx orrery view ${folder} --at "${deepLink(trace, ending)}"` };
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === "UserError") return null; // Lost before its first chunk.
    throw error;
  });
}

/** @returns the place of the failure as the viewer's address has it (viz/model/deep-link.ts) */
function deepLink(trace: Trace, ending: RunEnding): string {
  const { atUs, nodes, chain } = failureMoment(trace, ending);
  const fields = [`t=${atUs / 1e6}`];
  if (nodes[0] !== undefined) fields.push(`node=${nodes[0]}`);
  if (chain !== "") fields.push(`chain=${encodeURIComponent(chain)}`);
  return `#${fields.join("&")}`;
}

function replayText(replayed: Replayed, { expected }: Capsule): string {
  const { failure, sameDigest, folder, story, view } = replayed;
  const found = failure === null ? "nothing failed" : `failed: ${failureKey(failure)}`;
  const lines = [
    `${found}${replayed.sameFailure ? ", as the capsule says" : `; the capsule says ${failureKey(expected.failure)}`}`,
    sameDigest === null ? "digest  none: the run had no end" : `digest  ${sameDigest ? "the same" : "another"}`,
    `trace   ${folder}`,
  ];
  if (story !== null) lines.push(`story   ${story}`);
  if (view !== null) lines.push(`view    ${view}`);
  return lines.join("\n");
}
