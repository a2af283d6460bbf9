import { describe, expect, test } from "vitest";
import {
  type CheckRun,
  checkMarkdown,
  heldAgainst,
  readBaseline,
  updatedBaseline,
  writeBaseline,
} from "../../campaign/index.ts";

function run(over: Partial<CheckRun> = {}): CheckRun {
  return {
    file: "x.yaml",
    reproduce: "npx orrery run x.yaml --seed 1",
    scenario: "x",
    seed: "1",
    verdict: "pass",
    digest: "d",
    detail: "",
    wallSeconds: 1,
    figures: [
      { name: "finality.p99", value: 1.5, unit: "s" },
      { name: "height", value: 100, unit: "count" },
      { name: "transfers.delivered", value: 0.99, unit: "share" },
      { name: "viewChanges", value: 0, unit: "count" },
      { name: "quota.spent", value: 3, unit: "IOTX" },
    ],
    ...over,
  };
}

/** The same run with one figure another. */
function drifted(name: string, value: number): CheckRun {
  return run({ figures: run().figures.map((each) => (each.name === name ? { ...each, value } : each)) });
}

const BASELINE = updatedBaseline(null, [run()]);

describe("a baseline", () => {
  test("is the same after it was written and read, with the figures that matter to every scenario", () => {
    const text = writeBaseline(BASELINE);
    expect(readBaseline(text, "x.json")).toEqual(BASELINE);
    expect(writeBaseline(readBaseline(text, "x.json"))).toBe(text);
    expect(Object.keys(BASELINE.seeds["1"] ?? {})).not.toContain("quota.spent");
  });

  test("tolerates drift up to its bound, by unit, and tells old, new and tolerated beyond it", () => {
    for (const within of [drifted("finality.p99", 1.65), drifted("finality.p99", 1.35), drifted("height", 105)])
      expect(heldAgainst(within, BASELINE)).toEqual(within);
    expect(heldAgainst(drifted("finality.p99", 1.8), BASELINE)).toMatchObject({
      verdict: "fail",
      detail: "finality.p99: 1.8 s, was 1.5 s, tolerated ± 10 %",
    });
    expect(heldAgainst(drifted("transfers.delivered", 0.97), BASELINE).detail).toBe(
      "transfers.delivered: 0.97 share, was 0.99 share, tolerated ± 0.01",
    );
    expect(heldAgainst(drifted("viewChanges", 1), BASELINE).detail).toBe(
      "viewChanges: 1 count, was 0 count, tolerated ± 0.05",
    );
    const silent = run({ figures: run().figures.slice(1) });
    expect(heldAgainst(silent, BASELINE)).toMatchObject({
      verdict: "fail",
      detail: "finality.p99: no longer measured, was 1.5",
    });
  });

  test("that is not there makes a run inconclusive, and none hides how a run ended", () => {
    expect(heldAgainst(run(), null)).toMatchObject({ verdict: "inconclusive", detail: "no baseline" });
    expect(heldAgainst(run({ seed: "2" }), BASELINE).verdict).toBe("inconclusive");
    expect(heldAgainst(run({ verdict: "fail", detail: "safety" }), null)).toMatchObject({
      verdict: "fail",
      detail: "safety; no baseline",
    });
    expect(heldAgainst(run({ verdict: "lost" }), BASELINE).verdict).toBe("lost");
  });

  test("keeps its own tolerances and its own figures when it is updated", () => {
    const own = { ...BASELINE, tolerances: { height: 0.5, "quota.spent": 0.2 } };
    const updated = updatedBaseline(own, [drifted("height", 140), { ...run(), seed: "2" }]);
    expect(updated.tolerances).toEqual(own.tolerances);
    expect(updated.seeds).toEqual({ 1: { height: 140, "quota.spent": 3 }, 2: { height: 100, "quota.spent": 3 } });
  });

  test.each([
    ["{", "x.json: no JSON object"],
    ["null", "x.json: no JSON object"],
    ["{}", "x.json: expected the name of a scenario under scenario"],
    ['{"scenario":"x","tolerances":{"a":"b"}}', "x.json: expected a number for each figure under tolerances"],
    ['{"scenario":"x","tolerances":{},"seeds":{"1":{"a":null}}}', "x.json: expected figures for each seed under seeds"],
  ])("that is %s is refused", (text, message) => {
    expect(() => readBaseline(text, "x.json")).toThrow(message);
  });
});

describe("a summary in Markdown", () => {
  test("says first whether everything held", () => {
    expect(checkMarkdown([run()], true)).toMatch(/^## ✅ Orrery: everything held\n\n1 runs of 1 scenarios: 1 pass\n/);
    expect(checkMarkdown([run({ verdict: "inconclusive" })], false)).toMatch(/^## ❔ Orrery: 1 runs inconclusive/);
    expect(checkMarkdown([run(), run({ verdict: "inconclusive" })], true)).toMatch(/^## ❌ Orrery: 1 of 2 runs failed/);
  });

  test("tells what did not pass with the command that repeats it, and nothing in it is read as markup", () => {
    const failed = run({
      verdict: "fail",
      seed: "9",
      detail: "a | b\n<script> *c*",
      reproduce: "npx orrery run x.yaml",
    });
    const text = checkMarkdown([run(), failed], true);
    expect(text).toContain(
      "- ❌ **x**, seed 9: fail\n\n  a \\| b \\<script\\> \\*c\\*\n\n  ```\n  npx orrery run x.yaml\n  ```",
    );
    expect(text).toContain("| x | ✅ 1 pass, ❌ 1 fail | 2.0 s |");
  });
});
