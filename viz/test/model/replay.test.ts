import { describe, expect, test } from "vitest";
import { STATE_FIELDS } from "../../../sim/trace/reader.ts";
import { parseDeepLink } from "../../model/deep-link.ts";
import type { Replay } from "../../model/replay.ts";
import { openReplay } from "./open-replay.ts";

/** Everything a moment shows. */
async function picture(replay: Replay) {
  await replay.settled();
  const { clock, state, messages, story, nodeEvents } = replay;
  const under: number[] = [];
  for (let row = 0; row < (messages?.count ?? 0); row++) {
    const [sentUs, arrivalUs] = [messages?.sentUs[row] as number, messages?.arrivalUs[row] as number];
    if (sentUs <= clock.nowUs && clock.nowUs < arrivalUs) under.push(messages?.emission[row] as number);
  }
  const nodes = replay.trace.meta.nodes.map((_, node) => STATE_FIELDS.map((field) => state?.get(node, field)));
  return { nowUs: clock.nowUs, stateUs: state?.timeUs, nodes, under, story, nodeEvents };
}

async function playTo(replay: Replay, untilUs: number): Promise<void> {
  replay.togglePlay();
  while (replay.clock.nowUs < untilUs) {
    await replay.settled();
    replay.tick(16);
  }
  replay.togglePlay();
}

describe("a replay", () => {
  test("shows after playing what it shows after seeking", async () => {
    const [played, sought] = [await openReplay(), await openReplay()];
    for (const replay of [played, sought]) replay.selection.selectNode(3);
    played.clock.speed = 5;
    for (const untilUs of [3_150_000, 9_250_000]) {
      await playTo(played, untilUs);
      sought.seek(29_000_000);
      sought.seek(played.clock.nowUs);
      const shown = await picture(played);
      expect(shown).toEqual(await picture(sought));
      expect(shown.stateUs).toBe(played.clock.nowUs);
      expect(shown.under.length).toBeGreaterThan(0);
      expect(shown.nodeEvents.length).toBeGreaterThan(0);
    }
  });

  test("shows every message that is under way at a moment, and its state, as the trace tells them", async () => {
    const replay = await openReplay();
    const whole = await replay.trace.messagesBetween(0, replay.trace.untilUs);
    for (const timeUs of [1_010_000, 4_444_444, 13_333_333, 30_200_000]) {
      replay.seek(timeUs);
      const { under } = await picture(replay);
      const expected = [...whole.emission].filter(
        (_, row) => (whole.sentUs[row] as number) <= timeUs && timeUs < (whole.arrivalUs[row] as number),
      );
      expect(under).toEqual(expected);
    }
  });

  test("asked to seek many times at once, ends at the last", async () => {
    const replay = await openReplay();
    for (let timeUs = 0; timeUs < 20_000_000; timeUs += 100_000) replay.seek(timeUs);
    await replay.settled();
    expect(replay.state?.timeUs).toBe(19_900_000);
    expect(replay.loading).toBe(false);
  });

  test("pauses at the end, and plays again from the beginning", async () => {
    const replay = await openReplay();
    replay.seek(replay.trace.untilUs - 1000);
    await replay.settled();
    replay.togglePlay();
    replay.tick(50);
    expect([replay.clock.playing, replay.clock.nowUs]).toEqual([false, replay.trace.untilUs]);
    replay.togglePlay();
    expect([replay.clock.playing, replay.clock.nowUs]).toEqual([true, 0]);
  });

  test("waits for messages that are not loaded yet", async () => {
    const replay = await openReplay();
    replay.togglePlay();
    replay.tick(16);
    expect(replay.clock.nowUs).toBe(0);
    await replay.settled();
    replay.tick(16);
    expect(replay.clock.nowUs).toBe(16_000);
  });

  test("follows its own link", async () => {
    const [first, second] = [await openReplay(), await openReplay()];
    first.seek(7_654_321);
    first.selection.selectNode(5);
    first.selection.selectHeight(4);
    first.selection.arrange("ring");
    first.clock.speed = 20;
    second.follow(parseDeepLink(first.link));
    expect(second.link).toBe(first.link);
    expect(second.clock.nowUs).toBe(7_654_321);
    expect(second.height).toBe(4);
  });

  test("ignores a link to a node that does not exist", async () => {
    const replay = await openReplay();
    replay.follow({ timeUs: null, node: 99, chain: null, height: null, speed: null, arrangement: null });
    expect(replay.selection.node).toBeNull();
  });

  test("steps through the events of the selected node, forth and back", async () => {
    const replay = await openReplay();
    replay.selection.selectNode(2);
    const { events } = await replay.trace.eventsBetween(0, replay.trace.untilUs, { node: 2 });
    const moments = [...new Set(events.filter((event) => event.kind !== "timer").map((event) => event.atUs))].slice(
      0,
      12,
    );
    for (const atUs of moments) {
      await replay.step(1);
      expect(replay.clock.nowUs).toBe(atUs);
    }
    for (const atUs of moments.toReversed().slice(1)) {
      await replay.step(-1);
      expect(replay.clock.nowUs).toBe(atUs);
    }
  });

  test("without a selected node steps to blocks, faults, crashes and failed views", async () => {
    const replay = await openReplay();
    replay.seek(2_900_000);
    await replay.step(1);
    expect(replay.clock.nowUs).toBe(replay.faults[0]?.fromUs);
    replay.seek(replay.trace.untilUs);
    await replay.step(-1);
    expect(replay.clock.nowUs).toBe(replay.blocks.at(-1)?.finalizedUs);
    await replay.step(1);
    expect(replay.clock.nowUs).toBe(replay.trace.untilUs);
  });
});
