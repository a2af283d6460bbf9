import type { RecordedPath } from "../network/motion.ts";
import { type ReadText, readRows, wrongTime } from "./csv-rows.ts";
import type { DeviceGroup } from "./device-groups.ts";
import { type GivenDevices, MAX_LOSS_ROWS } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

const SECOND_US = 1_000_000;
/** Metres a second. */
const WALKING = 1.4;
const FASTEST = 100;

interface MobilityContext {
  readonly radiusMetres: number;
  readonly read: ReadText;
  readonly problems: Problems;
}

/** @returns how a group moves, with what the file leaves open filled in */
export function resolveMobility(
  { speed, pause, step, path }: NonNullable<GivenDevices["mobility"]>["value"],
  context: MobilityContext,
): NonNullable<DeviceGroup["mobility"]> {
  const random = speed ?? pause;
  if (path !== undefined && random !== undefined) {
    const message = "both random ways and a path";
    context.problems.add({ at: random.at, message, expected: "path, or speed and pause" });
  }
  const recorded = path === undefined ? null : readPath(path, context);
  return {
    speed: speed?.value ?? WALKING,
    pauseUs: pause?.value ?? 30 * SECOND_US,
    stepUs: step?.value ?? 10 * SECOND_US,
    ...(recorded === null ? {} : { path: recorded }),
  };
}

/** @returns what is wrong with a row of a path after the one before; null: nothing */
function wrongPlace(
  [seconds = 0, east = 0, north = 0]: readonly number[],
  before: readonly number[] | undefined,
  radiusMetres: number,
): string | null {
  const farthest = Math.max(east, north);
  if (farthest > 2 * radiusMetres)
    return `${farthest} m ${farthest === east ? "east" : "north"} is outside of the disc`;
  if (before === undefined) return seconds === 0 ? null : `the first time is ${seconds} s`;
  const [earlier = 0, fromEast = 0, fromNorth = 0] = before;
  const [x, y, time] = [east - fromEast, north - fromNorth, seconds - earlier];
  const wrong = wrongTime(seconds, earlier);
  if (wrong !== null || x * x + y * y <= FASTEST * FASTEST * time * time) return wrong;
  return `${Math.round(Math.sqrt(x * x + y * y))} m in ${Number(time.toPrecision(3))} s`;
}

/** Rows of seconds and of metres from the disc's south-western corner. */
function readPath(file: Placed<string>, { radiusMetres, read, problems }: MobilityContext): RecordedPath | null {
  const rows = readRows(
    file,
    { read, problems },
    {
      columns: ["seconds", "metres east", "metres north"],
      least: 2,
      most: MAX_LOSS_ROWS,
      expected: `seconds, ascending from 0, and metres east and north up to ${2 * radiusMetres}, at no more than ${FASTEST} m/s`,
      wrong: (row, before) => wrongPlace(row, before, radiusMetres),
    },
  );
  if (rows === null) return null;
  return {
    atUs: rows.map(([seconds = 0]) => Math.round(seconds * SECOND_US)),
    x: rows.map(([, east = 0]) => east - radiusMetres),
    y: rows.map(([, , north = 0]) => north - radiusMetres),
  };
}
