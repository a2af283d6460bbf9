import { describe, it } from "vitest";
import { CsmaMedium } from "../../network/csma/csma-medium.ts";
import { BernoulliLoss } from "../../network/loss/loss-model.ts";
import { PATH_LOSS_PRESETS } from "../../network/path-loss.ts";
import { MediumStage } from "../network/medium-stage.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";
import { saturatedCsma } from "./csma-model.ts";

/** Long back-offs, as the standard allows: with short ones they are far from memoryless, which the fixed point takes them for. */
const ACCESS = { leastExponent: 7, mostExponent: 8, mostBackoffs: 4, mostRetries: 3 };
const PAYLOAD_BYTES = 80;
const DURATION_US = 60_000_000;

/** Stations at one place that always have a frame to send. @returns delivered frames a second */
function saturate(stations: number, seed: number): number {
  const run = new MediumStage(stations, (port) => {
    return new CsmaMedium(
      {
        key: seed,
        coordinators: [{ x: 0, y: 0 }],
        devices: Array.from({ length: stations }, () => ({ x: 5, y: 0, cell: 0, loss: 0 })),
        pathLoss: { ...PATH_LOSS_PRESETS["ieee-802.15.4-indoor"], shadowingDb: 0 },
        losses: [null],
        acknowledges: true,
        access: ACCESS,
      },
      port,
    );
  });
  const stationOf: number[] = [];
  const offer = (station: number) => {
    stationOf[run.offer(run.nowUs, station, PAYLOAD_BYTES)] = station;
  };
  for (let station = 0; station < stations; station++) {
    offer(station);
    offer(station);
  }
  run.onEnd = (copy) => offer(stationOf[copy] as number);
  run.run(DURATION_US);
  return run.arrivedUs.size / (DURATION_US / 1e6);
}

const LOSS = 0.3;
const MESSAGES = 3_000;

/** One station whose link loses frames and acknowledgements. @returns frames a message, and the part of messages that never arrive */
function repeat(seed: number): { frames: number; lost: number } {
  const run = new MediumStage(1, (port) => {
    return new CsmaMedium(
      {
        key: seed,
        coordinators: [{ x: 0, y: 0 }],
        devices: [{ x: 5, y: 0, cell: 0, loss: 0 }],
        pathLoss: { ...PATH_LOSS_PRESETS["ieee-802.15.4-indoor"], shadowingDb: 0 },
        losses: [new BernoulliLoss(LOSS)],
        acknowledges: true,
        access: ACCESS,
      },
      port,
    );
  });
  for (let message = 0; message < MESSAGES; message++) run.offer(message * 1_000_000, 0, PAYLOAD_BYTES);
  run.run();
  return { frames: run.medium.figures.frames / MESSAGES, lost: run.outcomes.size / MESSAGES };
}

describe("acknowledged frames under 30 % loss each way", () => {
  const attempts = ACCESS.mostRetries + 1;
  it("are sent until both frame and acknowledgement come through", () => {
    const fails = 1 - (1 - LOSS) ** 2;
    const expected = (1 - fails ** attempts) / (1 - fails);
    expectAgreement(
      overSeeds(8, (seed) => repeat(seed).frames),
      expected,
      { resolution: 0.03 },
    );
  });

  it("are lost where no attempt arrives, whatever became of acknowledgements", () => {
    expectAgreement(
      overSeeds(16, (seed) => repeat(seed).lost),
      LOSS ** attempts,
      { resolution: 0.3 },
    );
  });
});

describe("saturated CSMA/CA", () => {
  it.each([3, 5, 10, 20])("of %d stations carries what the fixed point says", (stations) => {
    const measured = overSeeds(6, (seed) => saturate(stations, seed));
    const { framesPerSecond } = saturatedCsma(stations, PAYLOAD_BYTES, ACCESS);
    expectAgreement(measured, framesPerSecond, { resolution: 0.03, modelError: 0.03 });
  });
});
