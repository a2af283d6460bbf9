import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { scenarioFilesIn } from "../../platform/node/scenario-files.ts";
import { loadScenario, UserError } from "../../scenario/index.ts";

// Each broken file stands beside the whole answer that its writer gets.
const FOLDER = path.join(import.meta.dirname, "broken");
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => path.basename(name, ".yaml"));

function answer(file: string): string {
  try {
    loadScenario({ folder: "broken", file, settings: [], files: scenarioFilesIn(FOLDER), totalMemoryBytes: 2 ** 34 });
    return "no complaint";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

test.each(NAMES)("%s is answered where it is wrong", (name) => {
  const expected = readFileSync(path.join(FOLDER, `${name}.txt`), "utf8");
  expect(`${answer(`${name}.yaml`)}\n`).toBe(expected);
});

test("at least 45 ways to be wrong are answered", () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(45);
});
