import { SENSITIVITY_DBM, POWER_DBM as SHORT_POWER_DBM } from "../network/csma/ieee802154.ts";
import { HIGHEST_FACTOR, leastSnrDb, NOISE_DBM } from "../network/lora/eu868.ts";
import { POWER_DBM } from "../network/lora/stations.ts";
import { distanceLossDb, PATH_LOSS_PRESETS, type PathLoss } from "../network/path-loss.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import type { DeviceLink } from "./device-groups.ts";

/** What a radio link loses on its way, what it is sent with, and what is still heard. */
export interface LinkBudget {
  readonly pathLoss: PathLoss;
  readonly powerDbm: number;
  readonly leastDbm: number;
}

/** @returns null for links that are taken to be there */
export function budgetOf(link: DeviceLink): LinkBudget | null {
  if (link.kind === "point") return null;
  if (link.kind === "802.15.4") {
    const pathLoss = PATH_LOSS_PRESETS["ieee-802.15.4-indoor"];
    return { pathLoss, powerDbm: SHORT_POWER_DBM, leastDbm: SENSITIVITY_DBM };
  }
  const factor = link.spreadingFactor === 0 ? HIGHEST_FACTOR : link.spreadingFactor;
  return { pathLoss: PATH_LOSS_PRESETS["lora-town"], powerDbm: POWER_DBM, leastDbm: NOISE_DBM + leastSnrDb(factor) };
}

/** No radio here reaches farther; halved so often it is known to a millimetre. */
const FARTHEST_METRES = 1_000_000;
const HALVINGS = 30;

/** @returns how far away a gateway is still heard, without shadowing; Infinity for links that are taken to be everywhere */
export function reachMetresOf(link: DeviceLink): number {
  if (link.kind === "point") return LINK_PROFILES[link.profile].reachMetres;
  const budget = budgetOf(link);
  if (budget === null) return Number.POSITIVE_INFINITY;
  let [near, far] = [0, FARTHEST_METRES];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const metres = (near + far) / 2;
    const level = budget.powerDbm - distanceLossDb(budget.pathLoss, { x: 0, y: 0 }, { x: metres, y: 0 });
    if (level >= budget.leastDbm) near = metres;
    else far = metres;
  }
  return near;
}
