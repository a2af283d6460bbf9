import { expect, test } from "vitest";
import { parseMetricKey } from "../../scenario/expect-keys.ts";
import { METRICS, type Metric, scenarioJsonSchema } from "../../scenario/index.ts";
import { loadText } from "./from-text.ts";

const WORLD = `
rootchain: {delegates: 13, committee: 10}
subchains: [{name: home, count: 2, operators: 7}]
workload:
  - {transfer: {name: visits, from: home-1, to: home-2}}
  - {transfer: {from: root, to: home-1}}
light: [{name: phones}]
`;

function comparisonOf(line: string) {
  const [, found] = loadText(`${WORLD}expect: {${line}}`).expect;
  if (found?.kind !== "comparison") throw new Error("no comparison");
  const { name, metric, subject, value } = found;
  return [name, metric, subject, value];
}

test.each([
  ["height: '>= 20'", ["height", "height", "root", 20]],
  ["root.height: '>= 20'", ["root.height", "height", "root", 20]],
  ["home-1.height: '>= 20'", ["home-1.height", "height", "home-1", 20]],
  ["home-2: {blockInterval: {p50: < 4 s}}", ["home-2.blockInterval.p50", "blockInterval.p50", "home-2", 4_000_000]],
  ["transfers.lost: = 0", ["transfers.lost", "transfers.lost", "", 0]],
  ["visits.lost: = 0", ["visits.lost", "transfers.lost", "visits", 0]],
  ["visits.latency.p99: < 60 s", ["visits.latency.p99", "transfers.latency.p99", "visits", 60_000_000]],
  ["transfer-2.delivered: = 100 %", ["transfer-2.delivered", "transfers.delivered", "transfer-2", 1]],
  ["visits.transactions: <= 3.5", ["visits.transactions", "transfers.transactions", "visits", 3.5]],
  ["home-1.transactions: <= 3", ["home-1.transactions", "transactions", "home-1", 3]],
  ["visits.rootBytes: < 8 KiB", ["visits.rootBytes", "transfers.rootBytes", "visits", 8192]],
  ["home-1.throughput: <= 2/min", ["home-1.throughput", "throughput", "home-1", 1 / 30]],
  ["visits.throughput: <= 90/s", ["visits.throughput", "transfers.throughput", "visits", 90]],
  ["quota.spent: <= 2.5 IOTX", ["quota.spent", "quota.spent", "", 2.5]],
  ["quota.home-2.refunded: <= 0 IOTX", ["quota.home-2.refunded", "quota.refunded", "home-2", 0]],
  ["escrow.home-1.balance: <= 7 IOTX", ["escrow.home-1.balance", "escrow.balance", "home-1", 7]],
  ["rewards.issued: <= 1000 IOTX", ["rewards.issued", "rewards.issued", "", 1000]],
  ["light.phones.catchUp: <= 2 s", ["light.phones.catchUp", "light.catchUp", "phones", 2_000_000]],
  ["home-1.culprits: <= f + 1", ["home-1.culprits", "culprits", "home-1", 3]],
  ["culprits: <= f + 1", ["culprits", "culprits", "root", 4]],
])("%s", (line, expected) => {
  expect(comparisonOf(line)).toEqual(expected);
});

test("a violation of consensus is of one chain and takes more than f of its members; the others are of all chains", () => {
  const violationOf = (violation: string) => loadText(`${WORLD}expect: {violation: ${violation}}`).expect[0];
  const violation = { kind: "violation", name: "violation" };
  expect(violationOf("agreement")).toEqual({ ...violation, chain: "root", invariant: "agreement", minimumCulprits: 4 });
  expect(violationOf("home-1.lock")).toEqual({ ...violation, chain: "home-1", invariant: "lock", minimumCulprits: 3 });
  expect(violationOf("consumed-once")).toEqual({
    ...violation,
    chain: "",
    invariant: "consumed-once",
    minimumCulprits: 0,
  });
});

test("every figure is found by its own name, and editors know each key that the loader takes", () => {
  const schema = scenarioJsonSchema() as {
    properties: { expect: { properties: object; patternProperties: Readonly<Record<string, unknown>> } };
  };
  const { properties, patternProperties } = schema.properties.expect;
  const patterns = Object.keys(patternProperties).map((pattern) => new RegExp(pattern, "u"));
  const ofOne: Readonly<Record<string, (metric: string) => string>> = {
    chain: (metric) => `home-1.${metric}`,
    load: (metric) => metric.replace("transfers", "visits"),
    subchain: (metric) => metric.replace(".", ".home-1."),
    light: (metric) => metric.replace(".", ".phones."),
  };
  for (const metric of Object.keys(METRICS) as Metric[]) {
    expect(properties).toHaveProperty([metric]);
    expect(parseMetricKey(metric)).toEqual({ subject: null, metrics: [metric] });
    const key = ofOne[METRICS[metric].scope]?.(metric);
    if (key === undefined) continue;
    expect(parseMetricKey(key)?.metrics, key).toContain(metric);
    expect(
      patterns.filter((pattern) => pattern.test(key)),
      key,
    ).toHaveLength(1);
  }
});
