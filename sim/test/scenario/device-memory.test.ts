import { describe, expect, test } from "vitest";
import { certifiedHeaderBytes } from "../../../protocol/light/certified-header.ts";
import { checkpointLinkBytes } from "../../../protocol/light/checkpoint-link.ts";
import { encodeClientRecord } from "../../../protocol/light/client-record.ts";
import { chain, clientOf, links, NOW } from "../../../protocol/test/light/client-world.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { checkpointMessageBytes, clientRecordBytes, headerMessageBytes } from "../../scenario/device-memory.ts";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { figure, town } from "../runner/town.ts";

/** A bound is one that real bytes keep, and not by much: a few ids and counts. */
function isTight(bound: number, bytes: number): void {
  expect(bytes).toBeLessThanOrEqual(bound);
  expect(bytes).toBeGreaterThan(0.7 * bound);
}

describe("the bytes that devices are said to hold", () => {
  const signers = chain.genesis.rotation.delegateSet.size;

  test("are those of a client's record", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links);
    isTight(clientRecordBytes(signers), encodeClientRecord(client.record).length);
  });

  test("are those of a checkpoint that everybody signed, with everybody's key", () => {
    const [link] = links;
    const { delegateSet } = chain.genesis.rotation;
    const shown = checkpointLinkBytes({
      certified: (link as (typeof links)[number]).certified,
      delegates: delegateSet.keys,
    });
    const votes = (link as (typeof links)[number]).certified.votes.length;
    isTight(checkpointMessageBytes(signers), shown + (signers - votes) * 68);
  });

  test("are those of a header with its certificate and committee", () => {
    const certified = chain.at(3);
    const { certificate, members } = certified;
    const missing = (signers - certificate.votes.length) * 68 + (signers - members.length) * 36;
    isTight(headerMessageBytes(signers), certifiedHeaderBytes(certified) + missing);
  });
});

describe("a device's memory", () => {
  const things = "  - {name: things, on: town, count: 4, link: wifi, sleep: {every: 1 min, awake: 30 s}}";
  const dropsOf = (receiveBytes: number) => {
    const scenario = town(things);
    const devices = scenario.devices?.map((group) => ({ ...group, receiveBytes }));
    let dropped = 0;
    const onDrop = (_src: number, _dst: number, _atUs: number, outcome: number) => {
      if (outcome === Outcome.bufferFull) dropped++;
    };
    const run = outcomeOf({ ...scenario, devices: devices ?? [] }, { watchers: [{ onDrop }] });
    expect(alarms(run)).toEqual([]);
    return { dropped, confirmed: figure(run, "devices.confirmed") };
  };

  test("that is too small for a checkpoint drops it, which is counted, and its device never comes to know", () => {
    const small = dropsOf(500);
    expect(small.dropped).toBeGreaterThan(4);
    expect(small.confirmed).toBe(0);
  });

  test("that its class has is enough", () => {
    const own = town(things).devices?.[0]?.receiveBytes ?? 0;
    expect(own).toBeGreaterThan(100 * 1024);
    expect(dropsOf(own)).toMatchObject({ dropped: 0 });
  });
});
