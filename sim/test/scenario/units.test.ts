import fc from "fast-check";
import { expect, test } from "vitest";
import { complaints, loadText } from "./from-text.ts";

test.each([
  ["250 ms", 250_000],
  ["250ms", 250_000],
  ["3 s", 3_000_000],
  ["2.5 s", 2_500_000],
  ["0.000001 min", 60],
  ["10 min", 600_000_000],
  ["1 h", 3_600_000_000],
])("%s is %d µs", (text, timeUs) => {
  expect(
    loadText(`rootchain: {round: 1 ms}\nfaults: [{at: ${text}, slow: {of: delegates, factor: 2}}]\nduration: 2 h`)
      .faults[0]?.atUs,
  ).toBe(timeUs);
});

test("an amount may be nothing where nothing makes sense, and an informer's part has its own bound", () => {
  const initial = (text: string) => loadText(`rootchain: {rewards: {initial: ${text}}}`).rootchain.rewardInitial;
  expect([initial("0 IOTX"), initial("0"), initial("0.25 IOTX")]).toEqual(["0", "0", "250000000000000000"]);
  expect(complaints("rootchain: {rewards: {initial: 5}}")).toEqual([expect.stringContaining("5 has no unit")]);
  const informer = (text: string) => loadText(`rootchain: {evidence: {informer: ${text}}}`).rootchain.informerShare;
  expect([informer("5 %"), informer("0.5 %"), informer("0 %")]).toEqual([0.05, 0.005, 0]);
  expect(complaints("rootchain: {evidence: {informer: 5.1 %}}")).toEqual([expect.stringContaining("out of range")]);
});

test("every whole number of µs is read back exactly, in any unit that can say it", () => {
  const units = [
    ["us", 1],
    ["ms", 1e3],
    ["s", 1e6],
    ["min", 6e7],
  ] as const;
  fc.assert(
    fc.property(fc.integer({ min: 3_000_000, max: 2 ** 44 }), fc.constantFrom(...units), (timeUs, [unit, worth]) => {
      fc.pre(unit !== "min" || timeUs % 6 === 0);
      const digits = unit === "min" ? timeUs / 6 : timeUs;
      const power = unit === "min" ? 7 : Math.log10(worth);
      const padded = String(digits).padStart(power + 1, "0");
      const text = power === 0 ? padded : `${padded.slice(0, -power)}.${padded.slice(-power)}`;
      expect(loadText(`duration: ${text} ${unit}`).durationUs).toBe(timeUs);
    }),
  );
});

test("shares, sizes, bandwidths, rates, amounts and drifts are resolved to base units", () => {
  const scenario = loadText(`
network: {backbone: {loss: 0.1 %, jitter: 100 %, bandwidth: 1.5 Gbit/s, maxMessage: 9 MiB, queue: 1 GB}}
workload: [{transfer: {rate: 4 / 10 s, amount: 0.5..2 IOTX, data: 64 B}}]
faults: [{at: 0, clock: {of: delegates, offset: -2 s, drift: -20 ppm}}]
`);
  expect(scenario.network.backbone).toMatchObject({ lossProbability: 0.001, jitter: 1, bandwidthBitsPerSecond: 1.5e9 });
  expect(scenario.network.backbone).toMatchObject({ maxMessageBytes: 9 * 2 ** 20, queueBytes: 1e9 });
  expect(scenario.workload[0]).toMatchObject({ intervalUs: 2_500_000, dataBytes: 64 });
  expect(scenario.workload[0]?.amount).toEqual({ min: "500000000000000000", max: "2000000000000000000" });
  expect(scenario.faults[0]).toMatchObject({ offsetUs: -2_000_000, driftPpm: -20, atUs: 0, forUs: null });
});

test("no text at all makes the loader throw anything but an answer", () => {
  const words = fc.constantFrom(
    "delegates",
    "0..3",
    "3 s",
    "20 %",
    "[",
    "]",
    "{",
    "}",
    ":",
    "-",
    "&a",
    "*a",
    "<<",
    "\n",
    "  ",
    ">",
    "|",
    "'",
    '"',
    "#",
    "null",
    "1e400",
    "!!int",
    "?",
    "faults",
    "expect",
    "at",
    "crash",
    "subchains",
    "name",
    "home-1",
    "operators",
    "workload",
    "transfer",
    "light",
    "adversaries",
    "strategy",
    "mint",
    "quota",
  );
  const text = fc
    .array(fc.oneof(words, fc.string({ maxLength: 6 })), { maxLength: 30 })
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, (source) => {
      for (const line of complaints(source)) expect(line).toMatch(/^(x\.yaml:\d+:\d+: |… and )/);
    }),
    { numRuns: 2_000 },
  );
});

test("no setting makes the loader throw anything but an answer", () => {
  fc.assert(
    fc.property(fc.string(), (setting) => {
      for (const line of complaints("seed: 1", setting.replaceAll("\n", " "))) expect(line).toMatch(/^(--set |… and )/);
    }),
    { numRuns: 1_000 },
  );
});
