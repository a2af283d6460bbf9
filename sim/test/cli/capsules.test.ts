import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDeepLink } from "../../../viz/model/deep-link.ts";
import { BUGS, OTHERS } from "../../bench/mutants/bugs.ts";
import { type Planted, plant } from "../../bench/mutants/planting.ts";
import { failureOf, makeCapsule, readCapsule, writeCapsule } from "../../campaign/index.ts";
import type { Scenario } from "../../scenario/index.ts";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";
import { ended, ROOT, SMALL, until, Workplace } from "./orrery.ts";

/** Two of four make two quorums: one height gets two blocks. */
const TWO_LIARS = `name: two-liars
question: Do two of four break agreement?
seed: 3
crypto: modelled
duration: 20 s
rootchain: {delegates: 4, committee: 4, iterations: 3, round: 2 s}
network: {backbone: {regions: lan, bandwidth: 100 Mbit/s}}
workload: [{transfer: {rate: 1/s, accounts: 5}}]
faults: [{at: 1 s, for: 1 s, slow: {of: delegates 0, factor: 2}}]
adversaries: [{of: delegates, count: 2, strategy: equivocate}]
expect: {safety: always}
`;

function capsuleOf(scenario: Scenario, codeVersion = "0".repeat(16)) {
  const { summary, digest } = outcomeOf(scenario);
  const failure = failureOf(summary) ?? { kind: "crash", what: "nothing", where: "" };
  return makeCapsule({ scenario, codeVersion, origin: "a test", expected: { digest, failure } });
}

const CAPSULE = capsuleOf(loadText(TWO_LIARS));
const workplace = new Workplace({
  "liars.yaml": TWO_LIARS,
  "liars.capsule.yaml": writeCapsule(CAPSULE),
  "sound.capsule.yaml": writeCapsule({ ...CAPSULE, scenario: loadText(SMALL) }),
  "broken.capsule.yaml": writeCapsule(CAPSULE).replace("durationUs: 20000000", "durationUs: .inf\n  luck: 3"),
});

