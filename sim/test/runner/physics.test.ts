import { expect, test } from "vitest";
import { Outcome } from "../../network/drop-reasons.ts";
import { layOut, placesOf, planAccess } from "../../runner/device-plan.ts";
import type { DeviceGroup } from "../../scenario/device-groups.ts";
import { numberNodes } from "../../scenario/numbering.ts";
import { DEAF_SINK, outcomeOf } from "../campaign/run.ts";
import { MediumStage } from "../network/medium-stage.ts";
import { loadText } from "../scenario/from-text.ts";
import { lightUs, type RadioArrival, slackUs } from "./radio-physics.ts";

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

const CHAINS = `
duration: 6 min
crypto: modelled
rootchain: {preset: small, round: 10 s}
subchains: [{name: town, operators: 4, iterations: 3, rounds: 10, round: 5 s}]
`;
const LINKS = {
  lora: "{lora: {spreadingFactor: 7, class: C, secondWindow: 7, confirmed: false}}, radius: 1500 m, shadowing: 0",
  "802.15.4": '{"802.15.4": {leastExponent: 0}}, radius: 15 m, shadowing: 0',
  wifi: "wifi",
  ble: "ble, radius: 8 m",
  "nb-iot": "nb-iot, radius: 9 km",
  "lte-m": "lte-m, radius: 9 km",
  wire: "wire",
};

/** Hands each device a message of its own each way, one after the other. @returns what was in when */
function arrivalsOn(link: string): { group: DeviceGroup; seed: string; arrivals: RadioArrival[] } {
  const sleep = "{every: 2 min, awake: 1 min}";
  const scenario = loadText(`${CHAINS}devices: [{on: town, count: 20, sleep: ${sleep}, link: ${link}}]\n`);
  const group = scenario.devices?.[0] as DeviceGroup;
  const medium = planAccess(scenario, null)?.plan.plans[0] ?? expect.fail("no medium");
  const run = new MediumStage(medium.nodes.length, (port) => medium.make(port));
  const sizeBytes = 60;
  const offers = Array.from({ length: 20 }, (_, device) => {
    const atUs = (1 + device) * 60_000_000;
    return [false, true].map((down) => ({
      device,
      isUp: !down,
      copy: run.offer(atUs + (down ? 30_000_000 : 0), device, sizeBytes, down),
    }));
  }).flat();
  run.run();
  const arrivals = offers.flatMap(({ device, isUp, copy }) => {
    const arrivalUs = run.arrivedUs.get(copy);
    if (arrivalUs === undefined) return [];
    return [{ device, isUp, sizeBytes, sentUs: run.offeredUs[copy] as number, arrivalUs }];
  });
  return { group, seed: scenario.seed, arrivals };
}

test.each(Object.entries(LINKS))(
  "over %s nothing is in before light and its bits are, and what waits for nothing is in then",
  (name, link) => {
    const { group, seed, arrivals } = arrivalsOn(link);
    const places = layOut(group, seed);
    // A fixture in place of a medium that forgets the way: all of it is taken off each arrival, as it was rounded up.
    const leastSlackUs = (isForgotten: boolean) =>
      arrivals.reduce((least, each) => {
        const wayUs = isForgotten ? Math.ceil(lightUs(places, each.device)) : 0;
        return Math.min(least, slackUs(group, places, { ...each, arrivalUs: each.arrivalUs - wayUs }));
      }, Infinity);
    expect(arrivals.filter(({ isUp }) => isUp).length).toBeGreaterThan(15);
    expect(arrivals.filter(({ isUp }) => !isUp).length).toBeGreaterThan(15);
    expect(leastSlackUs(false)).toBeGreaterThan(-1e-6);
    // Connections wait for their moment: there the least is not known so well.
    if (["ble", "nb-iot", "lte-m"].includes(name)) return;
    expect(leastSlackUs(false)).toBeLessThan(1);
    expect(leastSlackUs(true)).toBeLessThan(0);
  },
);

test("in a whole run no reading is with its operator before light and its bits are", () => {
  const sleep = "sleep: {every: 2 min, awake: 1 min}";
  const scenario = loadText(`${CHAINS}devices:
  - {name: far, on: town, count: 15, link: {lora: {spreadingFactor: 7, class: C, secondWindow: 7}}, radius: 1500 m, shadowing: 0, send: {confirm: never}, sleep: {every: 5 min, awake: 1 min}}
  - {name: near, on: town, count: 15, link: "802.15.4", gateways: 2, radius: 20 m, ${sleep}}
  - {name: home, on: town, count: 15, link: wifi, ${sleep}}
`);
  const groups = scenario.devices ?? [];
  const layouts = groups.map((group) => layOut(group, scenario.seed));
  const { devices } = numberNodes(scenario);
  const least: number[] = groups.map(() => Infinity);
  const counts = groups.map(() => 0);
  outcomeOf(scenario, {
    trace: {
      ...DEAF_SINK,
      message: (sentUs, arrivalUs, src, _dst, _kind, sizeBytes, outcome) => {
        const place = devices.findIndex(({ first, count }) => src >= first && src < first + count);
        if (outcome !== Outcome.delivered || place < 0) return;
        const arrival = { device: src - (devices[place]?.first ?? 0), isUp: true, sizeBytes, sentUs, arrivalUs };
        const slack = slackUs(groups[place] as DeviceGroup, layouts[place] ?? expect.fail("no layout"), arrival);
        counts[place] = (counts[place] ?? 0) + 1;
        least[place] = Math.min(least[place] ?? Infinity, slack);
      },
    },
  });
  expect(Math.min(...counts)).toBeGreaterThan(10);
  expect(Math.min(...least)).toBeGreaterThan(-1e-6);
});
