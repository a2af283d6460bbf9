import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { generate } from "../../campaign/fuzz-generators.ts";
import { readCapsule } from "../../campaign/index.ts";
import { Campaign, type CampaignOptions } from "../../cli/fuzz-campaign.ts";
import { readLessons } from "../../cli/fuzz-journal.ts";
import type { Scenario } from "../../scenario/index.ts";

const BROKEN = new URL("broken-worker.mjs", import.meta.url);
const WORKER = new URL("../../../dist/sim/cli/fuzz-worker.js", import.meta.url);
const HEAD = { seed: "7", generator: "mutation", codeVersion: "test" };
/** So short that a campaign of them takes no time. */
const SHORT: Scenario = {
  ...generate("mutation", "1"),
  durationUs: 8_000_000,
  expect: [{ kind: "safety", name: "safety" }],
};
const never = new AbortController().signal;

function campaign(changes: Partial<CampaignOptions>): { campaign: Campaign; folder: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "orrery-fuzz-"));
  const options: CampaignOptions = {
    plan: { seed: HEAD.seed, generator: "mutation", base: SHORT },
    source: HEAD.generator,
    folder,
    lessons: [],
    maxRuns: 4,
    isTimeOver: () => false,
    shrinkMs: 0,
    workers: 1,
    silenceMs: 20_000,
    memoryBytes: null,
    codeVersion: HEAD.codeVersion,
    signal: never,
    module: WORKER,
    onProgress: () => undefined,
    onFailure: () => undefined,
    ...changes,
  };
  return { campaign: new Campaign(options), folder: options.folder };
}

const journal = (folder: string): string => readFileSync(path.join(folder, "fuzz.journal"), "utf8");

describe("a campaign", () => {
  test("keeps a crash, an endless loop, too much memory and a lost process as a capsule each", async () => {
    const watch = { module: BROKEN, silenceMs: 2000, memoryBytes: 300 * 2 ** 20, maxRuns: 8, workers: 2 };
    const { campaign: broken } = campaign(watch);
    expect(await broken.run()).toBe(true);
    const kinds = broken.found.map(({ file }) => readCapsule(readFileSync(file, "utf8"), file).expected.failure.kind);
    expect(kinds).toEqual(["crash", "hang", "memory", "crash"]);
    expect(broken.progress).toMatchObject({ runs: 8, failed: 8, failures: 4 });
  }, 90_000);

  test("learns the same on one worker, on two, and resumed in the middle", async () => {
    const one = campaign({ maxRuns: 18 });
    const two = campaign({ maxRuns: 18, workers: 2 });
    await one.campaign.run();
    await two.campaign.run();
    expect(journal(two.folder)).toBe(journal(one.folder));
    expect(one.campaign.progress.states).toBeGreaterThan(20);

    const half = campaign({ maxRuns: 16 });
    await half.campaign.run();
    const lessons = readLessons(path.join(half.folder, "fuzz.journal"), HEAD);
    const rest = campaign({ maxRuns: 18, lessons, folder: half.folder });
    await rest.campaign.run();
    expect(rest.campaign.progress).toMatchObject({ runs: 18, states: one.campaign.progress.states });
    expect(readLessons(path.join(half.folder, "fuzz.journal"), HEAD)).toEqual(
      readLessons(path.join(one.folder, "fuzz.journal"), HEAD),
    );
  }, 150_000);

  test("goes on from its own journal only", async () => {
    const { campaign: done, folder } = campaign({ module: BROKEN, maxRuns: 1 });
    await done.run();
    const file = path.join(folder, "fuzz.journal");
    expect(() => readLessons(file, { ...HEAD, seed: "8" })).toThrow("pass --seed 7");
    expect(() => readLessons(path.join(folder, "none"), HEAD)).toThrow("no journal to resume from");
  });
});
