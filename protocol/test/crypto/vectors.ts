import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const folder = process.env.ORRERY_VECTORS ?? fileURLToPath(new URL("../../../../shared/vectors", import.meta.url));

/** `describe` for tests that read the vectors; without the folder they are skipped, unless a skip must fail. */
export function describeVectors(name: string, tests: () => void): void {
  const isMissing = !existsSync(folder) && process.env.ORRERY_REQUIRE_ALL !== "1";
  if (isMissing) test.skip(`${name} (no vectors in ${folder}, set ORRERY_VECTORS)`, () => {});
  else describe(name, tests);
}

/** One parsed JSON file of the vectors, in the shape its test states. */
export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), "utf8")) as T;
}

/** Paths of all JSON files below a folder of the vectors, sorted. */
export function listVectors(path: string): string[] {
  return readdirSync(join(folder, path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(path, name));
}

export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
