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
    .option("port", { type: "number", default: 0, describe: "Port; default any free one" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

const VIEWER = fileURLToPath(new URL("../../viz", import.meta.url));
const TRACE = "trace.orrery";

export async function handler({ dir, port }: Flags): Promise<void> {
  if (!existsSync(path.join(VIEWER, "index.html"))) {
    throw new UserError("the viewer is not built yet: run `npm run build` in Orrery's folder");
  }
  const folder = newestRun(dir ?? "results");
  const { server, port: bound } = await listen({ "/": VIEWER, "/run/": folder }, port);
  console.log(`${folder}\nhttp://localhost:${bound}/?trace=run/${TRACE}\nCtrl-C ends it.`);
  await interruptible((signal) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
  server.closeAllConnections();
  server.close();
}

async function listen(mounts: Record<string, string>, port: number): ReturnType<typeof serveFiles> {
  try {
    return await serveFiles(mounts, port);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`--port ${port}: cannot be listened on (${codeOf(error)})`);
  }
}

/** Below results lie a folder for each scenario and in it one for each seed. */
const MAX_SEARCH_DEPTH = 3;

/** @returns the folder with the newest trace at or below `root` */
function newestRun(root: string): string {
  let newest: { folder: string; mtimeMs: number } | null = null;
  const search = (folder: string, depth: number): void => {
    const trace = path.join(folder, TRACE);
    if (existsSync(trace)) {
      const { mtimeMs } = statSync(trace);
      if (newest === null || mtimeMs > newest.mtimeMs) newest = { folder, mtimeMs };
      return;
    }
    if (depth >= MAX_SEARCH_DEPTH || !existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) search(path.join(folder, entry.name), depth + 1);
    }
  };
  search(root, 0);
  const found = newest as { folder: string } | null;
  if (found === null) throw new UserError(`${root}: no ${TRACE} here or below; make one with: npx orrery run FILE`);
  return found.folder;
}
