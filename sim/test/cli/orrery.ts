import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";

export const ROOT = path.resolve(import.meta.dirname, "../../..");
const MAIN = path.join(ROOT, "dist/sim/cli/main.js");

/** A run of a second or so: four delegates, half a minute. */
export const SMALL = `name: small-run
question: Do four delegates finalise blocks?
tier: smoke
duration: 30 s
rootchain: {delegates: 4, committee: 4, iterations: 3, round: 3 s, fullNodes: 1}
network: {backbone: {regions: europe-3}}
workload:
  - {transfer: {rate: 1/s, accounts: 5}}
expect: {safety: always, height: ">= 5"}
`;

/** A run that nobody waits for. */
export const ENDLESS = `name: endless
duration: 2 d
rootchain: {delegates: 4, committee: 4, iterations: 3, round: 3 s}
`;

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own in which the built command line is used. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "orrery-cli-"));

  constructor(files: Readonly<Record<string, string>> = {}) {
    expect(existsSync(MAIN), "the command line is built: npm run build").toBe(true);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(this.folder, name), text);
  }

  /** CI is unset, so that what the tests see does not depend on where they run. */
  #options() {
    return { cwd: this.folder, env: { ...process.env, CI: "", NO_COLOR: "1" } };
  }

  run(...words: string[]): Answer {
    return spawnSync(process.execPath, [MAIN, ...words], { ...this.#options(), encoding: "utf8", maxBuffer: 1 << 28 });
  }

  start(...words: string[]): ChildProcess {
    return spawn(process.execPath, [MAIN, ...words], { ...this.#options(), stdio: ["ignore", "pipe", "pipe"] });
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** @returns the names of all files below a folder, sorted */
  files(...parts: string[]): string[] {
    const folder = this.path(...parts);
    if (!existsSync(folder)) return [];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted();
  }
}

/** Waits until something holds while a process runs, for as long as the test may take. */
export async function until(holds: () => boolean, child: ChildProcess): Promise<void> {
  while (!holds()) {
    expect(child.exitCode, "the process still runs").toBe(null);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** @returns how a process ended */
export function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stderr })));
}
