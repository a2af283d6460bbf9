import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The modules whose imports make up a run: the loader, which decides what is simulated, and the runner, which simulates it. */
const ROOTS = ["scenario/index.js", "runner/index.js"];
const IMPORT = /\bfrom "(\.{1,2}\/[^"]+)"|\bimport\("(\.{1,2}\/[^"]+)"\)/gu;

/**
 * Hashes the built modules of protocol and simulator that a run can reach, and nothing else: command line, benchmark and
 * platform cannot alter a digest. A clone and an installed package give the same.
 *
 * @param simFolder the built `sim` folder
 * @returns 16 hex digits
 */
export function codeVersion(simFolder: string = fileURLToPath(new URL("../..", import.meta.url))): string {
  const reached = new Map<string, Buffer>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    const content = readFileSync(file);
    reached.set(file, content);
    for (const [, fixed, lazy] of content.toString("utf8").matchAll(IMPORT)) {
      visit(path.resolve(path.dirname(file), fixed ?? lazy ?? ""));
    }
  };
  for (const root of ROOTS) visit(path.join(simFolder, root));
  const base = path.resolve(simFolder, "..");
  const hash = createHash("sha256");
  for (const file of [...reached.keys()].toSorted()) {
    const name = path.relative(base, file).replaceAll(path.sep, "/");
    const content = reached.get(file) ?? "";
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
