import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { type FigureDifference, figureDifferences } from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { interruptible } from "../platform/node/interrupt.ts";
import { PARTIAL } from "../platform/node/run-folder.ts";
import { UserError } from "../scenario/index.ts";
import { type Divergence, divergenceText, firstDivergence } from "../trace/difference.ts";
import { CapsuleRuns, loadCapsule } from "./capsule-runs.ts";
import { ExitCode } from "./exit-code.ts";
import { withTrace } from "./with-trace.ts";

export const command = "diff <a> <b>";
export const describe = "Where two runs part, and what differs in their figures";

export const builder = (yargs: Argv) =>
  yargs
    .positional("a", {
      type: "string",
      demandOption: true,
      describe: "A run's folder, a trace, or a capsule to be run",
    })
    .positional("b", { type: "string", demandOption: true, describe: "The same" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of text" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

const TRACE = "trace.orrery";
/** Figures shown to people; `json` has all. */
const MAX_FIGURES = 40;

/** One side of the comparison: a trace, and the summary beside it where there is one. */
interface Side {
  readonly trace: string;
  readonly summary: string;
}

export async function handler({ a, b, json }: Flags): Promise<void> {
  const scratch = new Scratch();
  try {
    const [first, second] = [await scratch.side(a), await scratch.side(b)];
    const parted = await withTrace(first.trace, (one) =>
      withTrace(second.trace, (other) => firstDivergence(one, other)),
    );
    const summaries = [first, second].map(({ summary }) => readSummary(summary));
    const [one, other] = summaries;
    const figures = one && other ? figureDifferences(one, other) : null;
    console.log(json ? JSON.stringify({ divergence: parted, figures }) : text(parted, figures));
    process.exitCode = parted === null && (figures ?? []).length === 0 ? ExitCode.held : ExitCode.failed;
  } finally {
    scratch.remove();
  }
}

/** Runs capsules for their traces, which nobody keeps. */
class Scratch {
  readonly #folders: string[] = [];

  /** @throws UserError when there is nothing of the kind */
  async side(given: string): Promise<Side> {
    if (!existsSync(given)) throw new UserError(`${given}: there is no such file or folder`);
    if (/\.(ya?ml|json)$/u.test(given)) return this.#ofCapsule(given);
    const folder = statSync(given).isDirectory() ? given : path.dirname(given);
    const trace = folder === given ? path.join(given, TRACE) : given;
    if (!existsSync(trace))
      throw new UserError(`${given}: no ${TRACE} in it; expected a run's folder, a trace or a capsule`);
    return { trace, summary: path.join(folder, "summary.json") };
  }

  async #ofCapsule(file: string): Promise<Side> {
    const capsule = loadCapsule(file);
    const folder = mkdtempSync(path.join(tmpdir(), "orrery-diff-"));
    this.#folders.push(folder);
    await interruptible(async (signal) => {
      const runs = new CapsuleRuns(codeVersion(), signal);
      await runs.run(capsule, { folder, reproduce: `npx orrery replay ${file}` });
      runs.close();
    });
    const whole = path.join(folder, TRACE);
    const trace = existsSync(whole) ? whole : whole + PARTIAL;
    if (!existsSync(trace)) throw new UserError(`${file}: ended before there was anything to compare`);
    return { trace, summary: path.join(folder, "summary.json") };
  }

  remove(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}

function readSummary(file: string): object | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as object;
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${file}: not JSON (${error.message})`);
    throw error;
  }
}

function text(parted: Divergence | null, figures: readonly FigureDifference[] | null): string {
  const first = parted === null ? "the traces tell the same" : divergenceText(parted);
  if (figures === null) return `${first}\nno summaries to compare`;
  if (figures.length === 0) return `${first}\nthe figures are the same`;
  const width = Math.max(...figures.slice(0, MAX_FIGURES).map(({ figure }) => figure.length));
  const lines = figures
    .slice(0, MAX_FIGURES)
    .map((each) => `  ${each.figure.padEnd(width)}  ${each.first} → ${each.second}`);
  const more = figures.length > MAX_FIGURES ? [`  … and ${figures.length - MAX_FIGURES} more; --json has them`] : [];
  return [first, `figures that differ: ${figures.length}`, ...lines, ...more].join("\n");
}
