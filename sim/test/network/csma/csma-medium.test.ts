import { describe, expect, it } from "vitest";
import { stream } from "../../../kernel/index.ts";
import { RadioState } from "../../../network/access/medium.ts";
import { CsmaMedium } from "../../../network/csma/csma-medium.ts";
import type { CsmaDevice, CsmaOptions } from "../../../network/csma/csma-options.ts";
import { ACK_US, DEFAULT_ACCESS, frameUs, SCAN_US, SENSE_US, TURNAROUND_US } from "../../../network/csma/ieee802154.ts";
import { Outcome } from "../../../network/drop-reasons.ts";
import { BernoulliLoss } from "../../../network/loss/loss-model.ts";
import { PATH_LOSS_PRESETS } from "../../../network/path-loss.ts";
import { MediumStage } from "../medium-stage.ts";

/** No obstacle anywhere: every place is in reach. */
const FREE = { referenceDb: 0, referenceMetres: 1e6, exponent: 2, shadowingDb: 0 };

function stage(devices: readonly Partial<CsmaDevice>[], options: Partial<CsmaOptions> = {}): MediumStage {
  return new MediumStage(devices.length + (options.coordinators?.length ?? 1), (port) => {
    return new CsmaMedium(
      {
        key: 3,
        coordinators: [{ x: 0, y: 0 }],
        devices: devices.map((device) => ({ x: 5, y: 0, cell: 0, loss: 0, ...device })),
        pathLoss: { ...PATH_LOSS_PRESETS["ieee-802.15.4-indoor"], shadowingDb: 0 },
        losses: [null],
        acknowledges: true,
        access: { ...DEFAULT_ACCESS, ...options.access },
        ...options,
      },
      port,
    );
  });
}

/** A signal's from 5 m away. */
const WAY_US = 1;
/** Back-offs of no length, so that times are known. */
const AT_ONCE = { ...DEFAULT_ACCESS, leastExponent: 0 };

describe("a frame", () => {
  it("arrives after sensing, turning round, its time on air and its way, and is acknowledged", () => {
    // 3 km are 11 µs of light.
    for (const [x, wayUs] of [
      [5, WAY_US],
      [3000, 11],
    ] as const) {
      const run = stage([{ x }], { access: AT_ONCE, pathLoss: FREE });
      const copy = run.offer(1000, 0, 50);
      run.run();
      const sentUs = 1000 + SENSE_US + TURNAROUND_US + frameUs(50, false);
      expect(run.arrivedUs.get(copy)).toBe(sentUs + wayUs);
      const ackUs = sentUs + 2 * wayUs + TURNAROUND_US;
      expect(run.spans.map(({ state, fromUs, untilUs }) => [state, fromUs, untilUs])).toEqual([
        [RadioState.transmit, sentUs - frameUs(50, false), sentUs],
        [RadioState.receive, ackUs, ackUs + ACK_US],
      ]);
    }
  });

  it("gets its acknowledgement in time from 48 km, and no farther", () => {
    const fates = [47_900, 48_100, 600_000].map((x) => {
      const run = stage([{ x }], { access: AT_ONCE, pathLoss: FREE });
      const copy = run.offer(1000, 0, 50);
      run.run();
      expect(run.arrivedUs.has(copy)).toBe(true);
      return run.medium.figures.frames;
    });
    expect(fates).toEqual([1, 4, 4]);
  });

  it("takes no more than 127 bytes, so that longer messages come in fragments", () => {
    const run = stage([{}], { access: AT_ONCE });
    const [up, down] = [run.offer(0, 0, 300), run.offer(100_000, 0, 110, true)];
    run.run();
    expect([run.arrivedUs.has(up), run.arrivedUs.has(down)]).toEqual([true, true]);
    expect(run.medium.figures.frames).toBe(4);
    expect(Math.max(...run.spans.map(({ fromUs, untilUs }) => untilUs - fromUs))).toBeLessThanOrEqual(133 * 32);
  });

  it("that is lost is sent again, four times at most, and never without acknowledgements", () => {
    const losses = [new BernoulliLoss(0.5)];
    const figures = [true, false].map((acknowledges) => {
      const run = stage([{}], { losses, acknowledges });
      for (let index = 0; index < 400; index++) run.offer(index * 1_000_000, 0, 20);
      run.run();
      return [run.arrivedUs.size / 400, run.medium.figures.frames / 400];
    });
    const [[acknowledged, tries], [plain, once]] = figures as [[number, number], [number, number]];
    expect(acknowledged).toBeGreaterThan(1 - 0.5 ** 4 - 0.05);
    expect(tries).toBeGreaterThan(1.6);
    expect(plain).toBeLessThan(0.6);
    expect(once).toBe(1);
  });
});

