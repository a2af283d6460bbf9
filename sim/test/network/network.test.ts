import { describe, expect, it } from "vitest";
import { Perturbation } from "../../kernel/perturbation.ts";
import { Burst } from "../../network/bursts.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { Network } from "../../network/network.ts";
import type { NetworkOptions } from "../../network/options.ts";

const NODES = 8;
const US = 1000;

/** Eight nodes on lines of 8 Mbit/s, that is 1 µs a byte, and 100 µs apart. */
function makeNetwork(options: Partial<NetworkOptions> = {}): Network {
  const link = { region: 0, uplinkBitsPerSecond: 8e6, downlinkBitsPerSecond: 8e6 };
  return new Network({
    key: 1,
    nodes: Array.from({ length: NODES }, () => link),
    latencyUs: [[100]],
    jitterUs: [[0]],
    lossProbability: 0,
    duplicateProbability: 0,
    reorderProbability: 0,
    reorderDelayUs: 0,
    maxMessageBytes: 5000,
    uplinkQueueBytes: 2000,
    downlinkQueueBytes: 2000,
    perturbation: new Perturbation(0),
    ...options,
  });
}

interface Fate {
  readonly outcome: number;
  readonly arrivalUs: number;
  readonly duplicateArrivalUs: number;
}

function send(network: Network, src: number, dst: number, content: number, readyUs: number, sizeBytes = 100): Fate {
  network.begin(src, sizeBytes, content, readyUs * US);
  const outcome = network.copyTo(dst);
  return { outcome, arrivalUs: network.arrivalUs, duplicateArrivalUs: network.duplicateArrivalUs };
}

describe("lines", () => {
  it("send one copy after another at the uplink's rate", () => {
    const network = makeNetwork();
    const arrivals = [1, 2, 3].map((dst) => send(network, 0, dst, dst, 10).arrivalUs);
    expect(arrivals).toEqual([210, 310, 410]);
    expect(send(network, 0, 1, 9, 1000).arrivalUs).toBe(1200);
    expect(send(network, 4, 1, 9, 10).arrivalUs).toBe(210);
  });

  it("take copies in one after another at the downlink's rate", () => {
    const network = makeNetwork();
    expect([network.receive(1, 100, 50), network.receive(1, 100, 60), network.receive(1, 100, 999)]).toEqual([
      150 * US,
      250 * US,
      1099 * US,
    ]);
  });

  it("drop what does not fit their queues, and go on when these have drained", () => {
    const network = makeNetwork();
    const outcomes = Array.from({ length: 22 }, (_, content) => send(network, 0, 1, content, 0).outcome);
    expect(outcomes.indexOf(Outcome.uplinkQueueFull)).toBe(21);
    expect(send(network, 0, 1, 99, 200).outcome).toBe(Outcome.delivered);
    const taken = Array.from({ length: 22 }, () => network.receive(1, 100, 0));
    expect(taken.indexOf(-1)).toBe(21);
    expect(network.receive(1, 100, 200)).toBeGreaterThan(0);
  });

  it("refuse messages that are too large and peers that do not exist", () => {
    const network = makeNetwork();
    expect(send(network, 0, 1, 1, 0, 5001).outcome).toBe(Outcome.tooLarge);
    expect(send(network, 0, NODES, 1, 0).outcome).toBe(Outcome.noSuchPeer);
    expect(send(network, 0, -1, 1, 0).outcome).toBe(Outcome.noSuchPeer);
  });
});

describe("fates", () => {
  const lossy = {
    lossProbability: 0.3,
    jitterUs: [[50]],
    duplicateProbability: 0.2,
    reorderProbability: 0.2,
    reorderDelayUs: 500,
  };

  /** Sends 2 000 different messages far apart in time, leaving some out. @returns fates by content */
  function fates(leaveOut: (content: number) => boolean, options: Partial<NetworkOptions> = lossy): Map<number, Fate> {
    const network = makeNetwork(options);
    const result = new Map<number, Fate>();
    for (let content = 0; content < 2000; content++) {
      if (leaveOut(content)) continue;
      result.set(content, send(network, content % NODES, (content + 1) % NODES, content, content * 1000));
    }
    return result;
  }

  it("are shifted by no other message", () => {
    const all = fates(() => false);
    const some = fates((content) => content % 3 === 0);
    expect([...some].map(([content]) => all.get(content))).toEqual([...some.values()]);
  });

  it("happen as often as asked", () => {
    const all = [...fates(() => false).values()];
    const lost = all.filter(({ outcome }) => outcome === Outcome.lost).length;
    const duplicated = all.filter(({ duplicateArrivalUs }) => duplicateArrivalUs >= 0).length;
    expect(Math.abs(lost - 600)).toBeLessThan(100);
    expect(Math.abs(duplicated - 280)).toBeLessThan(80);
  });

  it("differ between repetitions of the same content", () => {
    const network = makeNetwork({ lossProbability: 0.5 });
    const outcomes = Array.from({ length: 64 }, (_, round) => send(network, 0, 1, 7, round * 1000).outcome);
    expect(new Set(outcomes)).toEqual(new Set([Outcome.delivered, Outcome.lost]));
  });

  it("differ between the receivers of one broadcast", () => {
    const network = makeNetwork({ lossProbability: 0.5, uplinkQueueBytes: 1e6 });
    const seen = new Set<number>();
    for (let content = 0; content < 20; content++) {
      network.begin(0, 100, content, content * 1e6);
      const [one, other] = [network.copyTo(1), network.copyTo(2)];
      if (one !== other) seen.add(one);
    }
    expect(seen.size).toBe(2);
  });

  it("gain at most the documented delay from a perturbation, and lose nothing by it", () => {
    const plain = fates(() => false, { lossProbability: 0.3 });
    const perturbed = fates(() => false, { lossProbability: 0.3, perturbation: new Perturbation(5) });
    const delays = [...plain].map(([content, fate]) => (perturbed.get(content) as Fate).arrivalUs - fate.arrivalUs);
    expect(Math.min(...delays)).toBe(0);
    expect(Math.max(...delays)).toBe(20);
    expect([...perturbed.values()].map(({ outcome }) => outcome)).toEqual(
      [...plain.values()].map(({ outcome }) => outcome),
    );
  });
});

describe("bursts", () => {
  it("lose and delay copies from and to their nodes only, and count both", () => {
    const network = makeNetwork({ uplinkQueueBytes: 1e6 });
    const burst = new Burst(7, [3], 0.5, 40);
    network.interferences.push(burst);
    for (let content = 0; content < 100; content++) {
      expect(send(network, 0, 1, content, content * 1000).arrivalUs).toBe(content * 1000 + 200);
      const touched = send(network, content % 2 === 0 ? 3 : 2, content % 2 === 0 ? 2 : 3, content, content * 1000);
      if (touched.outcome === Outcome.delivered) expect(touched.arrivalUs).toBe(content * 1000 + 240);
      else expect(touched.outcome).toBe(Outcome.lostInBurst);
    }
    expect(burst.losses + burst.delays).toBe(100);
    expect(Math.abs(burst.losses - 50)).toBeLessThan(25);
  });
});
