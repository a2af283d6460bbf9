import sodium from "libsodium-wrappers-sumo";
import { beforeAll, describe, expect, test } from "vitest";
import { createSodiumBackend } from "../../../protocol/crypto/backend-sodium.ts";
import { compress } from "../../platform/node/compression.ts";
import { nodeHasher } from "../../platform/node/hasher.ts";
import { describeBlock, traceMeta } from "../../runner/index.ts";
import type { Scenario } from "../../scenario/index.ts";
import { TraceWriter } from "../../trace/writer.ts";
import { excerpt, outcomeOf } from "../campaign/run.ts";

const SECONDS = 60;
/** Between them: every kind of fault and adversary, with and without a perturbation. */
const SEEDS = ["1", "2", "3", "4", "5", "6"];
const SCENARIOS = SEEDS.map((seed) => excerpt(seed, SECONDS));
/** Real signatures and proofs, few enough for the slower library. */
const REAL: Scenario = excerpt("3", 24, { crypto: "real" });

/** A writer that keeps nothing of what it compresses. */
function recorder(scenario: Scenario, level: "full" | "protocol"): TraceWriter {
  const meta = traceMeta(scenario, { level, codeVersion: "test" });
  return new TraceWriter({ meta, append: async () => undefined, compress, describeBlock });
}

describe.each(SCENARIOS)("the digest of a faulty run, seed $seed,", (scenario) => {
  let whole: ReturnType<typeof outcomeOf>;

  beforeAll(() => {
    whole = outcomeOf(scenario);
  });

  test("is the same twice in one process", () => {
    expect(outcomeOf(scenario)).toEqual(whole);
  });

  test.each([1, 7, 1000])("does not show slices of %i events", (slice) => {
    expect(outcomeOf(scenario, {}, slice)).toEqual(whole);
  });

  test.each(["full", "protocol"] as const)("does not show a %s trace", async (level) => {
    const trace = recorder(scenario, level);
    const { summary, digest } = outcomeOf(scenario, { trace });
    await trace.finish({ ending: "complete", digest, untilUs: scenario.durationUs });
    expect(summary).toEqual(whole.summary);
  });

  test("does not show that nothing is remembered between nodes", () => {
    const { digest, metrics } = outcomeOf(scenario, { paranoid: true });
    expect({ digest, metrics }).toEqual({ digest: whole.digest, metrics: whole.metrics });
  });

  test("does not show whether checkers watch", () => {
    const { digest, metrics } = outcomeOf(scenario, { checkers: false });
    expect({ digest, metrics }).toEqual({ digest: whole.digest, metrics: whole.metrics });
  });

  test("does not show which SHA-256 computes it", () => {
    expect(outcomeOf(scenario, { hasher: nodeHasher })).toEqual(whole);
  });

  test("is another one for another seed, perturbation or fault", () => {
    const [fault, ...others] = scenario.faults;
    const changed = [
      { ...scenario, seed: `${scenario.seed}0` },
      { ...scenario, perturbation: scenario.perturbation + 1 },
      { ...scenario, faults: fault === undefined ? [] : [{ ...fault, atUs: scenario.rootchain.roundUs }, ...others] },
    ];
    const digests = changed.map((each) => outcomeOf(each).digest);
    expect(new Set([...digests, whole.digest]).size).toBe(4);
  });
});

describe("the digest of a run with real signatures and proofs", () => {
  test("is the same on libsodium and on noble, remembering and paranoid", async () => {
    await sodium.ready;
    const fast = createSodiumBackend(sodium);
    const { digest, summary } = outcomeOf(REAL);
    expect(summary.chains[0]?.height).toBeGreaterThan(2);
    expect(outcomeOf(REAL, { backend: fast }).digest).toBe(digest);
    expect(outcomeOf(REAL, { backend: fast, paranoid: true }).digest).toBe(digest);
    expect(outcomeOf({ ...REAL, crypto: "modelled" }).digest).not.toBe(digest);
  });
});
