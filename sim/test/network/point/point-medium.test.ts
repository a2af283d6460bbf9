import { describe, expect, it } from "vitest";
import { stream } from "../../../kernel/index.ts";
import { RadioState } from "../../../network/access/medium.ts";
import { Outcome } from "../../../network/drop-reasons.ts";
import { BernoulliLoss, type LossModel } from "../../../network/loss/loss-model.ts";
import { PointMedium } from "../../../network/point/point-medium.ts";
import { LINK_PROFILES, type LinkProfile } from "../../../network/point/profiles.ts";
import { MediumStage } from "../medium-stage.ts";

const PLAIN: LinkProfile = {
  ...LINK_PROFILES.wire,
  frameBytes: 120,
  overheadBytes: 20,
  uplinkBitsPerSecond: 8_000_000,
  downlinkBitsPerSecond: 4_000_000,
  latencyUs: 1000,
};

function stage(profile: LinkProfile, loss: LossModel | null = null): MediumStage {
  return new MediumStage(2, (port) => {
    const device = { gateway: 0, profile: 0, loss: 0 };
    return new PointMedium({ key: 9, devices: [device, device], profiles: [profile], losses: [loss] }, port);
  });
}

describe("a link of its own", () => {
  it("takes what the frames' bits take, and its latency", () => {
    const run = stage(PLAIN);
    const [up, down] = [run.offer(0, 0, 250), run.offer(0, 1, 100, true)];
    run.run();
    // Three frames of 100, 100 and 50 bytes with 20 each at 1 µs a byte; one at 2 µs a byte.
    expect(run.arrivedUs.get(up)).toBe(310 + 1000);
    expect(run.arrivedUs.get(down)).toBe(240 + 1000);
  });

  it("takes what its signal takes besides, to the gateway that it is attached to now", () => {
    const profile = { ...PLAIN, reachMetres: 1e6, handoverUs: 0 };
    const run = new MediumStage(1, (port) => {
      const gateways = [
        { x: 0, y: 0 },
        { x: 90_000, y: 0 },
      ];
      const devices = [{ gateway: 0, profile: 0, loss: 0, delayUs: 4 }];
      return new PointMedium({ key: 9, devices, profiles: [profile], losses: [null], gateways }, port);
    });
    const took = (atUs: number, down: boolean) => {
      const copy = run.offer(atUs, 0, 80, down);
      run.run();
      return (run.arrivedUs.get(copy) as number) - atUs;
    };
    expect([took(0, false), took(10_000, true)]).toEqual([1100 + 4, 1200 + 4]);
    run.medium.moved(0, { x: 30_000, y: 0 });
    expect(took(20_000, false)).toBe(1100 + 101);
    run.medium.moved(0, { x: 60_000, y: 0 });
    expect([run.medium.gatewayOf(0), took(30_000, false)]).toEqual([1, 1100 + 101]);
  });

  it("sends one message after another, each way by itself", () => {
    const run = stage(PLAIN);
    const copies = [run.offer(0, 0, 80), run.offer(0, 0, 80), run.offer(0, 0, 80, true)];
    run.run();
    expect(copies.map((copy) => run.arrivedUs.get(copy))).toEqual([1100, 1200, 1200]);
  });

  it("loses a message with one of its frames, unless it repeats them", () => {
    const share = (attempts: number) => {
      const run = stage({ ...PLAIN, attempts }, new BernoulliLoss(0.2));
      for (let index = 0; index < 2000; index++) run.offer(index * 10_000, 0, 300);
      run.run();
      return run.arrivedUs.size / 2000;
    };
    expect(Math.abs(share(1) - 0.8 ** 3)).toBeLessThan(0.04);
    expect(Math.abs(share(3) - (1 - 0.2 ** 3) ** 3)).toBeLessThan(0.02);
  });
});

it("a cellular radio whose device loses its power listens no more, and does again with its next connection", () => {
  const run = stage(LINK_PROFILES["nb-iot"]);
  run.offer(0, 0, 100);
  run.offer(3_000_000, 1, 100);
  run.run(3_000_000);
  run.medium.power(0, false);
  expect(run.rested.at(-1)).toEqual({ station: 0, listening: false, atUs: 3_000_000 });
  run.medium.power(0, true);
  run.offer(4_000_000, 0, 100);
  run.run(7_000_000);
  expect(run.rested.filter(({ station }) => station === 0).at(-1)?.listening).toBe(true);
});

