import { expect, test } from "vitest";
import { Outcome } from "../../network/drop-reasons.ts";
import { placesOf } from "../../runner/device-plan.ts";
import { DEAF_SINK, outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

const EARTH_RADIUS_KM = 6371;
/** In a vacuum: no cable carries faster. */
const LIGHT_KM_PER_US = 0.299_792_458;
const DEGREES = Math.PI / 180;

/** Along the great circle (haversine formula). @param places degrees east and north */
function distanceKm([east1, north1]: readonly [number, number], [east2, north2]: readonly [number, number]): number {
  const half = (degrees: number) => Math.sin((degrees * DEGREES) / 2) ** 2;
  const chord = half(north2 - north1) + Math.cos(north1 * DEGREES) * Math.cos(north2 * DEGREES) * half(east2 - east1);
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(chord));
}

test("no message arrives before light could have, or leaves its sender before all its bits have", () => {
  const scenario = loadText(`
duration: 40 s
crypto: modelled
rootchain: {preset: small}
network: {backbone: {regions: world-6, bandwidth: 10 Mbit/s, loss: 1 %}}
workload: [{transfer: {rate: 5/s}}]
`);
  const { positions } = scenario.network.backbone.regions;
  const regions = placesOf(scenario);
  const placeOf = (node: number) =>
    (positions?.[regions[node] as number] ?? expect.fail("no place")) as [number, number];
  const freeUs: number[] = [];
  let arrived = 0;
  let fastestUs = Infinity;
  outcomeOf(scenario, {
    trace: {
      ...DEAF_SINK,
      message: (sentUs, arrivalUs, src, dst, _kind, sizeBytes, outcome) => {
        if (outcome !== Outcome.delivered || src < 0) return;
        arrived++;
        // Times are whole microseconds, rounded at both ends.
        const leastUs = distanceKm(placeOf(src), placeOf(dst)) / LIGHT_KM_PER_US;
        fastestUs = Math.min(fastestUs, arrivalUs - sentUs - leastUs);
        const bitsUs = (sizeBytes * 8) / 10;
        expect(sentUs).toBeGreaterThanOrEqual((freeUs[src] ?? 0) + bitsUs - 1);
        freeUs[src] = sentUs;
      },
    },
  });
  expect(arrived).toBeGreaterThan(1000);
  expect(fastestUs).toBeGreaterThan(-1);
});
