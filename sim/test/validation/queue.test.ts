import { describe, it } from "vitest";
import { exponentialDraw } from "../../kernel/exact-math.ts";
import { stream } from "../../kernel/random.ts";
import { PointMedium } from "../../network/point/point-medium.ts";
import { LINK_PROFILES } from "../../network/point/profiles.ts";
import { MediumStage } from "../network/medium-stage.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";

/** 100 bytes and 25 around them at 1 Mbit/s. */
const SERVICE_US = 1000;
const MESSAGES = 20_000;
const PROFILE = { ...LINK_PROFILES.wire, frameBytes: 125, overheadBytes: 25, uplinkBitsPerSecond: 1e6, latencyUs: 0 };

/** @returns mean time that a message waits before its first bit leaves, in service times */
function wait(load: number, seed: number): number {
  const run = new MediumStage(1, (port) => {
    const devices = [{ gateway: 0, profile: 0, loss: 0 }];
    return new PointMedium({ key: seed, devices, profiles: [PROFILE], losses: [null], queuedMessages: 255 }, port);
  });
  const random = stream(String(seed), "queue");
  let atUs = 0;
  for (let message = 0; message < MESSAGES; message++) {
    atUs += (exponentialDraw(random.uint32()) * SERVICE_US) / load;
    run.offer(Math.round(atUs), 0, 100);
  }
  run.run();
  let waitedUs = 0;
  for (const [copy, arrivedUs] of run.arrivedUs) waitedUs += arrivedUs - (run.offeredUs[copy] as number) - SERVICE_US;
  return waitedUs / MESSAGES / SERVICE_US;
}

describe("an M/D/1 queue", () => {
  it.each([0.3, 0.6, 0.8])("at load %f lets messages wait for rho / (2 (1 - rho)) service times", (load) => {
    expectAgreement(
      overSeeds(10, (seed) => wait(load, seed)),
      load / (2 * (1 - load)),
      { resolution: 0.08 },
    );
  });
});
