import { describe, expect, it } from "vitest";
import { EnergyChecker } from "../../checkers/index.ts";
import { RadioState } from "../../network/access/medium.ts";
import { EnergyCause, EnergyMeter, type PowerProfile } from "../../network/energy.ts";

const POWER: PowerProfile = {
  sleepWatts: 0.001,
  computeWatts: 0.01,
  listenWatts: 0.02,
  receiveWatts: 0.03,
  transmitWatts: 0.1,
  reducedWatts: [0.08, 0.05],
};
const SECOND = 1_000_000;
const WORLD = { firstNode: 40, devices: 2, powerOf: () => POWER, batteryOf: () => 100 };

function meterWith(checker: EnergyChecker | null): EnergyMeter {
  const meter = new EnergyMeter([POWER], new Uint16Array(2), checker);
  meter.rests(0, true, 2 * SECOND);
  meter.radio(0, RadioState.transmit, 3 * SECOND, 4 * SECOND);
  meter.radio(0, RadioState.receive, 5 * SECOND, 7 * SECOND);
  meter.rests(0, false, 8 * SECOND);
  meter.computed(0, SECOND, 1.5 * SECOND);
  meter.computed(0, 6 * SECOND, 7 * SECOND);
  return meter;
}

describe("a device's meter", () => {
  it("accounts for each state, and listens in between where the radio rests listening", () => {
    const meter = meterWith(null);
    meter.finish(10 * SECOND);
    const joules = (cause: EnergyCause) => meter.joules(0, cause);
    expect(joules(EnergyCause.transmit)).toBeCloseTo(0.1, 12);
    expect(joules(EnergyCause.receive)).toBeCloseTo(0.06, 12);
    // From 2 to 3, 4 to 5 and 7 to 8 seconds.
    expect(joules(EnergyCause.listen)).toBeCloseTo(0.06, 12);
    expect(joules(EnergyCause.compute)).toBeCloseTo(0.015, 12);
    expect(joules(EnergyCause.sleep)).toBeCloseTo(0.01, 12);
    expect(meter.joules(1, EnergyCause.sleep)).toBeCloseTo(0.01, 12);
  });

  it("charges a sender by the step of its power", () => {
    const checker = new EnergyChecker(WORLD);
    const meter = meterWith(checker);
    meter.radio(0, RadioState.transmit, 8 * SECOND, 9 * SECOND, 1);
    meter.radio(1, RadioState.transmit, 0, 3 * SECOND, 2);
    meter.finish(10 * SECOND);
    expect(meter.joules(0, EnergyCause.transmit)).toBeCloseTo(0.1 + 0.08, 12);
    expect(meter.joules(1, EnergyCause.transmit)).toBeCloseTo(0.15, 12);
    expect(checker.finish(meter, 10 * SECOND).violationCount).toBe(0);
  });

  it("takes nothing that overlaps what was before", () => {
    const meter = meterWith(null);
    expect(() => meter.radio(0, RadioState.listen, 7 * SECOND, 9 * SECOND)).toThrow(/one state at a time/u);
    expect(() => meter.computed(0, 6.5 * SECOND, 9 * SECOND)).toThrow(/one thing at a time/u);
  });
});

describe("a life that was cut short", () => {
  it("is paid for whole, and what the next one does meanwhile is not paid for again", () => {
    const meter = new EnergyMeter([POWER], new Uint16Array(1), null);
    meter.radio(0, RadioState.receive, SECOND, 5 * SECOND);
    meter.cut(0);
    meter.radio(0, RadioState.transmit, 2 * SECOND, 3 * SECOND);
    meter.radio(0, RadioState.transmit, 4 * SECOND, 6 * SECOND);
    meter.finish(10 * SECOND);
    expect(meter.joules(0, EnergyCause.receive)).toBeCloseTo(0.12, 12);
    expect(meter.joules(0, EnergyCause.transmit)).toBeCloseTo(0.1, 12);
  });
});

describe("the energy checker", () => {
  it("agrees with an honest meter", () => {
    const checker = new EnergyChecker(WORLD);
    const meter = meterWith(checker);
    meter.finish(10 * SECOND);
    const report = checker.finish(meter, 10 * SECOND);
    expect([report.samples, report.violationCount]).toEqual([2, 0]);
  });

  it("fires when a cause is counted twice, left out, or wrongly priced", () => {
    for (const [cause, factor] of [
      [EnergyCause.transmit, 2],
      [EnergyCause.sleep, 0],
      [EnergyCause.listen, 1.0001],
    ] as const) {
      const checker = new EnergyChecker(WORLD);
      const meter = meterWith(checker);
      meter.finish(10 * SECOND);
      const wrong = {
        joules: (device: number, each: EnergyCause) =>
          meter.joules(device, each) * (device === 0 && each === cause ? factor : 1),
      };
      const report = checker.finish(wrong, 10 * SECOND);
      expect(report.violations.map(({ nodes }) => nodes)).toEqual([[40]]);
    }
  });

  it("fires when a frame with less power is charged as one with all of it, or with power that the radio does not have", () => {
    const checker = new EnergyChecker(WORLD);
    const meter = new EnergyMeter([{ ...POWER, reducedWatts: [0.1, 0.1, 0.1] }], new Uint16Array(2), checker);
    meter.radio(0, RadioState.transmit, 0, SECOND, 1);
    meter.radio(1, RadioState.transmit, 0, SECOND, 3);
    meter.finish(10 * SECOND);
    const details = checker.finish(meter, 10 * SECOND).violations.map(({ detail }) => detail);
    expect(details).toContainEqual(expect.stringMatching(/its causes add up to 0\.11 J, its power to 0\.09/u));
    expect(details).toContainEqual(expect.stringMatching(/reduced by 3 steps, which its radio does not have/u));
  });

  it("fires when a radio is told to be in two states at once", () => {
    const checker = new EnergyChecker(WORLD);
    checker.onPower(1, EnergyCause.transmit, 0, 2 * SECOND);
    checker.onPower(1, EnergyCause.listen, SECOND, 3 * SECOND);
    expect(checker.finish({ joules: () => 0 }, 10 * SECOND).violations[0]?.detail).toMatch(/listen overlaps/u);
  });

  it("fires when a battery is called empty before its time, by more than a frame that still counts as listening makes up for", () => {
    // Transmitting draws 5 mW less than listening here, so that a frame of 10 ms makes up for 50 µJ.
    const frugal = { ...POWER, transmitWatts: 0.015, receiveWatts: 0.02 };
    const verdictOf = (listenedUs: number) => {
      const checker = new EnergyChecker({ ...WORLD, devices: 1, powerOf: () => frugal, batteryOf: () => 0.03 });
      const meter = new EnergyMeter([frugal], new Uint16Array(1), checker);
      meter.rests(0, true, 0);
      meter.radio(0, RadioState.transmit, listenedUs, listenedUs + 10_000);
      meter.die(0, listenedUs + 10_000);
      return checker.finish(meter, 10 * SECOND).violations.map(({ detail }) => detail);
    };
    // Listening and asleep it draws 21 mW.
    const emptyUs = 30_000_000_000 / 21_000;
    expect(verdictOf(Math.ceil(emptyUs) - 10_000)).toEqual([]);
    expect(verdictOf(Math.ceil(emptyUs) - 10_100)[0]).toMatch(/called empty/u);
  });
});
