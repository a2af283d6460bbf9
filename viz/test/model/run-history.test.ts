import { expect, test } from "vitest";
import { openBytes, record, synthetic } from "../../../sim/test/trace/memory.ts";
import { activeFaults, faultSpans } from "../../model/run-history.ts";

test("faults are found without reading more than the pyramid points to", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  const spans = await faultSpans(trace);
  const { events } = await trace.eventsBetween(0, trace.untilUs);
  const begun = events.filter((event) => event.kind === "fault" && event.text === "begins");
  expect(spans.map((span) => [span.fault, span.fromUs])).toEqual(begun.map((event) => [event.subject, event.atUs]));
  for (const span of spans) {
    expect(span.toUs - span.fromUs).toBe(700_000);
    expect(span.name).toBe(trace.meta.faults[span.fault]);
    expect(activeFaults(spans, span.fromUs)).toEqual([span]);
    expect(activeFaults(spans, span.toUs)).toEqual([]);
  }
});

test("a fault that was never healed lasts to the end of the run", async () => {
  const trace = await openBytes(await record((writer) => writer.fault(400_000, 1, true)));
  expect(await faultSpans(trace)).toEqual([{ fault: 1, name: "crash of one", fromUs: 400_000, toUs: trace.untilUs }]);
});
