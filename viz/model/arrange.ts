import type { TraceNode } from "../../sim/trace/reader.ts";
import { byChain } from "./arrange-chains.ts";
import type { Extent, Places, RegionShape } from "./arrangement.ts";
import type { Arrangement } from "./deep-link.ts";
import { placeOf } from "./places.ts";

export type { Extent, Places, RegionShape } from "./arrangement.ts";

const MARGIN = 34;
const LARGEST_NODE = 8;
const SMALLEST_NODE = 1.2;
/** Part of the shorter side that all regions' discs together may fill. */
const FILL = 0.24;
/** Widest gap between two orbits: regions with few nodes stay small. */
const WIDEST_GAP = 44;
const SMALLEST_INSET = 58;
/** Nodes at least so far apart stand in a single ring. */
const ROOMY_GAP = 11;
const RELAXATIONS = 80;

const ROLE_ORDER = ["delegate", "operator", "candidate", "relayer", "full-node"];

/** Nodes that decide come first, which is innermost on a map and outermost in a ring. */
function byRole(nodes: readonly TraceNode[]): (a: number, b: number) => number {
  const rank = (node: number) => {
    const place = ROLE_ORDER.indexOf(nodes[node]?.role ?? "");
    return place < 0 ? ROLE_ORDER.length : place;
  };
  return (a, b) => rank(a) - rank(b) || a - b;
}

function membersByRegion(nodes: readonly TraceNode[]): Map<string, number[]> {
  const members = new Map<string, number[]>();
  nodes.forEach((node, i) => {
    const list = members.get(node.region);
    if (list === undefined) members.set(node.region, [i]);
    else list.push(i);
  });
  for (const list of members.values()) list.sort(byRole(nodes));
  return members;
}

interface Disc {
  readonly name: string;
  readonly radius: number;
  x: number;
  y: number;
}

/** Degrees east and north of a region: of its first placed node, by its name, or around an ellipse. */
function originOf(region: string, members: readonly number[], nodes: readonly TraceNode[], turn: number) {
  const given = members.map((node) => nodes[node]?.position).find((position) => position != null);
  return given ?? placeOf(region) ?? ([Math.cos(turn) * 120, Math.sin(turn) * 50] as const);
}

/** How far a disc's centre stays from the picture's edge, so that its name stays inside too. */
function insetOf(radius: number): number {
  return Math.max(radius + MARGIN, SMALLEST_INSET);
}

function keepInside(disc: Disc, { width, height }: Extent): void {
  const inset = insetOf(disc.radius);
  disc.x = Math.max(Math.min(inset, width / 2), Math.min(width - inset, disc.x));
  disc.y = Math.max(Math.min(inset, height / 2), Math.min(height - inset, disc.y));
}

/** Pushes discs apart until none overlap, where there is room, and keeps them in the picture. */
function relax(discs: readonly Disc[], extent: Extent): void {
  for (let round = 0; round < RELAXATIONS; round++) {
    for (const a of discs) {
      for (const b of discs) {
        if (a === b) continue;
        const distance = Math.hypot(b.x - a.x, b.y - a.y) || 1;
        const overlap = a.radius + b.radius + MARGIN - distance;
        if (overlap <= 0) continue;
        b.x += ((b.x - a.x) / distance || 1) * overlap * 0.5;
        b.y += ((b.y - a.y) / distance) * overlap * 0.5;
        keepInside(b, extent);
      }
    }
  }
}

function placeDiscs(nodes: readonly TraceNode[], members: Map<string, number[]>, extent: Extent): readonly Disc[] {
  const { width, height } = extent;
  const shorter = Math.min(width, height);
  const largest = (members.size === 1 ? 0.38 : 0.22) * shorter;
  const names = [...members.keys()];
  const origins = names.map((name, i) =>
    originOf(name, members.get(name) ?? [], nodes, (i / names.length) * 2 * Math.PI),
  );
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [west, east] = range(origins.map(([x]) => x));
  const [south, north] = range(origins.map(([, y]) => y));
  const scale = (value: number, from: number, to: number) => (to === from ? 0.5 : (value - from) / (to - from));
  const discs = names.map((name, i) => {
    const count = members.get(name)?.length ?? 0;
    const widest = count === 1 ? 2 * LARGEST_NODE : orbitsFor(count) * WIDEST_GAP;
    const radius = Math.min(largest, widest, Math.max(26, shorter * Math.sqrt((count / nodes.length) * FILL)));
    const inset = insetOf(radius);
    const [originEast, originNorth] = origins[i] as readonly [number, number];
    const x = inset + scale(originEast, west, east) * (width - 2 * inset);
    const y = inset + (1 - scale(originNorth, south, north)) * (height - 2 * inset);
    return { name, radius, x, y };
  });
  relax(discs, extent);
  return discs;
}

