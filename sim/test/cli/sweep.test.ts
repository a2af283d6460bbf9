import { readdirSync, readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { ended, SMALL, until, Workplace } from "./orrery.ts";

const SWEPT = `${SMALL}sweep:
  grid:
    rootchain.delegates: [4, 5]
    network.backbone.loss: [0 %, 2 %]
replications: 2
`;

const HUGE = `${SMALL}sweep:
  grid: {rootchain.fullNodes: [1, 20000]}
replications: 1
`;

/** What `check` and `sweep` print on standard error before they start. */
const BUDGET =
  /^budget: about \d+ MiB of memory at the most, about .* of one core(, .* with \d+ of \d+ runs at once)?\n/mu;

const FOLDER = "results/small-run/sweep";
const TABLES = ["runs.csv", "runs.parquet", "samples.csv", "samples.parquet", "sweep.csv", "sweep.parquet"];

interface Swept {
  readonly seeds: string[];
  readonly missing?: number;
  readonly cells: {
    readonly cell: number;
    readonly values: Record<string, string>;
    readonly runs: {
      readonly seed: string;
      readonly verdict: string;
      readonly digest: string;
      readonly reproduce: string;
    }[];
    readonly figures: {
      readonly name: string;
      readonly samples: number;
      readonly mean: number;
      readonly high: number;
    }[];
  }[];
}

const parsed = (stdout: string) => JSON.parse(stdout) as Swept;

/** @returns the bytes of every table, in hexadecimal digits */
function bytesOf(workplace: Workplace, folder: string, suffix = ""): string[] {
  return TABLES.map((name) => readFileSync(workplace.path(folder, name + suffix), "hex"));
}

describe("sweep", () => {
  const workplace = new Workplace({ "small.yaml": SWEPT });

  test("leaves the same bytes on one worker and on two, and the digests of run", async () => {
    const [one, two] = ["1", "2"].map((jobs) => {
      const { status, stdout } = workplace.run("sweep", "small.yaml", "--jobs", jobs, "--out", `out-${jobs}`, "--json");
      expect(status).toBe(0);
      return parsed(stdout);
    });
    expect(two?.cells).toEqual(one?.cells);
    expect(bytesOf(workplace, "out-2/small-run/sweep")).toEqual(bytesOf(workplace, "out-1/small-run/sweep"));
    expect(one?.cells.map(({ values }) => Object.values(values))).toEqual([
      ["4", "0 %"],
      ["4", "2 %"],
      ["5", "0 %"],
      ["5", "2 %"],
    ]);
    const last = one?.cells[3]?.runs[1];
    expect(last?.reproduce).toBe(
      "npx orrery run small.yaml --seed 2 --set rootchain.delegates=5 --set 'network.backbone.loss=2 %'",
    );
    const settings = ["--seed", "2", "--set", "rootchain.delegates=5", "--set", "network.backbone.loss=2 %"];
    const alone = JSON.parse(workplace.run("run", "small.yaml", ...settings, "--json").stdout) as { digest: string };
    expect(last?.digest).toBe(alone.digest);
    expect(new Set(one?.cells.flatMap(({ runs }) => runs.map(({ digest }) => digest))).size).toBe(8);

    const csv = readFileSync(workplace.path("out-1/small-run/sweep/sweep.csv"), "utf8").trim().split("\n");
    expect(csv[0]).toBe(
      "cell,rootchain.delegates,network.backbone.loss,figure,unit,samples,mean,deviation,low95,high95",
    );
    const bytes = readFileSync(workplace.path("out-1/small-run/sweep/sweep.parquet"));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(csv.length - 1);
    expect(
      rows.map((row) =>
        Object.values(row)
          .map((value) => String(value ?? ""))
          .join(","),
      ),
    ).toEqual(csv.slice(1));
  });

  test("prints a row a cell, and says of other commands what they run", () => {
    const { status, stdout, stderr } = workplace.run("sweep", "small.yaml", "--set", "replications=1", "--jobs", "2");
    expect(status).toBe(0);
    expect(stderr).toMatch(BUDGET);
    expect(stderr.replace(BUDGET, "")).toBe("");
    expect(stdout).toMatch(
      /^cell {2}rootchain\.delegates {2}network\.backbone\.loss {2}verdicts {2}height\n1 +4 +0 % +1 pass +9 \(1\)\n/,
    );
    expect(stdout).toContain("\n4 runs: 4 pass\n");
    const note =
      "note: small.yaml has a sweep of 4 cells × 2, and this is what stands beside it: orrery sweep small.yaml runs them\n";
    expect(workplace.run("run", "small.yaml").stderr).toMatch(new RegExp(`^${note}budget: about .*\n$`));
    expect(workplace.run("check", "small.yaml").stderr.replace(BUDGET, "")).toBe(note);
  });

  test("lists its cells in a dry run and writes nothing", () => {
    const dry = new Workplace({ "small.yaml": SWEPT });
    const { status, stdout } = dry.run("sweep", "small.yaml", "--dry-run");
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n4 +5 +2 %\n4 cells × 2 seeds \(1 … 2\) = 8 runs\nbudget: about /);
    const object = JSON.parse(dry.run("sweep", "small.yaml", "--dry-run", "--json").stdout) as { runs: number };
    expect(object.runs).toBe(8);
    expect(dry.files()).toEqual(["small.yaml"]);
  });

  test("refuses what is wrong and writes nothing", () => {
    const wrong = new Workplace({ "wrong.yaml": SWEPT.replace("[4, 5]", "[4, 3]"), "small.yaml": SWEPT });
    const { status, stderr } = wrong.run("sweep", "wrong.yaml");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^wrong\.yaml:\d+:\d+: a committee of 4 is larger than the 3 delegates/);
    expect(stderr).toContain("= in the cell rootchain.delegates = 3, network.backbone.loss = 0 %, and 1 more");
    expect(wrong.run("sweep", "small.yaml", "--jobs", "0").status).toBe(2);
    expect(wrong.run("sweep", "small.yaml", "--resume").stderr).toMatch(/there is no journal to resume from/);
    expect(wrong.files()).toEqual(["small.yaml", "wrong.yaml"]);
  });

  test("fails when a cell's expectation does, and keeps its figures", () => {
    const { status, stdout } = workplace.run("sweep", "small.yaml", "--set", 'expect.height="> 500"', "--json");
    expect(status).toBe(1);
    const { cells } = parsed(stdout);
    expect(cells.flatMap(({ runs }) => runs.map(({ verdict }) => verdict))).toEqual(Array(8).fill("fail"));
    expect(cells[0]?.figures.find(({ name }) => name === "height")?.samples).toBe(2);
  });
});

