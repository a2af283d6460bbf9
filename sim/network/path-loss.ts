import { normalQuantile, openUnit, toDecibels } from "../kernel/exact-math.ts";
import { absorb, finish } from "../kernel/random.ts";

/** How radio gets weaker with distance: by a power of it, and by what happens to stand between two places. */
export interface PathLoss {
  /** Loss at the reference distance. */
  readonly referenceDb: number;
  readonly referenceMetres: number;
  readonly exponent: number;
  /** Standard deviation of the log-normal shadowing between two places. */
  readonly shadowingDb: number;
}

/** Published fits. */
export const PATH_LOSS_PRESETS = {
  /** Source: M. Bor, U. Roedig, T. Voigt, J. Alonso, Do LoRa Low-Power Wide-Area Networks Scale?, MSWiM 2016, section 3. */
  "lora-built-up": { referenceDb: 127.41, referenceMetres: 40, exponent: 2.08, shadowingDb: 3.57 },
  /**
   * A gateway on a mast of 24 m over a town, devices in the street. Source: J. Petäjäjärvi, K. Mikhaylov, A. Roivainen, T. Hänninen,
   * M. Pettissalo, On the Coverage of LPWANs, ITST 2015, table III.
   */
  "lora-town": { referenceDb: 128.95, referenceMetres: 1000, exponent: 2.32, shadowingDb: 7.8 },
  /** Source: IEEE 802.15.4-2006, annex E.5.3, beyond 8 m; the shadowing is what offices show (Rappaport, 3.9). */
  "ieee-802.15.4-indoor": { referenceDb: 58.5, referenceMetres: 8, exponent: 3.3, shadowingDb: 4 },
  /** Friis at 868 MHz: no obstacle at all. */
  "free-space-868": { referenceDb: 31.2, referenceMetres: 1, exponent: 2, shadowingDb: 0 },
} as const satisfies Record<string, PathLoss>;

/** A place on the map, m. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Nearer than this the model says nothing. */
const LEAST_METRES = 1;

/** @returns the loss between two places in dB, without shadowing */
export function distanceLossDb({ referenceDb, referenceMetres, exponent }: PathLoss, one: Place, other: Place): number {
  const [x, y] = [one.x - other.x, one.y - other.y];
  const square = Math.max(LEAST_METRES * LEAST_METRES, x * x + y * y);
  // Half the decibels of a square are the decibels of its root.
  return referenceDb + (exponent / 2) * toDecibels(square / (referenceMetres * referenceMetres));
}

/** @param key of the shadowing @returns what stands between two stations in dB, the same both ways and at all times */
export function shadowingDb({ shadowingDb: deviation }: PathLoss, key: number, one: number, other: number): number {
  if (deviation === 0) return 0;
  const [low, high] = one < other ? [one, other] : [other, one];
  return deviation * normalQuantile(openUnit(finish(absorb(absorb(key, low), high))));
}

/**
 * @param isLeftOut by place: true where it does not count
 * @returns the nearest of some places, the first of several, and how far it is, m; number 0 where there are none
 */
export function nearestOf(
  place: Place,
  places: readonly Place[],
  isLeftOut: readonly boolean[] = [],
): { nearest: number; metres: number } {
  let [nearest, least] = [0, Infinity];
  for (const [number, { x, y }] of places.entries()) {
    if (isLeftOut[number] === true) continue;
    const square = (place.x - x) * (place.x - x) + (place.y - y) * (place.y - y);
    if (square < least) [nearest, least] = [number, square];
  }
  return { nearest, metres: Math.sqrt(least) };
}

const WORD = 2 ** 32;

/** @param key of the draw @returns a place drawn evenly in the disc around the origin */
export function drawInDisc(key: number, radius: number): Place {
  for (let attempt = 0; ; attempt++) {
    const state = absorb(key, attempt);
    const x = (2 * finish(absorb(state, 0))) / WORD - 1;
    const y = (2 * finish(absorb(state, 1))) / WORD - 1;
    if (x * x + y * y <= 1) return { x: x * radius, y: y * radius };
  }
}
