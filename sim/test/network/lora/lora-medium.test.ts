import { describe, expect, it } from "vitest";
import { stream } from "../../../kernel/index.ts";
import { RadioState } from "../../../network/access/medium.ts";
import { Outcome } from "../../../network/drop-reasons.ts";
import { DUTY_WINDOW_US } from "../../../network/lora/duty-cycle.ts";
import { LoraMedium } from "../../../network/lora/lora-medium.ts";
import type { LoraDevice, LoraOptions } from "../../../network/lora/options.ts";
import { lorawanModulation, timeOnAirUs } from "../../../network/lora/time-on-air.ts";
import { BernoulliLoss } from "../../../network/loss/loss-model.ts";
import { PATH_LOSS_PRESETS } from "../../../network/path-loss.ts";
import { MediumStage } from "../medium-stage.ts";

const NEAR: LoraDevice = {
  x: 50,
  y: 0,
  loss: 0,
  spreadingFactor: 7,
  class: "A",
  isConfirmed: false,
  isAdaptive: false,
};
const PATH_LOSS = { ...PATH_LOSS_PRESETS["lora-town"], shadowingDb: 0 };
const SECOND = 1_000_000;

function stage(devices: readonly Partial<LoraDevice>[], options: Partial<LoraOptions> = {}): MediumStage {
  return new MediumStage(devices.length, (port) => {
    return new LoraMedium(
      {
        key: 7,
        gateways: [{ x: 0, y: 0 }],
        devices: devices.map((device) => ({ ...NEAR, ...device })),
        pathLoss: PATH_LOSS,
        losses: [null],
        secondWindowFactor: 9,
        ...options,
      },
      port,
    );
  });
}

const downUs = (bytes: number, factor = 7) => timeOnAirUs(lorawanModulation(factor, 125_000, false), bytes + 13);
/** From 50 m away. */
const WAY_US = 1;
const airUs = (bytes: number, factor = 7) => timeOnAirUs(lorawanModulation(factor), bytes + 13);

describe("an uplink", () => {
  it("arrives after its time on air and its way", () => {
    const run = stage([{}]);
    const copy = run.offer(5 * SECOND, 0, 20);
    run.run();
    expect(run.arrivedUs.get(copy)).toBe(5 * SECOND + airUs(20) + WAY_US);
    expect(run.spans.map(({ state }) => state)).toEqual([RadioState.transmit, RadioState.listen, RadioState.listen]);
  });

  it("is cut into fragments that wait for the duty cycle, and is lost with one of them", () => {
    const [whole, holed] = [stage([{}]), stage([{}], { losses: [new BernoulliLoss(0.5)] })];
    const sent = whole.offer(0, 0, 900);
    const lost = holed.offer(0, 0, 900);
    whole.run();
    holed.run();
    expect(whole.medium.figures.frames).toBe(4);
    // Two sub-bands of 1 %: four frames take at least one silence of a hundred times a frame.
    expect(whole.arrivedUs.get(sent)).toBeGreaterThan(99 * airUs(242));
    expect(holed.outcomes.get(lost)).toBe(Outcome.radioLost);
  });

  it("that is confirmed survives loss at the price of repetitions", () => {
    const run = stage([{ isConfirmed: true }], { losses: [new BernoulliLoss(0.3)] });
    const copies = Array.from({ length: 40 }, (_, index) => run.offer(index * 600 * SECOND, 0, 50));
    run.run();
    expect(copies.filter((copy) => run.arrivedUs.has(copy)).length).toBe(40);
    expect(run.medium.figures.frames).toBeGreaterThan(100);
  });

  it("of two at once survives only where it is stronger by the capture threshold", () => {
    const far = { x: 200 };
    const pairs = stage([{}, far]);
    const near = Array.from({ length: 200 }, (_, index) => pairs.offer(index * 100 * SECOND, 0, 20));
    const weak = Array.from({ length: 200 }, (_, index) => pairs.offer(index * 100 * SECOND + 9_000, 1, 20));
    pairs.run();
    expect(near.every((copy) => pairs.arrivedUs.has(copy))).toBe(true);
    const drowned = weak.filter((copy) => pairs.outcomes.get(copy) === Outcome.collided).length;
    // One channel of eight is the same.
    expect(drowned).toBeGreaterThan(8);
    expect(drowned).toBeLessThan(50);
  });

  it("from out of reach never arrives, from where a slower factor reaches it does", () => {
    const metres = 5000;
    const run = stage([
      { x: metres, spreadingFactor: 7 },
      { x: metres, spreadingFactor: 12 },
      { x: 50 * metres, spreadingFactor: 12 },
    ]);
    const copies = [0, 1, 2].map((device) => run.offer(device * 10 * SECOND, device, 10));
    run.run();
    expect(copies.map((copy) => run.outcomes.get(copy) ?? 0)).toEqual([Outcome.outOfReach, 0, Outcome.outOfReach]);
  });

  it("finds no more than eight demodulators", () => {
    const run = stage(
      Array.from({ length: 12 }, (_, device) => ({ spreadingFactor: 7 + (device % 6) })),
      { captureDb: -1000 },
    );
    const copies = Array.from({ length: 12 }, (_, device) => run.offer(device, device, 20));
    run.run();
    expect(copies.filter((copy) => run.arrivedUs.has(copy)).length).toBe(8);
  });
});

