import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadScenarioFile } from "../../cli/load-scenario-file.ts";
import { DEFAULT_ACCESS } from "../../network/csma/ieee802154.ts";
import type { DeviceGroup, Scenario } from "../../scenario/scenario.ts";
import { outcomeOf } from "../campaign/run.ts";
import { figure } from "../runner/town.ts";
import { saturatedCsma } from "./csma-model.ts";

const SCENARIOS = path.resolve(import.meta.dirname, "../../../scenarios");
const SECOND_US = 1_000_000;
/** Of a frame of IEEE 802.15.4: preamble and length, header and checksum, and what 6LoWPAN adds. */
const FRAME_HEAD_BYTES = 6 + 11 + 6;

/** One run of a shipped validation. @returns its figures of devices, and what it was about */
function validated(name: string) {
  const scenario: Scenario = loadScenarioFile(path.join(SCENARIOS, `${name}.yaml`));
  const run = outcomeOf(scenario);
  expect(run.summary.expectations.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  const group = scenario.devices?.[0] as DeviceGroup;
  const seconds = scenario.durationUs / SECOND_US;
  return { group, seconds, of: (each: string) => figure(run, `devices.${each}`) };
}

/** One run says less than the eight of a sweep: four of its standard deviations, as measured over seeds. */
function expectNear(measured: number, form: number, deviation: number): void {
  expect(Math.abs(measured - form), `${measured} against ${form}`).toBeLessThan(4 * deviation);
}

describe("whole devices, in one run each", () => {
  it("wait for a slow line as in an M/D/1 queue", () => {
    const { of, group } = validated("validate-queue");
    const serviceS = of("airtime") / of("frames");
    const load = serviceS / (group.sleep.periodUs / SECOND_US);
    expectNear(of("waited"), (load * serviceS) / (2 * (1 - load)), 0.0055);
  });

  it("collide as by non-persistent CSMA", () => {
    const { of, group, seconds } = validated("validate-csma");
    const rate = of("frames") / seconds;
    const busy = of("offered") + rate * 128e-6;
    const joins = ((1 - 1 / group.count) * rate * 192e-6) / (1 - busy);
    expectNear(of("collided"), (1 + joins - Math.exp(-joins)) / (1 + joins), 0.0024);
  });

  it("carry what the fixed point says when they always have something to send", () => {
    const { of, group, seconds } = validated("validate-saturation");
    const frameS = of("airtime") / of("frames");
    const payloadBytes = Math.round(frameS / 32e-6) - FRAME_HEAD_BYTES;
    const access = group.link.kind === "802.15.4" ? group.link.access : DEFAULT_ACCESS;
    const { framesPerSecond, collision } = saturatedCsma(group.count, payloadBytes, access);
    expectNear(of("carried") / frameS, framesPerSecond, 0.0035 / frameS);
    expectNear(of("collided"), collision, 0.008);
    // None of them was ever without a message.
    expect(of("waited")).toBeGreaterThan(0.1 * seconds);
  });

  it("lose frames as a Gilbert–Elliott channel does that a message does not outlast", () => {
    const { of, group } = validated("validate-gilbert-elliott");
    const { loss } = group;
    if (loss.kind !== "gilbertElliott") throw new Error("another channel");
    const states = [
      { share: loss.meanGoodUs, loses: loss.lossGood },
      { share: loss.meanBadUs, loses: loss.lossBad },
    ];
    const sent = states.reduce((sum, { share, loses }) => sum + share * (2 - loses), 0);
    const lost = states.reduce((sum, { share, loses }) => sum + share * loses * (2 - loses), 0);
    expectNear(of("lost"), lost / sent, 0.0028);
  });
});

it("a line may be sold at another rate than its profile's", () => {
  const scenario = loadScenarioFile(path.join(SCENARIOS, "validate-queue.yaml"));
  expect(scenario.devices?.[0]?.link).toEqual({
    kind: "point",
    profile: "home-line",
    rates: { uplinkBitsPerSecond: 9_600, downlinkBitsPerSecond: 50_000_000 },
  });
});
