import { describe, expect, test } from "vitest";
import { EnergyChecker } from "../../checkers/index.ts";
import { RadioState } from "../../network/access/medium.ts";
import { type EnergyCause, EnergyMeter, type PowerProfile } from "../../network/energy.ts";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { figure, town } from "./town.ts";

const SECOND = 1_000_000;
const POWER: PowerProfile = {
  sleepWatts: 0.001,
  computeWatts: 0.01,
  listenWatts: 0.02,
  receiveWatts: 0.03,
  transmitWatts: 0.1,
};

/** Looks at one battery whenever it is asked to, as a host does. */
class Bench {
  readonly checker: EnergyChecker;
  readonly meter: EnergyMeter;
  readonly looks: number[] = [];
  emptyUs = -1;

  constructor(joules: number, horizonUs: number) {
    this.checker = new EnergyChecker({ firstNode: 7, devices: 1, powerOf: () => POWER, batteryOf: () => joules });
    this.meter = new EnergyMeter([POWER], new Uint16Array(1), this.checker, [joules]);
    this.meter.watch({ horizonUs, drainedAt: (_device, atUs) => this.looks.push(atUs) });
  }

  /** Lets time pass up to a moment. */
  until(endUs: number): void {
    for (let atUs = Math.min(...this.looks); atUs <= endUs && this.emptyUs < 0; atUs = Math.min(...this.looks)) {
      this.looks.splice(this.looks.indexOf(atUs), 1);
      if (!this.meter.isEmpty(0, atUs)) continue;
      this.meter.die(0, atUs);
      this.emptyUs = atUs;
    }
  }
}

describe("a battery", () => {
  test("is empty when sleep alone has used it up", () => {
    const bench = new Bench(0.05, 100 * SECOND);
    bench.until(100 * SECOND);
    expect(bench.emptyUs).toBeCloseTo(50 * SECOND, 3);
  });

  test("is empty sooner for every frame, and while its radio listens", () => {
    const bench = new Bench(0.5, 1_000 * SECOND);
    bench.meter.radio(0, RadioState.transmit, 0, SECOND);
    bench.meter.rests(0, true, 10 * SECOND);
    // 0.5 J, less a second's transmission and ten seconds asleep, at 21 mW.
    bench.until(1_000 * SECOND);
    expect(bench.emptyUs / SECOND).toBeCloseTo(10 + (0.5 - 0.1 - 0.01) / 0.021, 3);
    bench.meter.finish(1_000 * SECOND);
    expect(bench.checker.finish(bench.meter, 1_000 * SECOND).violations).toEqual([]);
    const all = [0, 1, 2, 3, 4].reduce((sum, cause) => sum + bench.meter.joules(0, cause as EnergyCause), 0);
    expect(all).toBeCloseTo(0.5, 6);
  });

  test("that outlasts the run is not looked at", () => {
    const bench = new Bench(0.5, 100 * SECOND);
    bench.meter.radio(0, RadioState.transmit, 0, SECOND);
    expect(bench.looks).toEqual([]);
  });

  test("that goes on empty, ends early or is drawn from afterwards is noticed", () => {
    const seen = (play: (bench: Bench) => void) => {
      const bench = new Bench(0.5, 1_000 * SECOND);
      play(bench);
      bench.meter.finish(1_000 * SECOND);
      return bench.checker
        .finish(bench.meter, 1_000 * SECOND)
        .violations.map(({ detail }) => detail)
        .join(";");
    };
    expect(seen(() => {})).toMatch(/goes on/u);
    expect(seen(({ meter }) => meter.die(0, SECOND))).toMatch(/called empty/u);
    const late = ({ meter }: Bench) => {
      meter.die(0, 500 * SECOND);
      meter.radio(0, RadioState.transmit, 600 * SECOND, 601 * SECOND);
    };
    expect(seen(late)).toMatch(/transmit after the battery was empty/u);
  });
});

const things = (battery: string, link = "wifi") =>
  `  - {name: things, on: town, count: 6, link: ${link}, battery: ${battery}, sleep: {every: 1 min, awake: 30 s}}`;

describe("devices on batteries", () => {
  test.each([
    ["wifi", "2 J", 1.1],
    ["ble", "5 mJ", 1.1],
    ['"802.15.4"', "100 mJ", 1.1],
    ["nb-iot", "10 J", 1.1],
    // A frame or a step is a large part of so little.
    ["lora", "250 mJ", 1.5],
  ])("on %s die with them, one after the other, and are counted", (link, battery, most) => {
    const run = outcomeOf(town(things(battery, link)));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.dead")).toBe(6);
    const [first, life] = [figure(run, "devices.firstDeath"), figure(run, "devices.life")];
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(life);
    expect(life).toBeLessThan(240 * SECOND);
    const joules = Number.parseFloat(battery) * (battery.endsWith("mJ") ? 1e-3 : 1);
    expect(figure(run, "devices.energy") / joules).toBeGreaterThan(1 - 1e-9);
    expect(figure(run, "devices.energy") / joules).toBeLessThan(most);
    // The dead send nothing: fewer readings than wakings that a life of four minutes has.
    expect(figure(run, "devices.sent")).toBeLessThan(6 * 4);
  });

  test("that last are told of as before", () => {
    const [small, large] = [outcomeOf(town(things("500 J"))), outcomeOf(town(things("8 Wh")))];
    expect(figure(small, "devices.dead")).toBe(0);
    expect(figure(small, "devices.firstDeath")).toBeNaN();
    expect(small.digest).toBe(large.digest);
  });

  test("give the same digest twice and in slices", () => {
    const digests = [outcomeOf(town(things("2 J"))), outcomeOf(town(things("2 J")), {}, 97)].map(
      ({ digest }) => digest,
    );
    expect(new Set(digests).size).toBe(1);
  });
});
