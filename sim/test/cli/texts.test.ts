import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CheckRun, checkTable, githubAnnotations, junitXml, parseSeeds } from "../../campaign/index.ts";
import { metricsCsv } from "../../cli/metrics-csv.ts";
import { progressText } from "../../cli/progress-line.ts";
import { parseRange } from "../../platform/node/file-server.ts";
import type { RunSummary } from "../../runner/index.ts";
import { editDistance, nearest } from "../../scenario/suggest.ts";

test("the progress line tells simulated time, × real time, events/s, blocks and what is left", () => {
  const text = progressText({ simulatedUs: 120e6, events: 2_000_000, blocks: 40 }, 600e6, 4);
  expect(text).toBe("2 min 0 s of 10 min 0 s · 30 × real time · 500\u202f000 events/s · 40 blocks · 16 s left");
});

test("a run that just began promises no end", () => {
  expect(progressText({ simulatedUs: 0, events: 0, blocks: 0 }, 600e6, 0)).toMatch(/… left$/);
});

describe("seeds", () => {
  test.each([
    ["1..4", ["1", "2", "3", "4"]],
    ["7", ["7"]],
    ["1,2,40..42", ["1", "2", "40", "41", "42"]],
    ["2,1..3", ["2", "1", "3"]],
    ["alpha", ["alpha"]],
  ])("%s", (text, seeds) => {
    expect(parseSeeds(text)).toEqual(seeds);
  });

  test.each(["", "1..", "..", "3..1", "1..9999999999", "1, ,2", "a/b"])("%j is refused", (text) => {
    expect(() => parseSeeds(text)).toThrow(/^--seeds /);
  });
});

const RUN: CheckRun = {
  file: "a,b.yaml",
  scenario: 'x"<&>',
  seed: "1",
  verdict: "fail",
  digest: "ab".repeat(32),
  detail: "height: 3\u0000 & <4>\n100 %",
  reproduce: "npx orrery run a.yaml --seed 1",
  wallSeconds: 1.5,
  figures: [],
};

test("JUnit holds any text as XML", () => {
  const xml = junitXml(
    [RUN, { ...RUN, seed: "2", verdict: "pass" }, { ...RUN, seed: "3", verdict: "inconclusive" }],
    false,
  );
  expect(xml).toContain('<testsuite name="x&quot;&lt;&amp;&gt;" tests="3" failures="1" time="4.500">');
  expect(xml).toContain('message="fail: height: 3? &amp; &lt;4&gt;\n100 %"');
  expect(xml).toContain("<skipped message=");
  expect(xml).not.toContain("\u0000");
});

test("GitHub's annotations escape what would end them", () => {
  expect(githubAnnotations([RUN, { ...RUN, verdict: "pass" }], true)).toEqual([
    '::error file=a%2Cb.yaml,title=x"<&> seed 1%3A fail::height: 3\u0000 & <4>%0A100 %25%0Anpx orrery run a.yaml --seed 1',
  ]);
});

test("many passing seeds share a row, and every other one has its own", () => {
  const runs = Array.from(
    { length: 30 },
    (_, seed): CheckRun => ({ ...RUN, seed: String(seed), verdict: seed === 7 ? "lost" : "pass", detail: "" }),
  );
  const rows = checkTable(runs).split("\n");
  expect(rows).toHaveLength(3);
  expect(rows[1]).toMatch(/29 seeds +pass +[0-9a-f]{16} +\(digest of digests\)$/);
  expect(rows[2]).toMatch(/7 +lost/);
});

test("a cell of the figures can be no formula and breaks no row", () => {
  const summary = {
    simulatedSeconds: 1,
    events: 2,
    figures: [],
  } as unknown as RunSummary;
  const row = { timeSeconds: -1, chain: '=cmd("x")', node: "a,b", metric: "-x", value: -2 };
  expect(metricsCsv(summary, [row]).split("\n")[1]).toBe(`-1,"'=cmd(""x"")","a,b",'-x,-2`);
});

test.each([
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=5-", { start: 5, end: 10 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=-30", { start: 0, end: 10 }],
  ["bytes=2-99", { start: 2, end: 10 }],
  [undefined, { start: 0, end: 10 }],
  ["bytes=10-", null],
  ["bytes=-", null],
  ["bytes=5-2", null],
  ["lines=1-2", null],
])("the range %s of ten bytes", (header, range) => {
  expect(parseRange(header, 10)).toEqual(range);
});

test("the distance of words is a metric, and a slip of one key is one", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance("comittee", "committee")).toBe(1);
  expect(editDistance("rootchian", "rootchain")).toBe(1);
  expect(nearest("xyz", ["committee", "delegates"])).toBeUndefined();
});