/** Spreads nodes over concentric orbits, a sixth more on each. */
function orbitsFor(count: number): number {
  let orbits = 1;
  while (3 * orbits * (orbits + 1) < count) orbits += 1;
  return orbits;
}

function alone(disc: Disc, node: number, x: Float32Array, y: Float32Array): RegionShape {
  x[node] = disc.x;
  y[node] = disc.y;
  return { ...disc, orbits: [] };
}

function onMap(nodes: readonly TraceNode[], extent: Extent): Places {
  const members = membersByRegion(nodes);
  const x = new Float32Array(nodes.length);
  const y = new Float32Array(nodes.length);
  let spacing = Number.POSITIVE_INFINITY;
  const regions = placeDiscs(nodes, members, extent).map((disc) => {
    const list = members.get(disc.name) ?? [];
    const count = orbitsFor(list.length);
    const gap = disc.radius / count;
    // A single node is a sun without planets.
    if (list.length === 1) return alone(disc, list[0] as number, x, y);
    spacing = Math.min(spacing, gap);
    let placed = 0;
    for (let orbit = 1; orbit <= count && placed < list.length; orbit++) {
      const here = Math.min(6 * orbit, list.length - placed);
      for (let i = 0; i < here; i++) {
        const turn = (i / here) * 2 * Math.PI - Math.PI / 2 + orbit * 0.4;
        const node = list[placed + i] as number;
        x[node] = disc.x + Math.cos(turn) * gap * orbit;
        y[node] = disc.y + Math.sin(turn) * gap * orbit;
      }
      placed += here;
    }
    return { ...disc, orbits: Array.from({ length: count }, (_, i) => gap * (i + 1)) };
  });
  return { x, y, nodeRadius: Math.min(LARGEST_NODE, Math.max(SMALLEST_NODE, spacing * 0.3)), regions };
}

/** Concentric rings with equal gaps that hold all nodes, outermost first. */
function ringSizes(count: number, outer: number): { gap: number; sizes: number[] } {
  const alone = (2 * Math.PI * outer) / count;
  if (alone >= ROOMY_GAP) return { gap: alone, sizes: [count] };
  for (let gap = ROOMY_GAP * 1.5; ; gap *= 0.94) {
    const sizes: number[] = [];
    let room = 0;
    for (let radius = outer; radius > outer * 0.4 && room < count; radius -= gap) {
      const size = Math.min(count - room, Math.max(1, Math.floor((2 * Math.PI * radius) / gap)));
      sizes.push(size);
      room += size;
    }
    if (room >= count) return { gap, sizes };
  }
}

function inRing(nodes: readonly TraceNode[], { width, height }: Extent): Places {
  const outer = Math.max(20, Math.min(width, height) / 2 - MARGIN);
  const { gap, sizes } = ringSizes(nodes.length, outer);
  const members = membersByRegion(nodes);
  const order = [...members.values()].flat();
  // With one ring, regions stay together; with several, those that decide are outermost.
  if (sizes.length > 1) order.sort(byRole(nodes));
  const x = new Float32Array(nodes.length);
  const y = new Float32Array(nodes.length);
  let placed = 0;
  sizes.forEach((size, ring) => {
    for (let i = 0; i < size; i++) {
      const turn = (i / size) * 2 * Math.PI - Math.PI / 2;
      const node = order[placed + i] as number;
      x[node] = width / 2 + Math.cos(turn) * (outer - ring * gap);
      y[node] = height / 2 + Math.sin(turn) * (outer - ring * gap);
    }
    placed += size;
  });
  const orbits = sizes.map((_, ring) => outer - ring * gap);
  const regions = [{ name: "", x: width / 2, y: height / 2, radius: outer, orbits }];
  return { x, y, nodeRadius: Math.min(LARGEST_NODE, Math.max(SMALLEST_NODE, gap * 0.3)), regions };
}

/** Finds a place for every node, at a cost linear in nodes. */
export function arrange(nodes: readonly TraceNode[], arrangement: Arrangement, extent: Extent): Places {
  if (arrangement === "chains") return byChain(nodes, extent);
  return arrangement === "ring" ? inRing(nodes, extent) : onMap(nodes, extent);
}