describe("the way of a signal", () => {
  const FAR = { x: 3000, y: 4000, spreadingFactor: 12 };
  /** 5 km at 299.79 m a µs. */
  const FAR_US = 17;

  it("is added each way, and the radio listens from when its window opens to the answer's first bit", () => {
    const run = stage([FAR]);
    const [up, down] = [run.offer(0, 0, 10), run.offer(0, 0, 20, true)];
    run.run();
    const sentUs = airUs(10, 12);
    expect(run.arrivedUs.get(up)).toBe(sentUs + FAR_US);
    expect(run.arrivedUs.get(down)).toBe(sentUs + SECOND + 2 * FAR_US + downUs(20, 12));
    expect(run.spans.map(({ state, fromUs, untilUs }) => [state, fromUs, untilUs])).toEqual([
      [RadioState.transmit, 0, sentUs],
      [RadioState.listen, sentUs + SECOND, sentUs + SECOND + 2 * FAR_US],
      [RadioState.receive, sentUs + SECOND + 2 * FAR_US, run.arrivedUs.get(down)],
    ]);
  });

  it("decides what overlaps at a gateway: a frame sent when another's last bit has left may still meet it there", () => {
    const shared = (gapUs: number) => {
      const both = { ...FAR, spreadingFactor: 7 };
      const run = stage([both, { ...both, x: 5 }], { captureDb: 1000, pathLoss: { ...PATH_LOSS, referenceDb: 0 } });
      const pairs = Array.from({ length: 60 }, (_, index) => {
        const atUs = index * 100 * SECOND;
        return [run.offer(atUs, 0, 20), run.offer(atUs + airUs(20) + gapUs, 1, 20)];
      });
      run.run();
      return pairs.filter(([one, other]) => run.outcomes.has(one as number) && run.outcomes.has(other as number))
        .length;
    };
    // One is 17 µs away, the other 14: on a channel of eight they share the air for up to two microseconds more.
    expect(shared(2)).toBeGreaterThan(0);
    expect(shared(3)).toBe(0);
  });

  it("is short beside a symbol even from 60 km: the answer begins while the window is open", () => {
    const run = stage([{ x: 60_000, spreadingFactor: 12 }], { pathLoss: { ...PATH_LOSS, referenceDb: 0 } });
    const [up, down] = [run.offer(0, 0, 10), run.offer(0, 0, 20, true)];
    run.run();
    expect(run.arrivedUs.get(up)).toBe(airUs(10, 12) + 201);
    expect(run.arrivedUs.get(down)).toBe(airUs(10, 12) + SECOND + 402 + downUs(20, 12));
  });
});

describe("the duty cycle", () => {
  it("is not exceeded in any hour, by devices that have always something to send", () => {
    const run = stage(Array.from({ length: 3 }, (_, device) => ({ spreadingFactor: device === 2 ? 12 : 7 + device })));
    for (let device = 0; device < 3; device++) {
      for (let at = 0; at < 6; at++) run.offer(at, device, 3000);
    }
    run.run(3 * DUTY_WINDOW_US);
    for (let device = 0; device < 3; device++) {
      const sent = run.spans.filter(({ station, state }) => station === device && state === RadioState.transmit);
      expect(sent.length).toBeGreaterThan(20);
      for (const { fromUs: from } of sent) {
        const within = sent.map(({ fromUs, untilUs }) =>
          Math.max(0, Math.min(untilUs, from + DUTY_WINDOW_US) - Math.max(fromUs, from)),
        );
        // Two sub-bands of 1 %.
        expect(within.reduce((sum, us) => sum + us, 0)).toBeLessThanOrEqual(0.02 * DUTY_WINDOW_US);
      }
    }
  });
});

