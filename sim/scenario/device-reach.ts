import { HIGHEST_FACTOR } from "../network/lora/eu868.ts";
import { distanceLossDb, nearestOf, type Place } from "../network/path-loss.ts";
import { farthestInDisc, spreadInDisc } from "../network/placement.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import { budgetOf } from "./device-budget.ts";
import { type DeviceGroup, type DeviceLink, placesOfThings } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position } from "./source.ts";

/** Why a gateway cannot be heard, and at what it could be. */
interface OutOfReach {
  readonly why: string;
  readonly expected: string;
}

/** @returns null where a device hears a gateway so many metres away by the mean path loss */
function outOfReach(link: DeviceLink, metres: number): OutOfReach | null {
  if (link.kind === "point") {
    const { reachMetres } = LINK_PROFILES[link.profile];
    if (metres <= reachMetres) return null;
    return { why: `: ${link.profile} carries ${reachMetres} m`, expected: "a smaller radius, or more gateways" };
  }
  const budget = budgetOf(link);
  if (budget === null) return null;
  const level = budget.powerDbm - distanceLossDb(budget.pathLoss, { x: 0, y: 0 }, { x: metres, y: 0 });
  if (level >= budget.leastDbm) return null;
  const isAny = link.kind === "lora" && link.spreadingFactor === 0;
  const isSlowest = link.kind !== "lora" || isAny || link.spreadingFactor === HIGHEST_FACTOR;
  // Rounded down, so that the two levels never look alike.
  const arriving = (Math.floor(level * 10) / 10).toFixed(1);
  return {
    why: `${isAny ? " at any spreading factor" : ""}: ${arriving} dBm arrive there`,
    expected: `${budget.leastDbm.toFixed(1)} dBm: a smaller radius${isSlowest ? ", or more gateways" : ", more gateways or slower spreading"}`,
  };
}

/** Reports devices that no gateway could ever hear. @param whole place of the group in its file */
export function checkReach(given: GivenDevices, group: DeviceGroup, whole: Position, problems: Problems): void {
  const { link, radiusMetres, gateways, mobility, places, gatewayPlaces } = group;
  // Who moves may leave every gateway behind, and comes back.
  if (mobility !== undefined) return;
  const measured = gatewayPlaces === undefined ? null : placesOfThings(gatewayPlaces);
  if (places !== undefined && given.places !== undefined) {
    const around = measured ?? spreadInDisc(gateways, radiusMetres);
    return checkRows(given.places, { link, devices: placesOfThings(places), gateways: around, problems });
  }
  // Gateways that share the disc: the farthest device is about a disc of its gateway's own part away.
  const metres = measured === null ? radiusMetres / Math.sqrt(gateways) : farthestInDisc(measured, radiusMetres);
  const out = outOfReach(link, metres);
  if (out === null) return;
  const lora = typeof given.link?.value === "object" ? given.link.value.lora?.value : undefined;
  const factor = link.kind === "lora" ? lora?.spreadingFactor : undefined;
  problems.add({
    at: (factor ?? given.radius ?? given.gatewayPlaces ?? given.link)?.at ?? whole,
    message: `a gateway ${Math.round(metres)} m away is out of reach${out.why}`,
    expected: out.expected,
  });
}

interface Rows {
  readonly link: DeviceLink;
  readonly devices: readonly Place[];
  readonly gateways: readonly Place[];
  readonly problems: Problems;
}

/** Each device has a place of its own: the first that hears no gateway is named, and how many more there are. */
function checkRows(file: Placed<string>, { link, devices, gateways, problems }: Rows): void {
  const distances = devices.map((place) => nearestOf(place, gateways).metres);
  const deaf = distances.flatMap((metres, row) => (outOfReach(link, metres) === null ? [] : [row]));
  const [first] = deaf;
  if (first === undefined) return;
  const metres = distances[first] as number;
  const others = deaf.length === 1 ? "" : ` (and those of ${deaf.length - 1} more rows)`;
  problems.add({
    at: file.at,
    message: `row ${first + 1} of ${file.value}: the nearest gateway, ${Math.round(metres)} m away, is out of reach${outOfReach(link, metres)?.why}${others}`,
    expected: "a gateway nearer to it",
  });
}
