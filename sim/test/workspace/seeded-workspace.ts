import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The checkout under test. */
export const ROOT = path.resolve(import.meta.dirname, "../../..");

/** The enforcing configuration, as it stands in the checkout. */
const CONFIGURATION = [
  ".dependency-cruiser.cjs",
  "biome.json",
  "knip.json",
  "package.json",
  "tsconfig.base.json",
  "protocol/tsconfig.json",
  "sim/tsconfig.json",
  "sim/tsconfig.browser.json",
  "sim/tsconfig.node.json",
  "sim/test/workspace/lint-determinism.mjs",
];

/** How a tool ended, and all it wrote. */
export interface ToolRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly output: string;
}

/** A throw-away workspace with the real configuration and seeded sources; the real tree is only read. */
export class SeededWorkspace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "orrery-canary-"));

  constructor(files: Readonly<Record<string, string>>) {
    symlinkSync(path.join(ROOT, "node_modules"), path.join(this.folder, "node_modules"));
    for (const file of CONFIGURATION) cpSync(path.join(ROOT, file), path.join(this.folder, file));
    for (const [file, text] of Object.entries(files)) this.#write(file, text);
  }

  /** Runs a tool of the checkout's node_modules inside the workspace. */
  run(tool: string, ...parameters: string[]): ToolRun {
    const program = path.join(ROOT, "node_modules", tool);
    const result = spawnSync(process.execPath, [program, ...parameters], { cwd: this.folder, encoding: "utf8" });
    return { status: result.status, stdout: result.stdout, output: result.stdout + result.stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #write(file: string, text: string): void {
    const target = path.join(this.folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