describe("replay", () => {
  let answer: ReturnType<Workplace["run"]>;
  beforeAll(() => {
    answer = workplace.run("replay", "liars.capsule.yaml");
  });

  test("fails as the capsule says, with the same events, and says that other code made it", () => {
    expect(answer.status).toBe(1);
    expect(answer.stdout).toContain(
      "failed: violation: agreement: root/delegate, as the capsule says\ndigest  the same",
    );
    expect(answer.stdout).toContain("REPRO: npx orrery replay liars.capsule.yaml");
    expect(answer.stderr).toMatch(
      /^note: made by code version 0{16}, and this is [0-9a-f]+: it may behave otherwise$/mu,
    );
  });

  test("leaves a story that tells what happened, in order", () => {
    const story = readFileSync(workplace.path("liars.capsule.story.txt"), "utf8");
    expect(answer.stdout.startsWith(story)).toBe(true);
    expect(withoutHashes(story)).toMatchInlineSnapshot(`
      "violation: agreement: root/delegate
      6.007 s at delegate-3: height 3: A where others hold B
      in two-liars, seed 3: 4 nodes, faults: slow-1

           0.000  up again at 0.000 s: delegate-0, delegate-1, delegate-2, delegate-3
           1.000  the fault slow-1 begins
           2.000  the fault slow-1 ends
           6.001  delegate-0 sends proposal to delegate-1, delegate-2
           6.001  delegate-0 sends proposal to delegate-3
           6.002  delegate-0 sends vote to delegate-3
           6.003  delegate-1 sends vote to delegate-3, delegate-0, delegate-2, after proposal from delegate-0
           6.003  delegate-2 sends vote to delegate-1, delegate-0, after proposal from delegate-0
           6.003  delegate-2 sends vote to delegate-3, after proposal from delegate-0
           6.004  delegate-3 sends vote to delegate-1, delegate-0, delegate-2, after proposal from delegate-0
           6.004  hold a certificate of prepares for block B of height 3, view 0: delegate-2, delegate-1, delegate-0 (the last at 6.004 s)
           6.004  hold a certificate of prepares for block A of height 3, view 0: delegate-3
           6.005  delegate-2 sends vote to delegate-3, after vote from delegate-1
           6.005  delegate-2 sends vote to delegate-3, after vote from delegate-3
           6.006  delegate-1 sends vote to delegate-3, delegate-0, delegate-2, after vote from delegate-2
           6.006  evidence against signer 0: delegate-1, delegate-3 (the last at 6.007 s)
           6.006  delegate-1 sends vote to delegate-3, after vote from delegate-3
           6.006  delegate-0 sends vote to delegate-3, after vote from delegate-2
           6.006  delegate-0 sends vote to delegate-3, after vote from delegate-3
           6.007  hold final block B of height 3, view 0: delegate-0, delegate-2, delegate-1 (the last at 6.007 s)
           6.007  hold final block A of height 3, view 0: delegate-3
           6.007  FAILS: height 3: A where others hold B

        conflict on root, height 3: block B of view 0, proposed by delegate-0, signed by delegate-0, delegate-1, delegate-2
        conflict on root, height 3: block A of view 0, proposed by delegate-0, signed by delegate-0, delegate-2, delegate-3
        proven guilty: delegate-0, delegate-2
      "
    `);
  });

  test("leads to a link that opens the viewer at the failure", async () => {
    const [, folder = "", at = ""] = /^view {4}npx orrery view (\S+) --at "(.*)"$/mu.exec(answer.stdout) ?? [];
    const moment = parseDeepLink(at);
    expect(moment).toMatchObject({ chain: "root", timeUs: expect.any(Number), node: expect.any(Number) });
    expect(answer.stdout).toContain(`${((moment.timeUs as number) / 1e6).toFixed(3)} s at delegate-${moment.node}: `);
    const viewer = workplace.start("view", folder, "--at", at);
    let shown = "";
    viewer.stdout?.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    await until(() => shown.includes("Ctrl-C"), viewer);
    expect(shown).toContain(`/?run=${at}\n`);
    viewer.kill("SIGINT");
    await ended(viewer);
  });

  test("of what does not fail any more says so, and is held", () => {
    const { status, stdout } = workplace.run("replay", "sound.capsule.yaml");
    expect(status).toBe(0);
    expect(stdout).toContain("nothing failed; the capsule says violation: agreement: root/delegate\ndigest  another");
  });

  test("of a broken capsule names every mistake at its place, and runs nothing", () => {
    const { status, stdout, stderr } = workplace.run("replay", "broken.capsule.yaml");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^broken\.capsule\.yaml:\d+:15: "\.inf" does not belong here\n.*\n.*\n.*a whole number from 0/u,
    );
    expect(stderr).toMatch(/broken\.capsule\.yaml:\d+:3: unknown key luck\n/u);
  });
});

/** Which block is which matters, and not how it is called. */
function withoutHashes(story: string): string {
  const names = new Map<string, string>();
  return story.replaceAll(/\b[0-9a-f]{8}\b/gu, (hash) => {
    const name = names.get(hash) ?? String.fromCharCode("A".charCodeAt(0) + names.size);
    names.set(hash, name);
    return name;
  });
}

describe("replay of code under test that", () => {
  const planted: Planted[] = [];
  afterAll(() => {
    for (const each of planted) each.remove();
  });

  test.each([
    ["5", "throws", /^failed: crash: InvariantError: a seat counts once: VoteSet.add/mu],
    ["endless-loop", "never ends", /^failed: hang: no end/mu],
    ["memory-eater", "takes all memory", /^failed: memory: out of memory/mu],
  ])(
    "has the bug %s %s tells it, and the story up to then",
    (id, _, told) => {
      const bug = [...BUGS, ...OTHERS].find((each) => each.id === id) as (typeof BUGS)[number];
      const copy = plant(bug, path.join(ROOT, "dist"));
      planted.push(copy);
      const main = fileURLToPath(copy.worker("main"));
      const flags = ["replay", "liars.capsule.yaml", "--memory", "400", "--out", `of-${id}`];
      const answer = spawnSync(process.execPath, [main, ...flags], { cwd: workplace.folder, encoding: "utf8" });
      expect(answer.status).toBe(1);
      expect(answer.stdout).toMatch(told);
      expect(answer.stdout).toContain("digest  another");
      // Whatever ended it, and however early: what it had told until then is a story.
      if (id === "5") expect(answer.stdout).toContain("FAILS: InvariantError: a seat counts once");
      expect(answer.stdout).toContain("story   liars.capsule.story.txt");
    },
    120_000,
  );
});