describe("carrier sense", () => {
  it("lets one station wait for another that it hears, and not for one that is hidden", () => {
    const fates = [5, -5].map((x) => {
      const metres = x < 0 ? -24 : 24;
      // Both reach the coordinator; on opposite sides they are 48 m apart, where the energy is below the threshold.
      const run = stage([{ x: 24 }, { x: metres }], { access: { ...AT_ONCE, mostBackoffs: 8, mostRetries: 0 } });
      const [one, two] = [run.offer(0, 0, 100), run.offer(400, 1, 100)];
      run.run();
      return [run.outcomes.get(one) ?? 0, run.outcomes.get(two) ?? 0];
    });
    expect(fates[0]).toEqual([0, 0]);
    expect(fates[1]).toEqual([Outcome.collided, Outcome.collided]);
  });

  it("gives up when the channel never gets free", () => {
    const run = stage(Array.from({ length: 40 }, () => ({})));
    for (let device = 0; device < 40; device++) for (let at = 0; at < 20; at++) run.offer(at, device, 110);
    run.run();
    expect([...run.outcomes.values()]).toContain(Outcome.channelBusy);
    expect(run.arrivedUs.size + run.outcomes.size).toBe(800);
  });
});

describe("a coordinator without power", () => {
  it("acknowledges nothing, sends nothing, and counts what it misses, until it has power again", () => {
    const run = stage([{}], { access: AT_ONCE });
    run.run(10);
    run.medium.gatewayPower(0, false);
    const [up, down, later] = [run.offer(1000, 0, 50), run.offer(2000, 0, 50, true), run.offer(900_000, 0, 50)];
    run.run(800_000);
    expect([run.outcomes.get(up), run.outcomes.get(down)]).toEqual([Outcome.receiverDown, Outcome.senderCrashed]);
    expect(run.misses).toEqual([0, 0, 0, 0]);
    expect(run.medium.figures).toMatchObject({ frames: 4, lost: 4 });
    expect(run.spans.every(({ state }) => state === RadioState.transmit)).toBe(true);
    run.medium.gatewayPower(0, true);
    run.run();
    expect(run.arrivedUs.has(later)).toBe(true);
  });

  it("loses what it was taking in and what waited in it", () => {
    const run = stage([{}, {}], { access: { ...AT_ONCE, mostRetries: 0 } });
    const [up, down] = [run.offer(0, 0, 100), run.offer(500, 1, 100, true)];
    run.run(1000);
    run.medium.gatewayPower(0, false);
    run.medium.gatewayPower(0, true);
    run.run();
    expect([run.outcomes.get(up), run.outcomes.get(down)]).toEqual([Outcome.receiverDown, Outcome.receiverDown]);
  });
});

it("a device that is switched off between a frame and its acknowledgement sends its next message whole", () => {
  const run = stage([{}], { access: AT_ONCE });
  const first = run.offer(1000, 0, 50);
  run.run(1000 + SENSE_US + TURNAROUND_US + frameUs(50, false) + WAY_US + 10);
  run.medium.power(0, false);
  run.medium.power(0, true);
  const second = run.offer(100_000, 0, 50);
  run.run();
  expect([run.arrivedUs.has(first), run.arrivedUs.has(second)]).toEqual([true, true]);
});

it("a device that is switched off loses what it has, and what is for it", () => {
  const run = stage([{}]);
  const [up, down] = [run.offer(0, 0, 400), run.offer(20_000, 0, 40, true)];
  run.run(3000);
  run.medium.power(0, false);
  run.run();
  expect(run.outcomes.get(up)).toBe(Outcome.senderCrashed);
  expect(run.outcomes.get(down)).toBe(Outcome.receiverDown);
});

