import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ENDLESS, ended, SMALL, until, Workplace } from "./orrery.ts";

const RUN = ["results", "small-run", "1"];
const WHOLE = ["manifest.json", "metrics.csv", "summary.json", "trace.orrery"];

function json(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

/** What two runs must agree on. How often checkers looked is theirs: nodes that share blocks are looked at once. */
function findings(text: string): object {
  const { measured, files, expectations, ...same } = json(text);
  expect([measured, files]).not.toContain(undefined);
  return {
    ...same,
    verdicts: (expectations as { name: string; verdict: string }[]).map(({ name, verdict }) => [name, verdict]),
  };
}

const BUDGET = /^budget: about \d+ MiB of memory at the most, about .* of one core\n/;

describe("a run", () => {
  const workplace = new Workplace({ "small.yaml": SMALL });
  let printed: Record<string, unknown>;

  beforeAll(() => {
    const { status, stdout, stderr } = workplace.run("run", "small.yaml", "--json");
    expect(stderr).toMatch(BUDGET);
    expect(stderr.replace(BUDGET, "")).toBe("");
    expect(status).toBe(0);
    printed = json(stdout);
  });

  test("prints the documented object, keys in order", () => {
    expect(Object.keys(printed)).toEqual([
      ...["scenario", "seed", "codeVersion", "digest", "verdict", "simulatedSeconds", "events", "messages", "measured"],
      ...[
        "question",
        "nodes",
        "chains",
        "transfers",
        "loads",
        "figures",
        "expectations",
        "faults",
        "violations",
        "culprits",
        "files",
      ],
    ]);
    expect(printed).toMatchObject({ scenario: "small-run", seed: "1", verdict: "pass", simulatedSeconds: 30 });
    expect(printed.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("leaves whole files, and in them what it printed", () => {
    expect(workplace.files(...RUN)).toEqual(WHOLE);
    expect(json(readFileSync(workplace.path(...RUN, "summary.json"), "utf8"))).toEqual(printed);
    const manifest = json(readFileSync(workplace.path(...RUN, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ complete: true, seed: "1", digest: printed.digest });
    expect(manifest.command).toBe("npx orrery run small.yaml --seed 1");
    expect(readFileSync(workplace.path(...RUN, "metrics.csv"), "utf8")).toMatch(/^time,chain,node,metric,value\n\d/);
  });

  test.each([
    ["again", []],
    ["without a trace", ["--trace", "off"]],
    ["with protocol trace", ["--trace", "protocol"]],
    ["paranoid", ["--paranoid"]],
    ["on the other library", ["--crypto-backend", "noble"]],
  ])("gives the same bytes %s, but for what is measured", (_, flags) => {
    const { stdout } = workplace.run("run", "small.yaml", "--json", "--out", "other", ...flags);
    expect(findings(stdout)).toEqual(findings(JSON.stringify(printed)));
  });

  test("another seed, setting or perturbation gives another digest", () => {
    const flags = [
      ["--seed", "2"],
      ["--set", "rootchain.round=2 s"],
      ["--perturb", "1"],
    ];
    const digests = flags.map(
      (words) => json(workplace.run("run", "small.yaml", "--json", "--trace", "off", ...words).stdout).digest,
    );
    expect(new Set([...digests, printed.digest]).size).toBe(4);
  });

  test("is plain text on a pipe, with the verdict, the digest and where the files are", () => {
    const { stdout, stderr } = workplace.run("run", "small.yaml");
    expect(stderr.replace(BUDGET, "")).toBe("");
    expect(stdout).toMatch(/^small-run · seed 1 · PASS\n/);
    expect(stdout).toContain(`digest ${printed.digest}`);
    expect(stdout).toContain("results/small-run/1: trace.orrery, summary.json, metrics.csv, manifest.json");
    const escapeCharacter = String.fromCharCode(27);
    expect(stdout).not.toContain(escapeCharacter);
  });

  test("--dry-run shows the effective scenario with its units resolved, and writes nothing", () => {
    const dry = new Workplace({ "small.yaml": SMALL });
    const { status, stdout } = dry.run("run", "small.yaml", "--dry-run", "--json", "--set", "rootchain.round=2 s");
    expect(status).toBe(0);
    expect(json(stdout)).toMatchObject({
      durationUs: 30_000_000,
      rootchain: { roundUs: 2_000_000, seedRule: "two-back" },
    });
    const text = dry.run("run", "small.yaml", "--dry-run").stdout;
    expect(text).toMatch(/\n# budget: about \d+ MiB of memory at the most, about [\d.]+ s of one core\n$/);
    expect(dry.files()).toEqual(["small.yaml"]);
  });

  test("--until ends it early", () => {
    const { simulatedSeconds, events } = json(workplace.run("run", "small.yaml", "--json", "--until", "10s").stdout);
    expect(simulatedSeconds).toBeLessThanOrEqual(10);
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(printed.events as number);
  });
});

test("a failed expectation exits 1 and says how to repeat it", () => {
  const workplace = new Workplace({ "small.yaml": SMALL.replace(">= 5", ">= 500") });
  const { status, stdout } = workplace.run(
    "run",
    "small.yaml",
    "--trace",
    "off",
    "--set",
    "network.backbone.loss=0.1 %",
  );
  expect(status).toBe(1);
  expect(stdout).toContain("FAIL");
  expect(stdout).toContain("REPRO: npx orrery run small.yaml --seed 1 --set 'network.backbone.loss=0.1 %'\n");
});

test("a fault that never bit is inconclusive: a failure under --strict only", () => {
  const fault = "faults:\n  - {at: 10 s, degrade: {of: full-nodes, loss: 0 %}}\n";
  const workplace = new Workplace({ "small.yaml": SMALL + fault });
  expect(workplace.run("run", "small.yaml", "--trace", "off").status).toBe(0);
  expect(workplace.run("run", "small.yaml", "--trace", "off", "--strict").status).toBe(1);
});

describe("what never became whole never passes for whole", () => {
  test("Ctrl-C ends a run cleanly, and all it leaves says so", async () => {
    const workplace = new Workplace({ "endless.yaml": ENDLESS });
    const child = workplace.start("run", "endless.yaml");
    const folder = ["results", "endless", "1"];
    await until(
      () =>
        existsSync(workplace.path(...folder, "trace.orrery.partial")) &&
        statSync(workplace.path(...folder, "trace.orrery.partial")).size > 0,
      child,
    );
    child.kill("SIGINT");
    const { code, stderr } = await ended(child);
    expect(code).toBe(130);
    expect(stderr.replace(BUDGET, "")).toMatch(/^interrupted at .* ends in \.partial\n$/);
    expect(workplace.files(...folder)).toEqual(WHOLE.map((name) => `${name}.partial`));
    const summary = json(readFileSync(workplace.path(...folder, "summary.json.partial"), "utf8"));
    expect(summary).toMatchObject({ verdict: "inconclusive", interrupted: true });
    const info = workplace.run("trace", workplace.path(...folder, "trace.orrery.partial"), "info", "--json");
    expect(json(info.stdout)).toMatchObject({ ending: "interrupted", damage: [] });
  });

  test("a killed run leaves partial names only", async () => {
    const workplace = new Workplace({ "endless.yaml": ENDLESS });
    const child = workplace.start("run", "endless.yaml");
    await until(() => workplace.files("results", "endless", "1").length > 0, child);
    child.kill("SIGKILL");
    expect((await ended(child)).signal).toBe("SIGKILL");
    expect(workplace.files("results")).toEqual(["endless/1/trace.orrery.partial"]);
  });

  test("a full disk ends the run with one clear line, and the whole run that was there stays whole", () => {
    const workplace = new Workplace({ "small.yaml": SMALL });
    const before = json(workplace.run("run", "small.yaml", "--json").stdout);
    symlinkSync("/dev/full", workplace.path(...RUN, "trace.orrery.partial"));
    const { status, stderr, stdout } = workplace.run("run", "small.yaml", "--seed", "1", "--perturb", "3");
    expect(stderr.replace(BUDGET, "")).toBe(
      "cannot write results/small-run/1/trace.orrery.partial: no space is left on the device\n",
    );
    expect([status, stdout]).toEqual([2, ""]);
    expect(workplace.files(...RUN)).toEqual(WHOLE);
    expect(json(readFileSync(workplace.path(...RUN, "manifest.json"), "utf8")).digest).toBe(before.digest);
  });

  test("a full disk at the very end leaves nothing new either", () => {
    const workplace = new Workplace({ "small.yaml": SMALL });
    mkdirSync(workplace.path(...RUN), { recursive: true });
    symlinkSync("/dev/full", workplace.path(...RUN, "manifest.json.partial"));
    expect(workplace.run("run", "small.yaml").status).toBe(2);
    expect(workplace.files("results")).toEqual([]);
  });
});
