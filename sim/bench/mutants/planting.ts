import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutant, Patch } from "./mutant.ts";

const DIST = fileURLToPath(new URL("../../..", import.meta.url));
const PARTS = ["protocol", "sim"];

/** A copy of the built code with a mutant in it. */
export interface Planted {
  /** @returns a module of the copy's command line, such as "fuzz-worker" */
  worker(name: string): URL;
  remove(): void;
}

/** @throws Error when the code is not what the patch was made for; the mutant's own fault */
function patched(text: string, { file, find, replace }: Patch): string {
  const found = text.split(find).length - 1;
  if (found === 1) return text.replace(find, () => replace);
  throw new Error(`dist/${file}: found ${found} times, expected once:\n${find}`);
}

/**
 * Copies what was built and plants a mutant in the copy.
 *
 * @throws Error when one of its patches does not fit the code any more
 */
export function plant({ patches }: Mutant, dist: string = DIST): Planted {
  const folder = mkdtempSync(path.join(tmpdir(), "orrery-mutant-"));
  const copy = path.join(folder, "dist");
  const isRun = (file: string) => !/\.(d\.ts|map|tsbuildinfo)$/u.test(file);
  for (const part of PARTS) cpSync(path.join(dist, part), path.join(copy, part), { recursive: true, filter: isRun });
  symlinkSync(path.resolve(dist, "../node_modules"), path.join(folder, "node_modules"), "junction");
  writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
  for (const patch of patches) {
    const file = path.join(copy, patch.file);
    writeFileSync(file, patched(readFileSync(file, "utf8"), patch));
  }
  const worker = (name: string) => pathToFileURL(path.join(copy, "sim/cli", `${name}.js`));
  return { worker, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
