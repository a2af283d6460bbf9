import { describe, expect, test } from "vitest";
import { loadSweep, type Sweep, UserError } from "../../scenario/index.ts";
import { complaints, loadText } from "./from-text.ts";

const BASE = `name: x
duration: 1 min
rootchain: {delegates: 13, committee: 7, round: 3 s}
`;

function sweepOf(text: string, ...settings: string[]): Sweep {
  const files = { read: (path: string) => (path === "x.yaml" ? text : null) };
  return loadSweep({ folder: "", file: "x.yaml", settings, files, totalMemoryBytes: 2 ** 34 });
}

function refusal(text: string, ...settings: string[]): string {
  try {
    sweepOf(text, ...settings);
    return "no complaint";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

const valuesOf = ({ cells }: Sweep) => cells.map(({ values }) => values.join(" "));

describe("cells", () => {
  test("are every combination of the grid with every step of the zip, the first axis slowest", () => {
    const sweep = sweepOf(`${BASE}sweep:
  grid: {rootchain.committee: [4, 7], network.backbone.loss: [0 %, 1 %]}
  zip: {duration: [1 min, 2 min], rootchain.round: [3 s, 5 s]}
`);
    expect(sweep.axes).toEqual(["rootchain.committee", "network.backbone.loss", "duration", "rootchain.round"]);
    expect(valuesOf(sweep)).toEqual([
      "4 0 % 1 min 3 s",
      "4 0 % 2 min 5 s",
      "4 1 % 1 min 3 s",
      "4 1 % 2 min 5 s",
      "7 0 % 1 min 3 s",
      "7 0 % 2 min 5 s",
      "7 1 % 1 min 3 s",
      "7 1 % 2 min 5 s",
    ]);
    expect(sweep.cells.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const fourth = sweep.cells[3]?.scenario;
    expect([fourth?.rootchain.committee, fourth?.rootchain.roundUs, fourth?.durationUs]).toEqual([4, 5e6, 120e6]);
    expect(fourth?.network.backbone.lossProbability).toBe(0.01);
  });

  test("are the scenarios that --set makes of the same file", () => {
    const text = `${BASE}devices:
  - {on: home, count: 3, link: "802.15.4", sleep: {every: 1 min, awake: 30 s}}
subchains: [{name: home, operators: 4}]
sweep:
  grid:
    devices.0.link: ["802.15.4", wifi, {lora: {spreadingFactor: 7}}]
    rootchain: [{delegates: 13, committee: 7}, {delegates: 21, committee: 11}]
    perturbation: [0, 5]
`;
    const { cells } = sweepOf(text);
    expect(cells).toHaveLength(12);
    for (const { settings, scenario } of cells) expect(loadText(text, ...settings)).toEqual(scenario);
  });

  test("are kept where all conditions hold, whatever the units", () => {
    const grid =
      "grid: {rootchain.committee: [4, 7, 13], rootchain.delegates: [7, 13], rootchain.round: [900 ms, 2 s]}";
    const where = (text: string) => valuesOf(sweepOf(`${BASE}sweep:\n  ${grid}\n  where: ${text}\n`));
    expect(where('["rootchain.committee < rootchain.delegates", "rootchain.round < 1 s"]')).toEqual([
      "4 7 900 ms",
      "4 13 900 ms",
      "7 13 900 ms",
    ]);
    expect(where('"rootchain.committee = rootchain.delegates"')).toEqual([
      "7 7 900 ms",
      "7 7 2 s",
      "13 13 900 ms",
      "13 13 2 s",
    ]);
  });

  test("have one seed a replication, the same in all, counted up from the scenario's", () => {
    expect(sweepOf(`${BASE}replications: 3\nseed: 8\n`).seeds).toEqual(["8", "9", "10"]);
    expect(sweepOf(`${BASE}replications: 3\nseed: alpha\n`).seeds).toEqual(["alpha", "alpha-2", "alpha-3"]);
    expect(sweepOf(`${BASE}sweep: {grid: {rootchain.committee: [4]}}\n`).seeds).toHaveLength(5);
    expect(valuesOf(sweepOf(`${BASE}replications: 2\n`))).toEqual([""]);
  });

  test("merge with what extends and --set say, nested or dotted", () => {
    const text = `${BASE}sweep: {grid: {rootchain: {committee: [4, 7]}}}\nreplications: 2\n`;
    const changed = sweepOf(text, "sweep.grid.rootchain.committee=[5]", "sweep.grid.rootchain.round=[3 s, 4 s]");
    expect(changed.axes).toEqual(["rootchain.committee", "rootchain.round"]);
    expect(valuesOf(changed)).toEqual(["5 3 s", "5 4 s"]);
  });

  test("leave the scenario of other commands as it is without the sweep", () => {
    const swept = `${BASE}sweep: {grid: {rootchain.committee: [4, 5]}}\nreplications: 2\n`;
    expect(loadText(swept)).toEqual(loadText(BASE));
  });
});

describe("a cell that makes no scenario", () => {
  test("is told at its value, once, with the values of the first such cell", () => {
    const text = `${BASE}sweep:
  grid:
    rootchain.committee: [7, 30]
    network.backbone.loss: [0 %, 1 %]
`;
    expect(refusal(text)).toBe(`x.yaml:6:30: a committee of 30 is larger than the 13 delegates
    6 |     rootchain.committee: [7, 30]
      |                              ^^
      = expected at most 13
      = in the cell rootchain.committee = 30, network.backbone.loss = 0 %, and 1 more`);
  });

  test("may have an unknown key in its path, which is told at that word", () => {
    const answer = refusal(`${BASE}sweep:\n  grid:\n    "rootchain.comittee": [7, 9]\n`);
    expect(answer).toContain('x.yaml:6:16: unknown key "comittee"');
    expect(answer).toContain("      |                ^^^^^^^^\n");
    expect(answer).toContain('did you mean "committee"?');
    expect(answer).toContain("in the cell rootchain.comittee = 7, and 1 more");
  });

  test("is told with the others, all at once", () => {
    const text = `${BASE}sweep: {grid: {rootchain.committee: [0, 7], duration: [1 s, 1 min, 3]}}\n`;
    const places = refusal(text)
      .split("\n\n")
      .map((each) => each.split(": ", 1)[0]);
    expect(places).toEqual(["x.yaml:4:38", "x.yaml:4:56", "x.yaml:4:68"]);
  });
});

test("a setting of what the sweep varies is refused", () => {
  const text = `${BASE}sweep: {grid: {rootchain.committee: [4, 7]}}\n`;
  expect(refusal(text, "rootchain.committee=5")).toMatch(
    /^--set rootchain\.committee=5: the sweep varies rootchain\.committee/,
  );
  expect(sweepOf(text, "rootchain.delegates=21").cells[0]?.scenario.rootchain.delegates).toBe(21);
});

test("a file without a sweep is no file to sweep", () => {
  expect(refusal(BASE)).toMatch(/^x\.yaml: there is nothing to sweep/);
});

test.each(["__proto__.x", "rootchain.__proto__", "constructor", "rootchain.prototype"])("%s is no axis", (path) => {
  const text = `${BASE}sweep: {grid: {${path}: [1]}}\n`;
  expect(refusal(text)).toMatch(/^x\.yaml:4:\d+: .*(names no value|unknown key|never allowed)/);
  expect(complaints(text).length).toBeLessThanOrEqual(1);
});
