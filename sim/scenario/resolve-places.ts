import type { Place } from "../network/path-loss.ts";
import { type ReadText, readRows } from "./csv-rows.ts";
import type { MeasuredPlaces } from "./device-groups.ts";
import { type GivenDevices, MAX_DEVICES, MAX_GATEWAYS } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

/** Ten thousand kilometres: beyond it these are no metres. */
const FARTHEST_METRES = 1e7;
const IN_METRES = "(?: m| ?\\[m\\]| ?\\(m\\)| metres| meters)";
const HEADINGS = [new RegExp(`^x${IN_METRES}$`, "u"), new RegExp(`^y${IN_METRES}$`, "u")];

/** Where the things of a group are, from the middle of their disc, and how many of them that makes. */
export interface ResolvedPlaces {
  readonly count: number;
  readonly gateways: number;
  readonly radiusMetres: number;
  readonly places?: MeasuredPlaces;
  readonly gatewayPlaces?: MeasuredPlaces;
}

interface PlacesContext {
  readonly defaultRadiusMetres: number;
  readonly read: ReadText;
  readonly problems: Problems;
}

/** Measured from a corner to the south and west of all of them, m. */
type Corner = readonly Place[];

/** Reads measured places, and reports numbers of things that they contradict. */
export function resolvePlaces(given: GivenDevices, context: PlacesContext): ResolvedPlaces {
  const { defaultRadiusMetres, problems } = context;
  const { places, gatewayPlaces, radius, mobility } = given;
  const devices = places === undefined ? null : readPlaces(places, MAX_DEVICES, context);
  const gateways = gatewayPlaces === undefined ? null : readGateways(gatewayPlaces, context);
  if (places !== undefined && mobility?.value.path !== undefined) {
    const message = "both places and a path: a device is somewhere on its path";
    problems.add({ at: places.at, message, expected: "one of them" });
  }
  if (places !== undefined && gatewayPlaces !== undefined && radius !== undefined && mobility === undefined) {
    const message = "a radius, and everything has a place";
    problems.add({ at: radius.at, message, expected: "places, or a radius" });
  }
  const radiusMetres = radius?.value ?? (devices === null ? defaultRadiusMetres : halfWidth(devices));
  return {
    count: counted(given.count, devices, { places, what: "devices", problems }),
    gateways: counted(given.gateways, gateways, { places: gatewayPlaces, what: "gateways", problems }),
    radiusMetres,
    ...(devices === null ? {} : { places: fromMiddle(devices, radiusMetres) }),
    ...(gateways === null ? {} : { gatewayPlaces: fromMiddle(gateways, radiusMetres) }),
  };
}

/** @returns how many there are: as many as have a place, and otherwise what the file says */
function counted(
  given: Placed<number> | undefined,
  found: Corner | null,
  { places, what, problems }: { places: Placed<unknown> | undefined; what: string; problems: Problems },
): number {
  if (found === null || places === undefined) return given?.value ?? 1;
  if (given !== undefined && given.value !== found.length) {
    const message = `${found.length} ${found.length === 1 ? "place" : "places"} for ${given.value} ${what}`;
    problems.add({ at: places.at, message, expected: `${given.value} of them, or no number of ${what}` });
  }
  return found.length;
}

function readGateways(given: NonNullable<GivenDevices["gatewayPlaces"]>, context: PlacesContext): Corner | null {
  const { value, at } = given;
  if (typeof value === "string") return readPlaces({ value, at }, MAX_GATEWAYS, context);
  const missing = value.find((each) => each.value.x === undefined || each.value.y === undefined);
  if (value.length === 0 || missing !== undefined) {
    const message = value.length === 0 ? "no places" : "half a place";
    context.problems.add({ at: missing?.at ?? at, message, expected: "x and y of each gateway" });
    return null;
  }
  return value.map((each) => ({ x: each.value.x?.value ?? 0, y: each.value.y?.value ?? 0 }));
}

function readPlaces(file: Placed<string>, most: number, { read, problems }: PlacesContext): Corner | null {
  const rows = readRows(
    file,
    { read, problems },
    {
      columns: ["metres east", "metres north"],
      least: 1,
      most,
      headings: { each: HEADINGS, expected: "x (m),y (m)" },
      expected: "metres east and north of a corner that all of them are beyond",
      wrong: (row) => {
        const far = row.find((metres) => metres > FARTHEST_METRES);
        return far === undefined ? null : `${far} m is farther than ${FARTHEST_METRES} m`;
      },
    },
  );
  return rows === null ? null : rows.map(([x = 0, y = 0]) => ({ x, y }));
}

/** @returns radius of the disc whose square box holds all of them, its south-western corner being theirs; at least 1 m */
function halfWidth(places: Corner): number {
  return places.reduce((most, { x, y }) => Math.max(most, x / 2, y / 2), 1);
}

function fromMiddle(places: Corner, radiusMetres: number): MeasuredPlaces {
  return { x: places.map(({ x }) => x - radiusMetres), y: places.map(({ y }) => y - radiusMetres) };
}