describe("a downlink", () => {
  it("waits for a class A device to send, and goes at once to class C", () => {
    const run = stage([{ class: "A" }, { class: "C" }]);
    const [waiting, pushed] = [run.offer(SECOND, 0, 20, true), run.offer(SECOND, 1, 20, true)];
    const up = run.offer(60 * SECOND, 0, 10);
    run.run();
    expect(run.arrivedUs.get(pushed)).toBe(SECOND + downUs(20, 9) + WAY_US);
    expect(run.arrivedUs.get(waiting)).toBe((run.arrivedUs.get(up) as number) + SECOND + downUs(20) + WAY_US);
  });

  it("in fragments makes the device ask until it has all of them", () => {
    const run = stage([{}]);
    const up = run.offer(0, 0, 10);
    const down = run.offer(10_000, 0, 700, true);
    run.run();
    expect(run.arrivedUs.has(up)).toBe(true);
    expect(run.arrivedUs.get(down)).toBeGreaterThan(2 * SECOND);
    const received = run.spans.filter(({ state }) => state === RadioState.receive);
    expect(received.length).toBeGreaterThanOrEqual(3);
    expect(run.spans.filter(({ state }) => state === RadioState.transmit).length).toBeGreaterThanOrEqual(3);
  });

  it("in fragments goes to class C without being asked for", () => {
    const run = stage([{ class: "C" }]);
    const down = run.offer(0, 0, 1000, true);
    run.run();
    expect(run.arrivedUs.has(down)).toBe(true);
    expect(run.spans.every(({ state }) => state === RadioState.receive)).toBe(true);
  });

  it("makes its gateway deaf meanwhile", () => {
    const run = stage([{ class: "C" }, {}]);
    const down = run.offer(0, 0, 100, true);
    const during = run.offer(100_000, 1, 20);
    run.run();
    expect(run.arrivedUs.has(down)).toBe(true);
    expect(run.outcomes.get(during)).toBe(Outcome.radioLost);
  });

  it("is lost with the device's power", () => {
    const run = stage([{}]);
    const down = run.offer(0, 0, 20, true);
    const up = run.offer(0, 0, 20);
    run.run(10_000);
    run.medium.power(0, false);
    run.run();
    expect([run.outcomes.get(down), run.outcomes.get(up)]).toEqual([Outcome.receiverDown, Outcome.senderCrashed]);
  });
});

describe("a gateway without power", () => {
  const TWO = {
    gateways: [
      { x: 0, y: 0 },
      { x: 1000, y: 0 },
    ],
  };

  it("hears, acknowledges and sends nothing, and counts what it misses", () => {
    const run = stage([{ isConfirmed: true }, { class: "C" }]);
    run.run(10);
    run.medium.gatewayPower(0, false);
    const [up, down] = [run.offer(SECOND, 0, 20), run.offer(SECOND, 1, 20, true)];
    run.run(400 * SECOND);
    expect(run.outcomes.get(up)).toBe(Outcome.receiverDown);
    expect(run.misses.length).toBe(8);
    expect(run.spans.some(({ state }) => state === RadioState.receive)).toBe(false);
    run.medium.gatewayPower(0, true);
    run.run();
    expect(run.arrivedUs.has(down)).toBe(true);
  });

  it("does not count among those that have decoded, and another answers in its place", () => {
    const run = stage([{ isConfirmed: true }], TWO);
    run.run(10);
    run.medium.gatewayPower(0, false);
    const up = run.offer(SECOND, 0, 20);
    run.run();
    expect(run.arrivedUs.has(up)).toBe(true);
    expect(run.medium.gatewayOf(0)).toBe(1);
    expect(run.misses).toEqual([0]);
    expect(run.medium.figures.frames).toBe(2);
  });

  it("loses what it was taking in and sending, however short the cut", () => {
    const run = stage([{}, { class: "C" }], { secondWindowFactor: 12 });
    const [up, down] = [run.offer(SECOND, 0, 200), run.offer(5 * SECOND, 1, 20, true)];
    for (const atUs of [SECOND + 10, 5 * SECOND + 10]) {
      run.run(atUs);
      run.medium.gatewayPower(0, false);
      run.medium.gatewayPower(0, true);
    }
    run.run();
    expect([run.outcomes.get(up), run.outcomes.get(down)]).toEqual([Outcome.receiverDown, Outcome.receiverDown]);
  });
});

describe("adaptive data rate", () => {
  it("makes a device that is heard well fast, then weak, and one that is not heard slow", () => {
    const run = stage([
      { spreadingFactor: 12, isAdaptive: true },
      { spreadingFactor: 7, x: 5000, isAdaptive: true },
    ]);
    for (let index = 0; index < 400; index++) {
      for (const device of [0, 1]) run.offer(index * 1000 * SECOND, device, 10);
    }
    run.run();
    const { rate } = (run.medium as LoraMedium).stations;
    expect(rate.factors[0]).toBe(7);
    expect(rate.reducedDb(0)).toBeGreaterThan(0);
    expect(rate.factors[1]).toBeGreaterThan(7);
  });
});

