import { describe, expect, test } from "vitest";
import { complaints, loadText } from "./from-text.ts";

const LOADS = "workload: [{transfer: {name: one}}, {transfer: {name: two}}]\n";

function comparisonOf(line: string) {
  const { expect: lines } = loadText(`${LOADS}expect:\n  ${line}\n`);
  return lines.find(({ kind }) => kind === "comparison");
}

describe("a figure is compared with another", () => {
  test("as it is, or with a part of it", () => {
    const reference = { name: "two.latency.p50", metric: "transfers.latency.p50", subject: "two" };
    expect(comparisonOf('one.latency.p50: "< two.latency.p50"')).toMatchObject({ operator: "<", value: 1, reference });
    const part = comparisonOf('one.latency.p50: "<= 82.5 % of two.latency.p50 outside faults"');
    expect(part).toMatchObject({ operator: "<=", value: 0.825, reference, outsideFaults: true });
  });

  test("of the run or of a chain, by a name without a dot too", () => {
    const height = { name: "height", metric: "height", subject: "root" };
    expect(comparisonOf('viewChanges: "< height"')).toMatchObject({ value: 1, reference: height });
    expect(comparisonOf('rewards.issued: "= rewards.scheduled"')).toMatchObject({
      reference: { metric: "rewards.scheduled", subject: "" },
    });
  });

  test("and plain values, f among them, stay what they are", () => {
    expect(comparisonOf('culprits: "> f"')).not.toHaveProperty("reference");
    expect(comparisonOf('one.delivered: ">= 50 %"')).toMatchObject({ value: 0.5 });
    expect(comparisonOf('one.delivered: ">= 50 %"')).not.toHaveProperty("reference");
  });

  test("that is there, and of the same unit", () => {
    const wrong = (line: string) => complaints(`${LOADS}expect:\n  ${line}\n`).join();
    expect(wrong('one.latency.p50: "< three.latency.p50"')).toContain("there is no figure three.latency.p50");
    expect(wrong('one.latency.p50: "< one.speed"')).toContain("there is no figure one.speed");
    expect(wrong('one.latency.p50: "< one.bytes"')).toContain("one.bytes is measured in another unit");
  });
});