it("a device that goes to sleep, or wakes again, while it owes an acknowledgement rests only after that", () => {
  for (const wakes of [false, true]) {
    const run = stage([{}], { access: AT_ONCE });
    const copy = run.offer(1000, 0, 40, true);
    const arrivesUs = 1000 + SENSE_US + TURNAROUND_US + frameUs(40, false) + WAY_US;
    run.run(arrivesUs + 10);
    expect(run.arrivedUs.get(copy)).toBe(arrivesUs);
    run.medium.sleep(0);
    if (wakes) run.medium.power(0, true);
    run.run();
    const [acknowledged] = run.spans.filter(({ state }) => state === RadioState.transmit);
    const last = run.rested.at(-1);
    expect(acknowledged?.untilUs).toBe(arrivesUs + TURNAROUND_US + ACK_US);
    expect(last?.atUs).toBe(arrivesUs + TURNAROUND_US + ACK_US + WAY_US);
    expect(last?.listening).toBe(wakes);
  }
});

describe("a receiver of messages in parts", () => {
  const bounds = { device: 1, coordinator: 2, timeoutUs: 60_000_000 };

  it("holds so many at once; the next one is lost with its first part, and sent to its end for nothing", () => {
    // Back-offs so long that nobody gives up, and all of them come in turn.
    const patient = { leastExponent: 6, mostExponent: 8, mostBackoffs: 5, mostRetries: 3 };
    const run = stage([{}, {}, {}], { access: patient, reassembly: bounds });
    const copies = [0, 1, 2].map((device) => run.offer(0, device, 900));
    run.run();
    const outcomes = copies.map((copy) => run.outcomes.get(copy) ?? 0).sort((one, other) => one - other);
    expect(outcomes).toEqual([0, 0, Outcome.reassemblyFull]);
    // Nine frames of each message are sent and paid for, whatever becomes of it.
    const refused = copies.findIndex((copy) => run.outcomes.has(copy));
    const frames = (device: number) =>
      run.spans.filter(({ station, state }) => station === device && state === RadioState.transmit).length;
    expect(frames(refused)).toBeGreaterThanOrEqual(9);
    const whole = run.offer(run.nowUs + 1000, refused, 900);
    run.run();
    expect(run.arrivedUs.has(whole)).toBe(true);
  });

  it("keeps what a sender gave up until its time is over", () => {
    const run = stage([{}, {}], { access: AT_ONCE, reassembly: { ...bounds, coordinator: 1, timeoutUs: 1_000_000 } });
    const cut = run.offer(0, 0, 400);
    run.cut(6_000, 0, 50);
    const [early, short, late] = [run.offer(500_000, 1, 400), run.offer(700_000, 1, 40), run.offer(1_100_000, 1, 400)];
    run.run();
    expect([cut, early, short, late].map((copy) => run.outcomes.get(copy) ?? 0)).toEqual([
      Outcome.senderCrashed,
      Outcome.reassemblyFull,
      0,
      0,
    ]);
  });

  it("waits no longer for the last part than its time", () => {
    const run = stage([{}], { access: AT_ONCE, reassembly: { ...bounds, timeoutUs: 20_000 } });
    const [long, short] = [run.offer(0, 0, 900, true), run.offer(1_000_000, 0, 300, true)];
    run.run();
    expect([long, short].map((copy) => run.outcomes.get(copy) ?? 0)).toEqual([Outcome.reassemblyTimedOut, 0]);
    expect(run.spans.filter(({ state }) => state === RadioState.receive).length).toBe(9 + 3);
  });
});

