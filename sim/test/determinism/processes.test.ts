import { beforeAll, describe, expect, test } from "vitest";
import { loadScenario } from "../../scenario/index.ts";
import { outcomeOf } from "../campaign/run.ts";
import { Workplace } from "../cli/orrery.ts";

/** Half a minute of a committee under a crash, a partition and a liar, with real signatures. */
const FAULTY = `name: faulty-run
duration: 30 s
rootchain: {delegates: 5, committee: 4, iterations: 3, round: 2 s, fullNodes: 1}
network: {backbone: {regions: europe-3, loss: 2 %, duplication: 2 %, jitter: 30 %}}
workload:
  - {transfer: {rate: 1/s, accounts: 5}}
faults:
  - {at: 5 s, crash: {count: 1, of: delegates 1..4, disk: torn}, restartAfter: 4 s}
  - {at: 12 s, for: 5 s, partition: {groups: [delegates 0..2, rest]}}
adversaries:
  - {of: delegates 0, strategy: equivocate}
`;
const SEEDS = ["1", "2", "3", "4"];

interface CheckedRun {
  readonly seed: string;
  readonly digest: string;
}

describe("the digest of a faulty run", () => {
  const workplace = new Workplace({ "faulty.yaml": FAULTY });
  let here: CheckedRun[];

  beforeAll(() => {
    const files = { read: () => FAULTY };
    const request = { folder: "", file: "faulty.yaml", settings: [], files, totalMemoryBytes: 2 ** 32 };
    const scenario = loadScenario(request);
    here = SEEDS.map((seed) => ({ seed, digest: outcomeOf({ ...scenario, seed }).digest }));
    expect(new Set(here.map(({ digest }) => digest)).size).toBe(SEEDS.length);
  });

  test.each([1, 2])("is the same in this process and on %i workers", (jobs) => {
    const flags = ["--seeds", SEEDS.join(), "--jobs", String(jobs), "--tier", "standard", "--json"];
    const { stdout, stderr } = workplace.run("check", "faulty.yaml", ...flags);
    expect(stderr).toBe("");
    const { runs } = JSON.parse(stdout) as { runs: CheckedRun[] };
    expect(runs.map(({ seed, digest }) => ({ seed, digest }))).toEqual(here);
  });

  test.each([
    ["with a full trace", ["--trace", "full"]],
    ["with a protocol trace", ["--trace", "protocol"]],
    ["without a trace", ["--trace", "off"]],
    ["paranoid", ["--trace", "off", "--paranoid"]],
    ["on noble", ["--trace", "off", "--crypto-backend", "noble"]],
  ])("is the same in a process of its own, %s", (_, flags) => {
    const { stdout } = workplace.run("run", "faulty.yaml", "--json", ...flags);
    expect(JSON.parse(stdout)).toMatchObject(here[0] as CheckedRun);
  });
});
