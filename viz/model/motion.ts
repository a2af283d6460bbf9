import { PLACE_OFFSET, type StateTable, type TraceNode } from "../../sim/trace/reader.ts";
import type { Places } from "./arrangement.ts";

/** Part of a region's radius that the discs of devices fill. */
const FILL = 0.92;

/**
 * @param chainOf number of each node's chain, for regions that are chains
 * @returns the places with devices that move where they are at the moment, within the region that they belong to
 */
export function withMotion(
  places: Places,
  state: StateTable,
  nodes: readonly TraceNode[],
  chainOf: (node: number) => number,
): Places {
  const moving = nodes.flatMap(({ role }, node) => (role === "device" && state.get(node, "east") > 0 ? [node] : []));
  if (moving.length === 0) return places;
  const [x, y] = [places.x.slice(), places.y.slice()];
  for (const node of moving) {
    const region = places.regions.find(({ chain, name }) =>
      chain === undefined ? name === nodes[node]?.region : chain === chainOf(node),
    );
    if (region === undefined) continue;
    x[node] = region.x + (state.get(node, "east") / PLACE_OFFSET - 1) * region.radius * FILL;
    y[node] = region.y - (state.get(node, "north") / PLACE_OFFSET - 1) * region.radius * FILL;
  }
  return { ...places, x, y };
}