describe("shrink", () => {
  test("leaves less of what fails, beside it, and tells how much", () => {
    const { status, stdout, stderr } = workplace.run("shrink", "liars.capsule.yaml", "--time", "20s", "--json");
    expect(status).toBe(1);
    const { before, after, reproduced, capsule } = JSON.parse(stdout) as Record<string, Record<string, number>>;
    expect([reproduced, capsule]).toEqual([true, "liars.capsule.small.yaml"]);
    expect(after?.seconds).toBeLessThan(before?.seconds as number);
    expect(after?.operations).toBe(2);
    expect(stderr).toContain("REPRO: npx orrery replay liars.capsule.small.yaml");
    const small = readCapsule(readFileSync(workplace.path("liars.capsule.small.yaml"), "utf8"), "small");
    expect(small.scenario).toMatchObject({ faults: [], workload: [] });
    expect(failureOf(outcomeOf(small.scenario).summary)).toEqual(CAPSULE.expected.failure);
    expect(outcomeOf(small.scenario).digest).toBe(small.expected.digest);
  }, 60_000);

  test("has nothing to do where nothing fails", () => {
    const { status, stdout } = workplace.run("shrink", "sound.capsule.yaml");
    expect([status, stdout]).toEqual([0, "sound.capsule.yaml: does not fail so any more: nothing to shrink\n"]);
    expect(existsSync(workplace.path("sound.capsule.small.yaml"))).toBe(false);
  });

  test("refuses a time that is none", () => {
    const { status, stderr } = workplace.run("shrink", "sound.capsule.yaml", "--time", "soon");
    expect([status, stderr]).toEqual([2, expect.stringContaining("--time soon: ")]);
  });
});

describe("diff", () => {
  beforeAll(() => {
    const other = { ...CAPSULE.scenario, adversaries: [] };
    writeFileSync(workplace.path("honest.capsule.yaml"), writeCapsule({ ...CAPSULE, scenario: other }));
  });

  test("finds nothing between a capsule and itself", () => {
    const { status, stdout } = workplace.run("diff", "liars.capsule.yaml", "liars.capsule.yaml");
    expect([status, stdout]).toEqual([0, "the traces tell the same\nthe figures are the same\n"]);
  });

  test("names the first event at which two runs part, and the figures that differ", () => {
    const { status, stdout } = workplace.run("diff", "liars.capsule.yaml", "honest.capsule.yaml", "--json");
    expect(status).toBe(1);
    const { divergence, figures } = JSON.parse(stdout) as { divergence: object | null; figures: { figure: string }[] };
    expect(divergence).not.toBe(null);
    expect(figures.map(({ figure }) => figure)).toContain("verdict");
  });

  test("refuses what is not there", () => {
    const { status, stderr } = workplace.run("diff", "liars.capsule.yaml", "nowhere");
    expect([status, stderr]).toEqual([2, "nowhere: there is no such file or folder\n"]);
  });
});

test("Ctrl-C keeps what a campaign found, and it goes on from there", async () => {
  const child: ChildProcess = workplace.start("fuzz", "liars.yaml", "--runs", "100000", "--jobs", "1", "--shrink", "0");
  const found = () => workplace.files("results/fuzz").filter((file) => file.endsWith(".capsule.yaml"));
  const learnt = () => /"states"/u.test(readFileSync(workplace.path("results/fuzz/fuzz.journal"), "utf8"));
  await until(() => found().length > 0 && learnt(), child);
  child.kill("SIGINT");
  const { code, stderr } = await ended(child);
  expect(code).toBe(130);
  expect(stderr).toContain("interrupted; go on with --resume, from results/fuzz");
  const [kept = ""] = found();
  const capsule = readCapsule(readFileSync(workplace.path("results/fuzz", kept), "utf8"), kept);
  expect(capsule.expected.failure).toEqual(CAPSULE.expected.failure);
  const { runs } = JSON.parse(
    readFileSync(workplace.path("results/fuzz/fuzz.journal"), "utf8")
      .trim()
      .split("\n")
      .findLast((line) => line.includes('"runs"')) as string,
  ) as { runs: number };
  const more = ["--resume", "--runs", String(runs + 1), "--jobs", "1", "--shrink", "0", "--json"];
  const resumed = JSON.parse(workplace.run("fuzz", "liars.yaml", ...more).stdout) as { runs: number };
  expect(resumed.runs).toBe(runs + 1);
}, 120_000);