it("a message of which a part is a minute old is lost, and sent to its end for nothing", () => {
  const slow = { ...PLAIN, uplinkBitsPerSecond: 8_000 };
  const run = stage(slow);
  // A millisecond a byte, with 20 bytes around each 100: 48 s and 72 s.
  const [short, long] = [run.offer(0, 0, 40_000), run.offer(0, 1, 60_000)];
  run.run();
  expect([run.arrivedUs.get(short), run.outcomes.get(long)]).toEqual([48_001_000, Outcome.reassemblyTimedOut]);
  const sentUs = run.spans
    .filter(({ station }) => station === 1)
    .reduce((sum, { fromUs, untilUs }) => sum + untilUs - fromUs, 0);
  expect(sentUs).toBe(72_000_000);
});

describe("cellular links", () => {
  it("take their time to connect, and less while connected; what is for a device at rest waits for its page", () => {
    const profile = LINK_PROFILES["nb-iot"];
    const run = stage(profile);
    const [first, second, later] = [
      run.offer(0, 0, 100),
      run.offer(5_000_000, 0, 100),
      run.offer(90_000_000, 0, 100, true),
    ];
    run.run();
    const took = [first, second, later].map(
      (copy) => (run.arrivedUs.get(copy) as number) - (run.offeredUs[copy] as number),
    );
    const frameUs = Math.ceil((142 * 8e6) / 62_500);
    expect(took[0]).toBe(profile.setupUs + frameUs + profile.latencyUs);
    expect(took[1]).toBe(frameUs + profile.latencyUs);
    expect(took[2]).toBeGreaterThan(profile.setupUs);
    expect(took[2]).toBeLessThan(profile.setupUs + profile.pagingUs + 200_000);
  });
});

describe("a connection that is being set up", () => {
  it.each(["nb-iot", "lte-m"] as const)("lets nothing pass on %s before it is up, either way", (name) => {
    const { setupUs } = LINK_PROFILES[name];
    const run = stage(LINK_PROFILES[name]);
    const [up, down] = [run.offer(1_000_000, 0, 200), run.offer(1_100_000, 0, 200, true)];
    run.run();
    const used = run.spans.filter(
      ({ state, untilUs }) => state === RadioState.transmit || untilUs > 1_000_000 + setupUs,
    );
    expect(Math.min(...used.map(({ fromUs }) => fromUs))).toBe(1_000_000 + setupUs);
    for (const copy of [up, down]) expect(run.arrivedUs.get(copy)).toBeGreaterThan(1_000_000 + setupUs);
  });

  it.each(["nb-iot", "lte-m", "wifi", "ble"] as const)(
    "costs a device on %s the time of its set-up in receiving",
    (name) => {
      const { setupUs } = LINK_PROFILES[name];
      const run = stage(LINK_PROFILES[name]);
      run.offer(1_000_000, 0, 100);
      run.run();
      const [setup, frame] = run.spans;
      expect(setup).toEqual({ station: 0, state: RadioState.receive, fromUs: 1_000_000, untilUs: 1_000_000 + setupUs });
      expect(frame?.state).toBe(RadioState.transmit);
    },
  );

  it("is paid for as far as it has come where power goes", () => {
    const run = stage(LINK_PROFILES["nb-iot"]);
    run.offer(1_000_000, 0, 100);
    run.offer(1_400_000, 1, 100);
    run.run(1_400_000);
    run.medium.power(0, false);
    expect(run.spans).toEqual([{ station: 0, state: RadioState.receive, fromUs: 1_000_000, untilUs: 1_400_000 }]);
  });

  it.each([
    ["wifi", 2],
    ["ble", 2],
    ["nb-iot", 1],
  ] as const)("is made on %s %d times by a device that sleeps between two messages", (name, times) => {
    const run = stage(LINK_PROFILES[name]);
    run.offer(0, 0, 100);
    run.offer(1_000, 0, 100);
    run.run(8_000_000);
    run.medium.sleep(0);
    run.run(9_000_000);
    run.medium.power(0, true);
    run.offer(9_500_000, 0, 100);
    run.run();
    expect(run.spans.filter(({ state }) => state === RadioState.receive).length).toBe(times);
    expect(run.arrivedUs.size).toBe(3);
  });

  it("does not make what a device sends wait for a page", () => {
    const { setupUs } = LINK_PROFILES["nb-iot"];
    const run = stage({ ...LINK_PROFILES["nb-iot"], pagingUs: 60_000_000 });
    const [down, up] = [run.offer(30_000_000, 0, 200, true), run.offer(31_000_000, 0, 200)];
    run.run();
    expect(run.arrivedUs.get(up)).toBeLessThan(31_000_000 + setupUs + 300_000);
    expect(run.arrivedUs.get(down)).toBeGreaterThan(run.arrivedUs.get(up) as number);
  });
});

