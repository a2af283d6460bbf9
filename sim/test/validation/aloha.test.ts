import { describe, it } from "vitest";
import { exponentialDraw } from "../../kernel/exact-math.ts";
import { stream } from "../../kernel/random.ts";
import { UPLINK_CHANNELS } from "../../network/lora/eu868.ts";
import { LoraMedium } from "../../network/lora/lora-medium.ts";
import { lorawanModulation, timeOnAirUs } from "../../network/lora/time-on-air.ts";
import { PATH_LOSS_PRESETS } from "../../network/path-loss.ts";
import { MediumStage } from "../network/medium-stage.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";

const DEVICES = 1000;
const BYTES = 20;
const FRAMES = 6000;
const AIR_US = timeOnAirUs(lorawanModulation(7), BYTES + 13);

/**
 * Devices at one place, so that no frame captures another, with one frame after the other at the times of a Poisson process. Whom
 * the duty cycle would make wait does not send.
 *
 * @param load frames that begin in one time on air, on one channel
 * @returns frames that arrive in one time on air, on one channel
 */
function throughput(load: number, seed: number): number {
  const run = new MediumStage(DEVICES, (port) => {
    return new LoraMedium(
      {
        key: seed,
        gateways: [{ x: 0, y: 0 }],
        devices: Array.from({ length: DEVICES }, () => ({
          x: 100,
          y: 0,
          loss: 0,
          spreadingFactor: 7,
          class: "A" as const,
          isConfirmed: false,
          isAdaptive: false,
        })),
        pathLoss: { ...PATH_LOSS_PRESETS["lora-town"], shadowingDb: 0 },
        losses: [null],
        secondWindowFactor: 9,
        demodulators: 1000,
      },
      port,
    );
  });
  const random = stream(String(seed), "aloha");
  const meanUs = AIR_US / (load * UPLINK_CHANNELS.length);
  let atUs = 0;
  for (let frame = 0; frame < FRAMES; frame++) {
    atUs += exponentialDraw(random.uint32()) * meanUs;
    // In turn: a device's last frame was long ago.
    run.offer(Math.round(atUs), frame % DEVICES, BYTES);
  }
  run.run();
  return (run.arrivedUs.size * AIR_US) / (atUs * UPLINK_CHANNELS.length);
}

describe("pure ALOHA", () => {
  it.each([0.05, 0.2, 0.5, 1])("at load %f carries G e^(-2G)", (load) => {
    const measured = overSeeds(8, (seed) => throughput(load, seed));
    expectAgreement(measured, load * Math.exp(-2 * load), { resolution: 0.08 });
  });
});
