import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CheckRun } from "../../campaign/index.ts";
import { ENDLESS, ended, SMALL, until, Workplace } from "./orrery.ts";

function runsOf(stdout: string): CheckRun[] {
  return (JSON.parse(stdout) as { runs: CheckRun[] }).runs;
}

describe("check", () => {
  const workplace = new Workplace({
    "small.yaml": SMALL,
    "failing.yaml": SMALL.replace(">= 5", ">= 500").replace("small-run", "failing"),
    "long.yaml": SMALL.replace("smoke", "long").replace("small-run", "long"),
  });

  test("gives the same runs on one worker and on three, equal to those of run", () => {
    const [one, three] = ["1", "3"].map((jobs) => {
      const { status, stdout } = workplace.run("check", "small.yaml", "--seeds", "1..4", "--jobs", jobs, "--json");
      expect(status).toBe(0);
      return runsOf(stdout).map(({ seed, verdict, digest }) => ({ seed, verdict, digest }));
    });
    expect(three).toEqual(one);
    expect(one?.map(({ seed }) => seed)).toEqual(["1", "2", "3", "4"]);
    const alone = JSON.parse(workplace.run("run", "small.yaml", "--seed", "3", "--json").stdout) as { digest: string };
    expect(one?.[2]?.digest).toBe(alone.digest);
  });

  test("prints a table with digests, fails with the failing run and repeats it in one line", () => {
    const { status, stdout } = workplace.run("check", "small.yaml", "failing.yaml", "long.yaml", "--jobs", "2");
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^scenario +seed +verdict +digest +detail\nsmall-run +1 +pass +[0-9a-f]{16}\nfailing +1 +fail +[0-9a-f]{16} +height: /,
    );
    expect(stdout).toContain("\nREPRO: npx orrery run failing.yaml --seed 1\n2 runs of 2 scenarios: 1 pass, 1 fail\n");
  });

  test("takes long scenarios only when told", () => {
    const left = workplace.run("check", "long.yaml");
    expect([left.status, left.stderr]).toEqual([
      2,
      "long.yaml: left out, as it is long (--tier long)\nno scenario to check; name files, or more tiers with --tier\n",
    ]);
    expect(workplace.run("check", "long.yaml", "--tier", "long").status).toBe(0);
  });

  test("writes a JUnit report and journals each seed before it starts", () => {
    workplace.run("check", "small.yaml", "failing.yaml", "--seeds", "1,2", "--jobs", "1", "--junit", "out/junit.xml");
    const junit = readFileSync(workplace.path("out/junit.xml"), "utf8");
    expect(junit).toContain('<testsuite name="small-run" tests="2" failures="0"');
    expect(junit).toContain('<testsuite name="failing" tests="2" failures="2"');
    const journal = readFileSync(workplace.path("results/check.journal"), "utf8").trim().split("\n");
    const entries = journal.map((line) => JSON.parse(line) as { start?: string; end?: string });
    const command = (name: string, seed: number) => `npx orrery run ${name}.yaml --seed ${seed}`;
    expect(entries.map(({ start, end }) => start ?? end)).toEqual(
      [command("small", 1), command("small", 2), command("failing", 1), command("failing", 2)].flatMap((each) => [
        each,
        each,
      ]),
    );
    expect(entries.map(({ start }) => start !== undefined)).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test("writes baselines, holds later runs against them, and tells of it in Markdown", () => {
    const check = (...flags: string[]) => workplace.run("check", "small.yaml", "--jobs", "1", ...flags);
    expect(check("--baseline", "base", "--update-baseline").stderr).toContain("wrote base/small-run.json");
    expect(check("--baseline", "base", "--strict").status).toBe(0);
    expect(check("--baseline", "elsewhere", "--strict").status).toBe(1);
    const file = workplace.path("base/small-run.json");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace(/"height": \d\d?,/u, '"height": 900,'));
    const drifted = check("--baseline", "base", "--markdown", "out/summary.md");
    expect(drifted.status).toBe(1);
    expect(drifted.stdout).toMatch(/height: \d+ count, was 900 count, tolerated ± 5 %/);
    expect(readFileSync(workplace.path("out/summary.md"), "utf8")).toMatch(/^## ❌ Orrery: 1 of 1 runs failed/);
    writeFileSync(file, "{");
    expect([check("--baseline", "base").status, check("--baseline", "base").stdout]).toEqual([2, ""]);
  });

  test("a worker that outgrows its memory costs its own run only", () => {
    const { status, stdout } = workplace.run("check", "small.yaml", "--memory", "20", "--jobs", "1", "--json");
    expect(status).toBe(1);
    const [run] = runsOf(stdout);
    expect(run).toMatchObject({ verdict: "lost", digest: "", reproduce: "npx orrery run small.yaml --seed 1" });
    expect(run?.detail).toMatch(/^took \d+ MiB of memory$/);
  });
});

/** The processes that a process started; never 0, which would be everybody of one's own group. */
function childrenOf(process: number): number[] {
  const listed = readFileSync(`/proc/${process}/task/${process}/children`, "utf8");
  return listed
    .split(" ")
    .map(Number)
    .filter((pid) => pid > 0);
}

test("a killed worker is told as lost, the others go on", async () => {
  const workplace = new Workplace({ "endless.yaml": ENDLESS, "small.yaml": SMALL });
  const child = workplace.start("check", "endless.yaml", "small.yaml", "--jobs", "1", "--json");
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const hasBegun = () =>
    workplace.files("results").includes("check.journal") &&
    readFileSync(workplace.path("results/check.journal"), "utf8").includes("start");
  // A run is told as started before its worker is.
  await until(() => hasBegun() && childrenOf(child.pid as number).length > 0, child);
  const workers = childrenOf(child.pid as number);
  expect(workers).toHaveLength(1);
  process.kill(workers[0] as number, "SIGKILL");
  const { code } = await ended(child);
  expect(code).toBe(1);
  expect(runsOf(stdout).map(({ verdict, detail }) => [verdict, detail])).toEqual([
    ["lost", "its process ended (SIGKILL)"],
    ["pass", ""],
  ]);
});

test("Ctrl-C ends a check, its workers and its claim to completeness", async () => {
  const workplace = new Workplace({ "endless.yaml": ENDLESS });
  const child = workplace.start("check", "endless.yaml", "--seeds", "1..3", "--jobs", "2");
  await until(() => workplace.files("results").length > 0, child);
  child.kill("SIGINT");
  const { code, stderr } = await ended(child);
  expect(code).toBe(130);
  expect(stderr).toMatch(/^budget: .*\ninterrupted: 0 of 3 runs ended; the others say nothing\n$/u);
});
