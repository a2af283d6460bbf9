import { describe, expect, it } from "vitest";
import { HostCrypto } from "../../host/host-crypto.ts";
import { RecordingMachine, replay } from "../../host/recording.ts";
import type { TraceSink } from "../../host/trace-sink.ts";
import { FloodMachine, greetingCodec, makeWorld, noBackend, type WorldOptions } from "./flood.ts";

const NODES = 7;
const EVENTS = 6000;
const FAULTY = {
  lossProbability: 0.05,
  duplicateProbability: 0.05,
  reorderProbability: 0.1,
  reorderDelayUs: 30_000,
} as const;

/** Floods for EVENTS events in slices. @returns the digest */
function digestOf(options: Partial<WorldOptions> = {}, slice = EVENTS): string {
  const { kernel, host, digest } = makeWorld({ nodes: NODES, network: FAULTY, ...options });
  host.startAll();
  while (kernel.executed < EVENTS) kernel.advance(Math.min(slice, EVENTS - kernel.executed));
  return digest.finish();
}

/** A sink that counts its calls. */
class CountingSink implements TraceSink {
  sent = 0;
  dropped = 0;
  observed = 0;
  message(...[, , , , , , outcome]: Parameters<TraceSink["message"]>): void {
    this.sent++;
    if (outcome !== 0) this.dropped++;
  }
  late(): void {
    this.dropped++;
  }
  timer(): void {}
  power(): void {}
  battery(): void {}
  radioLoss(): void {}
  place(): void {}
  fault(): void {}
  transfer(): void {}
  operation(): void {}
  observation(): void {
    this.observed++;
  }
}

describe("a run's digest", () => {
  it("is the same twice in one process, and another for another perturbation or network", () => {
    expect(digestOf()).toBe(digestOf());
    expect(digestOf({ perturbation: 1 })).not.toBe(digestOf());
    expect(digestOf({ network: { ...FAULTY, lossProbability: 0.06 } })).not.toBe(digestOf());
  });

  it("does not show the size of slices", () => {
    const whole = digestOf();
    expect([1, 7, 1000].map((slice) => digestOf({}, slice))).toEqual([whole, whole, whole]);
  });

  it("does not show a trace, nor watchers", () => {
    const trace = new CountingSink();
    let emitted = 0;
    const watchers = [{ onEmit: () => emitted++ }];
    expect(digestOf({ host: { trace, watchers } })).toBe(digestOf());
    expect([trace.sent > EVENTS / 2, trace.dropped > 100, trace.observed > 100, emitted > 100]).not.toContain(false);
  });

  it("does not show whether messages are shared or decoded for each receiver", () => {
    expect(digestOf({ host: { paranoid: true } })).toBe(digestOf());
  });
});

describe("a recorded machine", () => {
  it("replays alone, from its inputs, to the same effects", () => {
    const recorders: RecordingMachine[] = [];
    const makeMachine = (node: number) => {
      const recorder = new RecordingMachine(new FloodMachine(node, { nodes: NODES }), greetingCodec);
      recorders[node] = recorder;
      return recorder;
    };
    expect(digestOf({ makeMachine })).toBe(digestOf());
    const recorded = recorders[3]?.steps ?? [];
    const crypto = new HostCrypto(noBackend, { chargeWork: () => {} }, true);
    expect(recorded.length).toBeGreaterThan(500);
    expect(replay(new FloodMachine(3, { nodes: NODES }), recorded, greetingCodec, crypto)).toEqual(recorded);
    const other = replay(new FloodMachine(3, { nodes: NODES, patienceUs: 5 }), recorded, greetingCodec, crypto);
    expect(other).not.toEqual(recorded);
  });
});
