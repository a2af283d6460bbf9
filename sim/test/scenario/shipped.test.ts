import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { scenarioFilesIn } from "../../platform/node/scenario-files.ts";
import { loadScenario } from "../../scenario/index.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../scenarios");
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

function load(file: string) {
  const files = scenarioFilesIn(FOLDER);
  return loadScenario({ folder: "scenarios", file, settings: [], files, totalMemoryBytes: 2 ** 33 });
}

test.each(FILES)("%s loads, is named after its file and asks a question", (file) => {
  const scenario = load(file);
  expect(`${scenario.name}.yaml`).toBe(file);
  expect(scenario.question).toMatch(/\?$/);
  expect(scenario.expect.length).toBeGreaterThan(0);
});

test("a resolved scenario is plain data, equal to its own JSON", () => {
  for (const file of FILES) {
    const scenario = load(file);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  }
});
