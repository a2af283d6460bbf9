import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { codeOf } from "../platform/node/error-code.ts";
import { serveFiles } from "../platform/node/file-server.ts";
import { interruptible } from "../platform/node/interrupt.ts";
import { UserError } from "../scenario/index.ts";

export const command = "view [dir]";
export const describe = "Serves the viewer on localhost and prints the link";

export const builder = (yargs: Argv) =>
  yargs
    .positional("dir", {
      type: "string",
      describe: "A run's folder, or one above it; default the newest run of results",
    })
    .option("at", { type: "string", default: "", describe: "Where the link leads, such as #t=12.5&node=3" })
    .option("port", { type: "number", default: 0, describe: "Port; default any free one" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

const VIEWER = fileURLToPath(new URL("../../viz", import.meta.url));
const TRACE = "trace.orrery";

export async function handler({ dir, port, at }: Flags): Promise<void> {
  if (!existsSync(path.join(VIEWER, "index.html"))) {
    throw new UserError("the viewer is not built yet: run `npm run build` in Orrery's folder");
  }
  const root = dir ?? "results";
  const [newest] = runsBelow(root);
  if (newest === undefined) {
    throw new UserError(`${root}: no ${TRACE} here or below; make one with: npx orrery run FILE`);
  }
  const { server, port: bound } = await listen(root, port);
  const link = `http://localhost:${bound}/?run=${newest.path.split("/").map(encodeURIComponent).join("/")}`;
  console.log(`${path.join(root, newest.path)}\n${link}${at}\nCtrl-C ends it.`);
  await interruptible((signal) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
  server.closeAllConnections();
  server.close();
}

async function listen(root: string, port: number): ReturnType<typeof serveFiles> {
  const listed = () => runsBelow(root).map((run) => ({ path: run.path, label: run.path === "" ? root : run.path }));
  try {
    return await serveFiles({ folders: { "/": VIEWER, "/run/": root }, values: { "/runs.json": listed } }, port);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`--port ${port}: cannot be listened on (${codeOf(error)})`);
  }
}

/** Below results lie a folder for each scenario and in it one for each seed. */
const MAX_SEARCH_DEPTH = 3;

interface ServedRun {
  /** Its folder below the root, with forward slashes; empty for the root itself. */
  readonly path: string;
  readonly mtimeMs: number;
}

/** @returns the folders at or below `root` that hold a trace, newest first */
function runsBelow(root: string): ServedRun[] {
  const runs: ServedRun[] = [];
  const search = (steps: readonly string[]): void => {
    const folder = path.join(root, ...steps);
    const trace = path.join(folder, TRACE);
    if (existsSync(trace)) runs.push({ path: steps.join("/"), mtimeMs: statSync(trace).mtimeMs });
    else if (steps.length < MAX_SEARCH_DEPTH && existsSync(folder)) {
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) search([...steps, entry.name]);
    }
  };
  search([]);
  return runs.toSorted((a, b) => b.mtimeMs - a.mtimeMs || (a.path < b.path ? -1 : 1));
}