describe("Bluetooth connections", () => {
  it("send four packets at each event", () => {
    const profile = LINK_PROFILES.ble;
    const run = stage(profile);
    const copy = run.offer(1, 0, 6 * (profile.frameBytes - profile.overheadBytes));
    run.run();
    const begins = run.spans.filter(({ state }) => state === RadioState.transmit).map(({ fromUs }) => fromUs);
    expect(begins.length).toBe(6);
    expect((begins[4] as number) - (begins[0] as number)).toBe(profile.connectionIntervalUs);
    expect((begins[3] as number) - (begins[0] as number)).toBeLessThan(10_000);
    expect(run.arrivedUs.has(copy)).toBe(true);
  });
});

it("a gateway without power takes in and sends nothing, and counts what it misses", () => {
  const run = stage({ ...PLAIN, attempts: 3, retryUs: 100 });
  const [held, waiting] = [run.offer(0, 0, 1000), run.offer(0, 1, 1000, true)];
  run.run(100);
  run.medium.gatewayPower(0, false);
  const [up, down] = [run.offer(5000, 1, 50), run.offer(5000, 1, 50, true)];
  run.run(20_000);
  for (const copy of [held, waiting, up, down]) expect(run.outcomes.get(copy)).toBe(Outcome.receiverDown);
  expect(run.misses).toEqual(Array.from({ length: 6 }, () => 0));
  run.medium.gatewayPower(0, true);
  const copies = [run.offer(30_000, 0, 50), run.offer(30_000, 0, 50, true)];
  run.run();
  expect(copies.every((copy) => run.arrivedUs.has(copy))).toBe(true);
});

it("a gateway whose power comes back in the middle of a frame has not got it", () => {
  const run = stage({ ...PLAIN, attempts: 1 });
  run.medium.gatewayPower(0, false);
  const copy = run.offer(1000, 0, 1000);
  run.run(1100);
  run.medium.gatewayPower(0, true);
  run.run();
  expect(run.arrivedUs.has(copy)).toBe(false);
  expect(run.misses).toEqual([0]);
});

it("a link that is switched off loses what waits for it", () => {
  const run = stage(PLAIN);
  const copies = [run.offer(0, 0, 1000), run.offer(0, 0, 100, true)];
  run.run(100);
  run.medium.power(0, false);
  run.run();
  expect(copies.map((copy) => run.outcomes.get(copy))).toEqual([Outcome.senderCrashed, Outcome.receiverDown]);
});

it.each(["wifi", "ble", "nb-iot", "lte-m"] as const)(
  "power that is cut and back at any time: %s ends every message once",
  (name) => {
    const run = stage(LINK_PROFILES[name], new BernoulliLoss(0.1));
    const draw = stream("cuts", name);
    for (let copy = 0; copy < 400; copy++) run.offer(copy * 200_000, copy % 2, 20 + draw.below(3000), copy % 3 === 0);
    for (let cut = 1; cut < 400; cut++)
      run.cut(cut * 200_000 + draw.below(100_000), draw.below(2), 1 + draw.below(5_000));
    run.run();
    expect(run.arrivedUs.size + run.outcomes.size).toBe(400);
  },
);
