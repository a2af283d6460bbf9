import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CheckRun, CLAIMS, type Claim, claimsMarkdown, claimsText, judgeClaims } from "../../campaign/index.ts";
import { loadScenarioFile } from "../../cli/load-scenario-file.ts";
import type { NamedFigure } from "../../runner/summary.ts";
import { parseMetricKey } from "../../scenario/expect-keys.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../scenarios");

describe("the claims", () => {
  const named = CLAIMS.flatMap(({ scenarios }) => scenarios);

  test("are 1 to 10 and 18, each with a scenario", () => {
    expect(CLAIMS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18]);
    expect(CLAIMS.filter(({ scenarios }) => scenarios.length === 0)).toEqual([]);
  });

  test("name every scenario that is there for a claim", () => {
    const files = readdirSync(FOLDER).filter((file) => file.startsWith("claim-"));
    const names = named.map(({ name }) => `${name}.yaml`);
    expect(files.filter((file) => !names.includes(file))).toEqual([]);
  });

  test.each(named)("$name asks in a line and answers with figures that there are", ({ name, figures }) => {
    const { question } = loadScenarioFile(path.join(FOLDER, `${name}.yaml`));
    expect(question).toMatch(/^[^\n]+\?$/);
    expect(figures.filter((key) => parseMetricKey(key) === undefined)).toEqual([]);
    expect(figures.length).toBeGreaterThan(1);
  });
});

const CLAIM: Claim = {
  number: 5,
  text: "It | holds.",
  scenarios: [{ name: "one", figures: ["height", "a.delivered"] }],
};
const HEIGHT: NamedFigure = { name: "height", value: 12.34567, unit: "count" };
const DELIVERED: NamedFigure = { name: "a.delivered", value: 0.5, unit: "share" };

function judge(over: Partial<CheckRun>, figures: readonly NamedFigure[]) {
  const run: CheckRun = {
    file: "one.yaml",
    scenario: "one",
    seed: "1",
    verdict: "pass",
    digest: "",
    detail: "",
    reproduce: "npx orrery run one.yaml",
    wallSeconds: 1,
    figures: [],
    ...over,
  };
  return judgeClaims([CLAIM], new Map([["one", { run, question: "Does | it?", figures }]]));
}

describe("a claim", () => {
  test("holds with its figures in the text and in a Markdown row", () => {
    const results = judge({}, [DELIVERED, HEIGHT]);
    expect(results[0]?.holds).toBe(true);
    expect(claimsText(results)).toContain("height 12.35 · a.delivered 50 %");
    expect(claimsText(results)).toContain("1 of 1 claims hold");
    const row = claimsMarkdown(results).split("\n")[2];
    expect(row).toBe(
      String.raw`| 5 | Does \| it? | ${"`height` 12.35, `a.delivered` 50 %"} | pass | ${"`npx orrery run one.yaml`"} |`,
    );
  });

  test("fails with its run, and tells how to repeat it", () => {
    const results = judge({ verdict: "fail", detail: "too low" }, [DELIVERED, HEIGHT]);
    expect(results[0]?.holds).toBe(false);
    expect(claimsText(results)).toContain("FAILS  5.");
    expect(claimsText(results)).toMatch(/fail · one: too low\n +REPRO: npx orrery run one.yaml/);
  });

  test("does not hold without its answer, nor without its run", () => {
    const [unanswered] = judge({}, [HEIGHT]);
    expect(unanswered?.holds).toBe(false);
    expect(unanswered?.answers[0]).toMatchObject({ verdict: "inconclusive", detail: "not measured: a.delivered" });
    expect(judgeClaims([CLAIM], new Map())[0]?.holds).toBe(false);
  });
});
