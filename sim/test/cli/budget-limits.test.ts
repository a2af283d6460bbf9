import { describe, expect, test } from "vitest";
import { fittingJobs, type PlannedRun, refuseBeyond, runsBudget } from "../../cli/budget-limits.ts";
import { estimateBudget, openScenario, UserError } from "../../scenario/index.ts";
import { SMALL, Workplace } from "./orrery.ts";

const LONG = SMALL.replace("30 s", "2 h").replace("rate: 1/s", "rate: 200/s");

function planned(text: string, seeds = 1): PlannedRun {
  const files = { read: () => text };
  const request = { folder: "", file: "x.yaml", settings: [], files, totalMemoryBytes: 2 ** 50 };
  const { scenario, places } = openScenario(request);
  return { scenario, seeds, places: () => places };
}

const SIZE = estimateBudget(planned(SMALL).scenario).memoryBytes;
const ANY = { timeMs: Number.POSITIVE_INFINITY, memoryBytes: 2 ** 50, runMemoryBytes: Number.POSITIVE_INFINITY };

function refusal(...refused: Parameters<typeof refuseBeyond>): string {
  try {
    refuseBeyond(...refused);
    return "";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe("the budget of many runs", () => {
  test("in memory is that of the largest, as often as it runs at once, and no more than a worker may take", () => {
    const both = [planned(SMALL, 3), planned(LONG)];
    const largest = estimateBudget(planned(LONG).scenario).memoryBytes;
    expect(runsBudget(both, 3, ANY)).toMatchObject({ runs: 4, atOnce: 3, memoryBytes: 3 * largest });
    expect(runsBudget(both, 9, ANY).memoryBytes).toBe(4 * largest);
    expect(runsBudget(both, 2, { runMemoryBytes: 1000 }).memoryBytes).toBe(2000);
  });

  test("in time is that of all runs over the cores, and never less than the longest takes", () => {
    const [one, long] = [estimateBudget(planned(SMALL).scenario), estimateBudget(planned(LONG).scenario)];
    expect(runsBudget([planned(SMALL, 10)], 1, ANY).wallSeconds).toBeCloseTo(10 * one.cpuSeconds);
    expect(runsBudget([planned(SMALL), planned(LONG)], 1000, ANY).wallSeconds).toBeGreaterThanOrEqual(long.cpuSeconds);
  });

  test("makes as many runs at once as fit where nobody says how many, and always one", () => {
    expect(fittingJobs([planned(SMALL, 9)], { ...ANY, memoryBytes: 1.5 * SIZE })).toBe(1);
    expect(fittingJobs([planned(SMALL, 9)], { ...ANY, memoryBytes: 0 })).toBe(1);
    expect(fittingJobs([], ANY)).toBeGreaterThanOrEqual(1);
  });
});

describe("runs beyond their budget are refused where most of it goes", () => {
  test("in memory, with how many would fit", () => {
    const runs = [planned(SMALL.replace("delegates: 4", "delegates: 9"), 8)];
    expect(refusal(runs, 2, { ...ANY, memoryBytes: 3 * SIZE })).toBe("");
    expect(refusal(runs, 5, { ...ANY, memoryBytes: 4.5 * SIZE })).toMatch(
      /^x\.yaml:5:\d+: 5 runs at once would take about \d+ MiB of memory, \d+ MiB for one such as this\n.*\n.*\n {6}= expected .*: --jobs 4 fits, or fewer nodes/u,
    );
    expect(refusal(runs, 5, { ...ANY, memoryBytes: SIZE, runMemoryBytes: SIZE / 5 })).toBe("");
  });

  test("in time, with until when it would fit", () => {
    const text = refusal([planned(LONG)], 1, { ...ANY, timeMs: 60_000 });
    expect(text).toMatch(/^x\.yaml:8:3: this run would take about .* of one core, its largest part for workload\n/u);
    expect(text).toContain(
      "= expected a time within 1 min, the --time-budget: less load, or a shorter duration such as",
    );
    const [, until = ""] = /--until (\d+)s/u.exec(text) ?? [];
    const durationUs = Number(until) * 1e6;
    const { scenario, ...rest } = planned(LONG);
    const ending = (us: number) => [{ ...rest, scenario: { ...scenario, durationUs: us } }];
    expect(refusal(ending(durationUs), 1, { ...ANY, timeMs: 60_000 })).toBe("");
    expect(refusal(ending(durationUs * 1.1), 1, { ...ANY, timeMs: 60_000 })).not.toBe("");
  });

  test("in time of many, by the longest of them", () => {
    const text = refusal([planned(SMALL), planned(LONG, 4)], 2, { ...ANY, timeMs: 300_000 });
    expect(text).toMatch(/^x\.yaml:8:3: these 5 runs would take about .* of .* cores?, and this one .*\n/u);
    expect(text).toContain("the --time-budget: less load, a shorter duration, fewer seeds or fewer runs");
  });

  test("in time that no run could start in", () => {
    expect(refusal([planned(SMALL)], 1, { ...ANY, timeMs: 100 })).toMatch(
      /the --time-budget: a longer one, as any run takes about [\d.]+ s to start$/u,
    );
  });
});

describe("--time-budget", () => {
  const workplace = new Workplace({ "long.yaml": LONG, "many.yaml": `${SMALL}replications: 1000\n` });
  const refused = (...words: string[]) => {
    const { status, stdout, stderr } = workplace.run(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(workplace.files()).toEqual(["long.yaml", "many.yaml"]);
    return stderr;
  };

  test.each([[["run"]], [["run", "--dry-run"]], [["check"]]])(
    "refuses a long run by %j, and nothing is written",
    (words) => {
      const [command = "", ...flags] = words;
      const stderr = refused(command, "long.yaml", ...flags, "--time-budget", "1m");
      expect(stderr).toMatch(/^long\.yaml:8:3: this run would take about .* of one core/u);
    },
  );

  test("lets pass what fits, such as the run up to the time that it was told", () => {
    const flags = ["--dry-run", "--time-budget", "1 min", "--until", "30s"];
    expect(workplace.run("run", "long.yaml", ...flags).status).toBe(0);
  });

  test("refuses a sweep, whose cells take long together", () => {
    expect(refused("sweep", "many.yaml", "--dry-run", "--time-budget", "10m")).toMatch(
      /: these 1000 runs would take /u,
    );
  });

  test("is a time", () => {
    expect(refused("check", "long.yaml", "--time-budget", "10")).toBe(
      "--time-budget 10: expected a time such as 10m or 90s\n",
    );
  });
});

test("more jobs than fit the memory of any machine are refused by check and by sweep, in a dry run too", () => {
  const text = `${SMALL.replace("fullNodes: 1", "fullNodes: 10000")}replications: 1000\n`;
  const workplace = new Workplace({ "many.yaml": text });
  for (const words of [
    ["sweep", "many.yaml", "--jobs", "1000", "--dry-run"],
    ["sweep", "many.yaml", "--jobs", "1000"],
    ["check", "many.yaml", "--seeds", "1..1000", "--jobs", "1000"],
  ]) {
    const { status, stdout, stderr } = workplace.run(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/: 1000 runs at once would take about \d+ MiB of memory.*\n.*\n.*\n.*--jobs \d+ fits/u);
    expect(workplace.files()).toEqual(["many.yaml"]);
  }
});
