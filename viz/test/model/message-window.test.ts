import { expect, test } from "vitest";
import { openBytes, synthetic } from "../../../sim/test/trace/memory.ts";
import { MessageWindow, segmentLengthUs } from "../../model/message-window.ts";

const never = (error: unknown) => {
  throw error;
};

test("the window around the moment stays bounded, whatever is visited", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  const window = new MessageWindow(trace, 200_000, never);
  for (let timeUs = 0; timeUs < trace.untilUs; timeUs += 150_000) {
    await window.load(timeUs);
    expect(window.tableAt(timeUs)).not.toBeNull();
    expect(window.segments).toBeLessThanOrEqual(6);
  }
});

test("segments are the shorter the busier a run is, within bounds", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  const overview = await trace.overview(4096);
  const busy = { ...overview, counts: { ...overview.counts, sent: overview.counts.sent.map((count) => count * 1e6) } };
  expect(segmentLengthUs(busy)).toBe(20_000);
  expect(segmentLengthUs(overview)).toBeGreaterThan(200_000);
  expect(segmentLengthUs({ ...overview, counts: { ...overview.counts, sent: new Float64Array(4) } })).toBe(30_000_000);
});

test("a segment that cannot be read is reported, and asked for again", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  const failures: unknown[] = [];
  let broken = true;
  const flaky = Object.create(trace, {
    messagesBetween: {
      value: (...query: Parameters<typeof trace.messagesBetween>) =>
        broken ? Promise.reject(new Error("gone")) : trace.messagesBetween(...query),
    },
    untilUs: { value: 1000 },
  });
  const window = new MessageWindow(flaky, 1_000_000, (error) => failures.push(error));
  await window.load(0);
  expect(window.tableAt(0)).toBeNull();
  expect(failures).toHaveLength(1);
  broken = false;
  await window.load(0);
  await window.load(0);
  expect(window.tableAt(0)).not.toBeNull();
});
