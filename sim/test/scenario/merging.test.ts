import { expect, test } from "vitest";
import { complaints, loadText } from "./from-text.ts";

const BASE = `
name: base
seed: 5
rootchain: {delegates: 13, committee: 7, round: 2 s}
faults:
  - {name: a, at: 1 min, crash: {count: 1, of: delegates}}
  - {name: b, at: 2 min, slow: {of: delegates, factor: 3}}
expect: {finality.p99: < 6 s, liveness: {within: 30 s}}
`;

test("a file changes key by key what it extends, and keeps a name of its own", () => {
  const { name, seed, rootchain, faults } = loadText({
    "x.yaml": "extends: b/base.yaml\nrootchain: {committee: 9}\n",
    "b/base.yaml": BASE,
  });
  expect([name, seed]).toEqual(["x", "5"]);
  expect(rootchain).toMatchObject({ delegates: 13, committee: 9, roundUs: 2_000_000 });
  expect(faults).toHaveLength(2);
});

test("a list takes the place of a list, and a null brings the default back", () => {
  const { faults, rootchain } = loadText({
    "x.yaml": "extends: base.yaml\nfaults: []\nrootchain: {round: null}\n",
    "base.yaml": BASE,
  });
  expect(faults).toEqual([]);
  expect(rootchain.roundUs).toBe(3_000_000);
});

test("a chain of files ends in one scenario", () => {
  const files = {
    "x.yaml": "extends: y.yaml\nseed: 1",
    "y.yaml": "extends: z/z.yaml\nduration: 2 min",
    "z/z.yaml": "extends: ../w.yaml",
    "w.yaml": "perturbation: 3",
  };
  expect(loadText(files)).toMatchObject({ seed: "1", durationUs: 120_000_000, perturbation: 3 });
});

test("settings go over the file, later ones over earlier ones, list items by number", () => {
  const { faults, rootchain } = loadText(
    BASE,
    "rootchain.committee=5",
    "rootchain.committee=4",
    "faults.1.slow.factor=8",
    "faults.0.at=90 s",
  );
  expect(rootchain.committee).toBe(4);
  expect(faults[1]).toMatchObject({ name: "b", factor: 8, atUs: 120_000_000 });
  expect(faults[0]).toMatchObject({ name: "a", atUs: 90_000_000 });
});

test("a dotted figure is set and overridden in either form", () => {
  const comparison = (...settings: string[]) =>
    loadText(BASE, ...settings).expect.filter(({ kind }) => kind === "comparison");
  expect(comparison("expect.finality.p99=< 2 s")).toEqual([
    {
      kind: "comparison",
      name: "finality.p99",
      metric: "finality.p99",
      subject: "root",
      operator: "<",
      value: 2_000_000,
      outsideFaults: false,
    },
  ]);
  expect(comparison("expect={finality: {p99: null}, height: '>= 3'}").map(({ name }) => name)).toEqual(["height"]);
});

test("an item that is not there is not made", () => {
  expect(complaints(BASE, "faults.7.at=90 s")).toEqual(["--set faults.7.at=90 s: a map in place of a list"]);
});

test("a name inside an object's prototype is refused wherever it stands", () => {
  for (const setting of ["__proto__.x=1", "rootchain.__proto__=1", "constructor.prototype.x=1"]) {
    expect(complaints("seed: 1", setting), setting).not.toEqual([]);
  }
  expect(Object.prototype).not.toHaveProperty("x");
});

test("presets give the paper's figures, and what is given besides goes first", () => {
  expect(loadText("seed: 1").rootchain).toMatchObject({
    delegates: 97,
    committee: 11,
    iterationsPerEpoch: 47,
    roundsPerIteration: 11,
    roundUs: 3_000_000,
  });
  expect(loadText("rootchain: {preset: edition-2}").rootchain).toMatchObject({
    delegates: 36,
    committee: 24,
    iterationsPerEpoch: 30,
    roundsPerIteration: 30,
    roundUs: 5_000_000,
  });
  expect(loadText("rootchain: {preset: edition-2, committee: 7}").rootchain).toMatchObject({
    committee: 7,
    roundsPerIteration: 7,
  });
});

test("f is what the committee bears", () => {
  const scenario = loadText(
    "rootchain: {delegates: 13, committee: 10}\nexpect: {violation: agreement, culprits: '> f', viewChanges: '<= 2f + 1'}",
  );
  expect(scenario.expect).toEqual([
    { kind: "violation", name: "violation", chain: "root", invariant: "agreement", minimumCulprits: 4 },
    expect.objectContaining({ metric: "viewChanges", operator: "<=", value: 7 }),
    expect.objectContaining({ metric: "culprits", operator: ">", value: 3 }),
  ]);
});
