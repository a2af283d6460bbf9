import type { Places, RegionShape } from "./arrange.ts";

/** A magnification and a shift, in pixels. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** @returns the places under a magnifying glass; nodes grow more slowly than the distances between them */
export function zoomed({ x, y, nodeRadius, regions }: Places, zoom: Zoom): Places {
  if (zoom.scale === 1 && zoom.x === 0 && zoom.y === 0) return { x, y, nodeRadius, regions };
  const grown = (region: RegionShape): RegionShape => ({
    ...region,
    x: region.x * zoom.scale + zoom.x,
    y: region.y * zoom.scale + zoom.y,
    radius: region.radius * zoom.scale,
    orbits: region.orbits.map((radius) => radius * zoom.scale),
  });
  return {
    x: x.map((value) => value * zoom.scale + zoom.x),
    y: y.map((value) => value * zoom.scale + zoom.y),
    nodeRadius: nodeRadius * Math.sqrt(zoom.scale),
    regions: regions.map(grown),
  };
}

/** @returns places on the way from one arrangement to another, slow at both ends; no regions while under way */
export function between(from: Places, to: Places, part: number): Places {
  const eased = part * part * (3 - 2 * part);
  const mix = (a: number, b: number) => a + (b - a) * eased;
  return {
    x: to.x.map((value, node) => mix(from.x[node] ?? value, value)),
    y: to.y.map((value, node) => mix(from.y[node] ?? value, value)),
    nodeRadius: mix(from.nodeRadius, to.nodeRadius),
    regions: [],
  };
}
