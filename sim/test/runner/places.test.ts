import { expect, test } from "vitest";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";
import { figure } from "./town.ts";

const WORLD = `
duration: 3 min
crypto: modelled
rootchain: {preset: small, delegates: 4, committee: 4, round: 10 s}
subchains: [{name: town, operators: 4, iterations: 3, rounds: 10, round: 5 s}]
`;
const PLACES = "x (m),y (m)\n0,0\n30,0\n30,40\n";

function group(devices: string) {
  return loadText({ "x.yaml": `${WORLD}devices:\n${devices}`, "p.csv": PLACES }).devices?.[0];
}

test("measured places are counted, and taken from the middle of a disc that is as wide as they are", () => {
  const read = group(
    "  - {on: town, link: wifi, places: p.csv, gatewayPlaces: [{x: 10 m, y: 0 m}, {x: 30 m, y: 20 m}], sleep: {every: 2 min}}\n",
  );
  expect(read).toMatchObject({
    count: 3,
    gateways: 2,
    radiusMetres: 20,
    places: { x: [-20, 10, 10], y: [-20, -20, 20] },
    gatewayPlaces: { x: [-10, 10], y: [-20, 0] },
  });
});

test("a radius beside places is that of the disc in which gateways are spread", () => {
  const read = group("  - {on: town, link: lora, places: p.csv, radius: 100 m, gateways: 4, sleep: {every: 2 min}}\n");
  expect(read).toMatchObject({ count: 3, gateways: 4, radiusMetres: 100, places: { x: [-100, -70, -70] } });
  expect(read).not.toHaveProperty("gatewayPlaces");
});

test("devices that were measured to be too far apart to sense each other collide, and those side by side do not", () => {
  const far = ["x (m),y (m)", ...Array.from({ length: 30 }, (_, row) => `${(row % 2) * 60},0`)].join("\n");
  const near = ["x (m),y (m)", ...Array.from({ length: 30 }, () => "0,0")].join("\n");
  const how = 'link: "802.15.4", gatewayPlaces: [{x: 30 m, y: 0 m}], shadowing: 0, sleep: {every: 2 s, awake: 1 s}';
  const devices = (file: string) => `  - {on: town, ${how}, places: ${file}, send: {confirm: never}}\n`;
  const collided = (text: string) => {
    const scenario = loadText({ "x.yaml": `${WORLD}devices:\n${devices("p.csv")}`, "p.csv": text });
    return figure(outcomeOf({ ...scenario, durationUs: 30_000_000 }), "devices.collided");
  };
  expect(collided(far)).toBeGreaterThan(3 * collided(near));
});