describe("power that is back at once", () => {
  const arrivesUs = 1000 + SENSE_US + TURNAROUND_US + frameUs(40, false) + WAY_US;

  it("does not bring back an acknowledgement that a device owed: the frame is sent again, and taken once", () => {
    const run = stage([{}], { access: AT_ONCE });
    const copy = run.offer(1000, 0, 40, true);
    run.cut(arrivesUs + TURNAROUND_US + 100, 0, 50);
    run.run();
    expect(run.arrivedUs.get(copy)).toBe(arrivesUs);
    expect(run.medium.figures.frames).toBe(2);
    const sent = run.spans.filter(({ state }) => state === RadioState.transmit);
    expect(sent.map(({ fromUs, untilUs }) => untilUs - fromUs)).toEqual([100, ACK_US]);
  });

  it("loses the frame that a device was taking in", () => {
    const run = stage([{}], { access: AT_ONCE });
    const copy = run.offer(1000, 0, 40, true);
    run.cut(arrivesUs - 200, 0, 50);
    run.run();
    expect(run.arrivedUs.get(copy)).toBeGreaterThan(arrivesUs);
    expect(run.medium.figures.frames).toBe(2);
  });

  it("comes too late for a frame that began without it, which is sent again", () => {
    const run = stage([{}], { access: AT_ONCE });
    const copy = run.offer(1000, 0, 40, true);
    run.cut(500, 0, arrivesUs - 200 - 500);
    run.run();
    expect(run.arrivedUs.get(copy)).toBeGreaterThan(arrivesUs);
    expect(run.medium.figures.frames).toBe(2);
  });

  it("loses a message of which only a part was in, for all that the coordinator goes on sending it", () => {
    const run = stage([{}], { access: AT_ONCE });
    const copy = run.offer(1000, 0, 300, true);
    run.cut(8_000, 0, 50);
    run.run();
    expect(run.outcomes.get(copy)).toBe(Outcome.receiverDown);
    expect(run.medium.figures.frames).toBeGreaterThanOrEqual(3);
  });

  it("leaves nothing behind of a frame that was taken and not yet acknowledged: the next message arrives", () => {
    const run = stage([{}], { access: AT_ONCE });
    const first = run.offer(1000, 0, 40);
    run.cut(arrivesUs + 100, 0, 50);
    const second = run.offer(arrivesUs + 200, 0, 40);
    run.run();
    expect([run.arrivedUs.has(first), run.arrivedUs.has(second)]).toEqual([true, true]);
  });

  it("at any time, again and again, lets every message end once, and no radio do two things at a time", () => {
    const run = stage(Array.from({ length: 5 }, (_, device) => ({ x: 4 + device })));
    const draw = stream("cuts", "csma");
    for (let copy = 0; copy < 1500; copy++) run.offer(copy * 8_000, copy % 5, 20 + draw.below(300), copy % 2 === 0);
    for (let cut = 1; cut < 2000; cut++) run.cut(cut * 6_000 + draw.below(3_000), draw.below(5), 1 + draw.below(700));
    run.run();
    expect(run.arrivedUs.size + run.outcomes.size).toBe(1500);
    expect(run.arrivedUs.size).toBeGreaterThan(500);
    for (let device = 0; device < 5; device++) {
      const own = run.spans.filter(({ station }) => station === device);
      expect(own.every(({ fromUs }, at) => at === 0 || fromUs >= (own[at - 1]?.untilUs ?? 0))).toBe(true);
    }
  });
});

describe("a device that goes over to another cell", () => {
  const coordinators = [
    { x: 0, y: 0 },
    { x: 40, y: 0 },
  ];

  it("scans and associates, and pays for both", () => {
    const run = stage([{}], { access: AT_ONCE, coordinators });
    run.medium.moved(0, { x: 38, y: 0 });
    run.run();
    const [scan, association] = run.spans;
    expect(scan).toMatchObject({ state: RadioState.receive, fromUs: 0, untilUs: SCAN_US });
    expect(association).toMatchObject({ state: RadioState.transmit, fromUs: SCAN_US });
    expect(run.medium.gatewayOf(0)).toBe(1);
  });

  it("pays for what there was of its scan when its power is cut, and its next life is free to send at once", () => {
    const run = stage([{}], { access: AT_ONCE, coordinators });
    run.medium.moved(0, { x: 38, y: 0 });
    run.cut(SCAN_US / 2, 0, 0);
    const copy = run.offer(SCAN_US / 2 + 1000, 0, 40);
    run.run();
    expect(run.spans[0]).toMatchObject({ state: RadioState.receive, fromUs: 0, untilUs: SCAN_US / 2 });
    const sendsUs = SCAN_US / 2 + 1000 + SENSE_US + TURNAROUND_US;
    expect(run.arrivedUs.get(copy)).toBe(sendsUs + frameUs(40, false) + WAY_US);
  });
});

it("spans of a device's radio never overlap", () => {
  const run = stage(Array.from({ length: 6 }, (_, device) => ({ x: 4 + device })));
  for (let index = 0; index < 600; index++) run.offer(index * 7_000, index % 6, 60, index % 3 === 0);
  run.run();
  for (let device = 0; device < 6; device++) {
    const own = run.spans.filter(({ station }) => station === device);
    expect(own.length).toBeGreaterThan(100);
    expect(own.every(({ fromUs }, at) => at === 0 || fromUs >= (own[at - 1]?.untilUs ?? 0))).toBe(true);
  }
});
