import { nearestOf, type Place } from "./path-loss.ts";

/** The generalised golden ratio of the plane: multiples of its powers fill a square evenly. Source: M. Roberts, 2018. */
const PLASTIC = 1.324717957244746;
/** Places of a disc that are looked at for the one that is farthest from all gateways. */
const PROBES = 2_000;

/** @returns so many places that fill the disc around the origin evenly; a single one is in its middle */
export function spreadInDisc(count: number, radius: number): Place[] {
  if (count === 1) return [{ x: 0, y: 0 }];
  const places: Place[] = [];
  for (let number = 1; places.length < count; number++) {
    const x = 2 * ((number / PLASTIC) % 1) - 1;
    const y = 2 * ((number / (PLASTIC * PLASTIC)) % 1) - 1;
    if (x * x + y * y <= 1) places.push({ x: x * radius, y: y * radius });
  }
  return places;
}

/** @returns how far the farthest place in the disc around the origin is from the nearest of some gateways, m, nearly */
export function farthestInDisc(gateways: readonly Place[], radius: number): number {
  let most = 0;
  for (const place of spreadInDisc(PROBES, radius)) most = Math.max(most, nearestOf(place, gateways).metres);
  return most;
}
