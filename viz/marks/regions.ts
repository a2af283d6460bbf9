import type { Places, RegionShape } from "../model/arrange.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** More orbits than this would be a grey disc. */
const MAX_ORBITS = 9;
/** So many clusters stand close to each other. */
const MANY_CLUSTERS = 9;

/** Writes a region's name below it; a cluster's above, below or beside it, where its neighbours on the ring leave room. */
function drawName(context: CanvasRenderingContext2D, region: RegionShape, halo: number, { regions }: Places): void {
  const { name, x, y, chain } = region;
  const [root] = regions;
  context.textAlign = "center";
  if (chain === undefined || root === undefined || region === root || regions.length < MANY_CLUSTERS) {
    context.fillText(name, x, y + halo + 15);
  } else if (Math.abs(y - root.y) > 2 * halo) {
    context.fillText(name, x, y < root.y ? y - halo - 6 : y + halo + 15);
  } else {
    const side = x < root.x ? 1 : -1;
    context.textAlign = side > 0 ? "left" : "right";
    context.fillText(name, x + side * (halo + 5), y + 4);
  }
}

/** Draws regions as faint discs with the orbits of their nodes, and a name below each. */
export function drawRegions(context: CanvasRenderingContext2D, places: Places, palette: Palette): void {
  context.save();
  context.lineWidth = 1;
  context.textAlign = "center";
  context.font = "500 12px system-ui, sans-serif";
  for (const region of places.regions) {
    const halo = region.radius + (region.chain === undefined ? 14 : 10);
    context.strokeStyle = palette.line;
    context.beginPath();
    const every = Math.ceil(region.orbits.length / MAX_ORBITS);
    region.orbits.forEach((radius, i) => {
      if (i % every !== 0) return;
      context.moveTo(region.x + radius, region.y);
      context.arc(region.x, region.y, radius, 0, FULL_TURN);
    });
    context.stroke();
    if (region.name === "") continue;
    if (region.chain !== undefined) context.strokeStyle = palette.chains[region.chain] ?? palette.line;
    context.lineWidth = region.chain === undefined ? 1 : 2;
    context.setLineDash(region.chain === undefined ? [1, 5] : []);
    context.beginPath();
    context.arc(region.x, region.y, halo, 0, FULL_TURN);
    context.stroke();
    context.setLineDash([]);
    context.lineWidth = 1;
    context.fillStyle = region.chain === undefined ? palette.muted : palette.ink;
    drawName(context, region, halo, places);
  }
  context.restore();
}