test("a run that takes too much memory costs its cell alone, and is tried again on --resume", () => {
  const workplace = new Workplace({ "huge.yaml": HUGE });
  const sweep = (...flags: string[]) => workplace.run("sweep", "huge.yaml", "--jobs", "1", "--memory", "150", ...flags);
  const { status, stdout } = sweep("--json");
  expect(status).toBe(1);
  const verdicts = parsed(stdout).cells.map(({ runs }) => runs.map(({ verdict }) => verdict));
  expect(verdicts).toEqual([["pass"], ["lost"]]);
  expect(readFileSync(workplace.path(FOLDER, "runs.csv"), "utf8")).toMatch(/\n2,20000,1,lost,,/);
  expect(sweep("--resume").stderr).toContain("resumed: 1 of 2 runs had ended");
});

test("Ctrl-C keeps what has ended, says what is missing, and --resume makes the same tables as an unbroken sweep", async () => {
  const text = SWEPT.replace("replications: 2", "replications: 3");
  const [broken, whole] = [new Workplace({ "small.yaml": text }), new Workplace({ "small.yaml": text })];
  const child = broken.start("sweep", "small.yaml", "--jobs", "1");
  const lines = () =>
    broken.files("results").includes("small-run/sweep/sweep.journal")
      ? readFileSync(broken.path(FOLDER, "sweep.journal"), "utf8").split("\n").length - 1
      : 0;
  await until(() => lines() >= 2, child);
  child.kill("SIGINT");
  const { code, stderr } = await ended(child);
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted: \d+ of 12 runs ended, and --resume makes the others:\n {2}cell 1: seeds /);
  expect(stderr).toContain("\n  cell 4: every seed\n");
  expect(readdirSync(broken.path(FOLDER)).filter((name) => !name.endsWith(".partial"))).toEqual(["sweep.journal"]);
  const partial = readFileSync(broken.path(FOLDER, "manifest.json.partial"), "utf8");
  expect(JSON.parse(partial)).toMatchObject({ complete: false });

  const resumed = broken.run("sweep", "small.yaml", "--jobs", "2", "--resume");
  expect(resumed.status).toBe(0);
  expect(resumed.stderr.replace(BUDGET, "")).toMatch(/^resumed: [1-9]\d* of 12 runs had ended\n$/);
  expect(whole.run("sweep", "small.yaml", "--jobs", "2").status).toBe(0);
  expect(bytesOf(broken, FOLDER)).toEqual(bytesOf(whole, FOLDER));
});