describe("a command of adaptive data rate", () => {
  const lengthOf = ({ fromUs, untilUs }: { fromUs: number; untilUs: number }) => untilUs - fromUs;

  it("makes the server's frame five bytes longer, and the device's next one two; later frames are charged at less power", () => {
    // Fast already: what is left to take away is power.
    const run = stage([{ spreadingFactor: 7, isAdaptive: true, isConfirmed: true }]);
    for (let index = 0; index < 30; index++) run.offer(index * 1000 * SECOND, 0, 12);
    run.run();
    const sent = run.spans.filter(({ state }) => state === RadioState.transmit);
    const heard = run.spans.filter(({ state }) => state === RadioState.receive);
    const longer = heard.flatMap((span, index) => (lengthOf(span) === downUs(5) ? [index] : []));
    expect(longer).toEqual([19]);
    expect(heard.filter((span) => lengthOf(span) === downUs(0)).length).toBe(29);
    const answers = sent.flatMap((span, index) => (lengthOf(span) === airUs(14) ? [index] : []));
    expect(answers).toEqual([20]);
    expect(sent.filter((span) => lengthOf(span) === airUs(12)).length).toBe(29);
    const { rate } = (run.medium as LoraMedium).stations;
    expect(rate.powerSteps[0]).toBe(7);
    expect(sent.map(({ powerStep = 0 }) => powerStep)).toEqual(sent.map((_, index) => (index < 20 ? 0 : 7)));
  });

  it("waits for a frame that leaves room for it", () => {
    const run = stage([{ spreadingFactor: 7, isAdaptive: true, isConfirmed: true }]);
    for (let index = 0; index < 22; index++) {
      run.offer(index * 1000 * SECOND, 0, 10);
      if (index >= 18) run.offer(index * 1000 * SECOND + 1, 0, index === 20 ? 237 : 238, true);
    }
    run.run();
    const heard = run.spans.filter(({ state }) => state === RadioState.receive);
    expect(heard.slice(18, 22).map(lengthOf)).toEqual([downUs(238), downUs(238), downUs(242), downUs(238)]);
  });
});

describe("a message in parts", () => {
  it("is given up when the next part comes too late, and what is sent after that is paid for", () => {
    const run = stage([{}, { isConfirmed: true }], { inactivityUs: 10 * SECOND });
    // Four fragments each, with silences of 18 s and more between those of one sub-band.
    const copies = [run.offer(0, 0, 900), run.offer(1000 * SECOND, 1, 900)];
    run.run();
    expect(copies.map((copy) => run.outcomes.get(copy))).toEqual([
      Outcome.reassemblyTimedOut,
      Outcome.reassemblyTimedOut,
    ]);
    for (const device of [0, 1]) {
      const sent = run.spans.filter(({ station, state }) => station === device && state === RadioState.transmit);
      expect(sent.length).toBe(4);
    }
  });

  it("waits for half a day, as the standard recommends", () => {
    const run = stage([{}]);
    const [up, down] = [run.offer(0, 0, 10), run.offer(1, 0, 600, true)];
    run.run(5 * SECOND);
    run.medium.gatewayPower(0, false);
    run.run(12 * 3600 * SECOND);
    run.medium.gatewayPower(0, true);
    run.run();
    expect([run.arrivedUs.has(up), run.outcomes.get(down)]).toEqual([true, Outcome.reassemblyTimedOut]);
  });
});

it("gives the same run twice", () => {
  const digests = [0, 1].map(() => {
    const run = stage(
      Array.from({ length: 20 }, (_, device) => ({ x: 40 + device, isConfirmed: device % 2 === 0 })),
      { losses: [new BernoulliLoss(0.1)] },
    );
    for (let index = 0; index < 400; index++) run.offer(index * SECOND, index % 20, 60);
    run.run();
    return run.digest.finish();
  });
  expect(digests[0]).toBe(digests[1]);
});

it("power that is cut and back at any time lets every message end once, and brings no acknowledgement back", () => {
  const classes = ["A", "C", "A", "C"] as const;
  const run = stage(classes.map((each, device) => ({ class: each, isConfirmed: device < 2, x: 50 + device })));
  const draw = stream("cuts", "lora");
  for (let copy = 0; copy < 600; copy++) run.offer(copy * 4 * SECOND, copy % 4, 20 + draw.below(300), copy % 3 === 0);
  for (let cut = 1; cut < 1200; cut++)
    run.cut(cut * 2 * SECOND + draw.below(SECOND), draw.below(4), 1 + draw.below(2_000));
  run.run();
  expect(run.arrivedUs.size + run.outcomes.size).toBe(600);
  expect(run.arrivedUs.size).toBeGreaterThan(20);
  for (let device = 0; device < 4; device++) {
    const own = run.spans.filter(({ station }) => station === device);
    expect(own.length).toBeGreaterThan(20);
  }
});
