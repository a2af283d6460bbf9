import type { TraceNode } from "../../sim/trace/reader.ts";
import type { Extent, Places, RegionShape } from "./arrangement.ts";
import { chainsOf, isWatcher } from "./chains.ts";

/** Room between a cluster and the picture's edge, for its halo and its name. */
const MARGIN = 36;
const LARGEST_NODE = 8;
const SMALLEST_NODE = 1.2;
/** Parts of the shorter side that the rootchain's and a subchain's disc may fill. */
const ROOT_PART = 0.19;
const LARGEST_PART = 0.12;
const NARROWEST_CLUSTER = 9;
/** Part of the room a cluster has on its ring. */
const CLUSTER_FILL = 0.33;
/** Room around a cluster for the line that encloses it. */
const HALO = 12;
/** Points of an ellipse that are measured to walk it in equal steps. */
const SAMPLES = 720;
const WATCHER_GAP = 14;
/** Least room between the rootchain's disc and the subchains', where those stand that hold no chain. */
const WATCHERS_ROOM = 44;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** @returns points at equal distances along an ellipse around a centre, beginning at its left */
function alongEllipse(count: number, centre: Point, [across, up]: readonly [number, number]): readonly Point[] {
  const at = (sample: number) => {
    const turn = (sample / SAMPLES) * 2 * Math.PI - Math.PI;
    return { x: centre.x + Math.cos(turn) * across, y: centre.y + Math.sin(turn) * up };
  };
  const lengths = [0];
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const [before, here] = [at(sample - 1), at(sample)];
    lengths.push((lengths[sample - 1] as number) + Math.hypot(here.x - before.x, here.y - before.y));
  }
  const whole = lengths[SAMPLES] as number;
  const points: Point[] = [];
  for (let sample = 0; points.length < count; ) {
    const wanted = (points.length / count) * whole;
    while (sample < SAMPLES && (lengths[sample + 1] as number) <= wanted) sample += 1;
    const [low, high] = [lengths[sample] as number, lengths[sample + 1] as number];
    points.push(at(sample + (wanted - low) / (high - low)));
  }
  return points;
}

function circumference(across: number, up: number): number {
  return Math.PI * (3 * (across + up) - Math.sqrt((3 * across + up) * (across + 3 * up)));
}

/** Where nodes are put, while they are. */
class Picture {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly regions: RegionShape[] = [];
  spacing = Number.POSITIVE_INFINITY;

  constructor(count: number) {
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
  }

  put(node: number, { x, y }: Point): void {
    this.x[node] = x;
    this.y[node] = y;
  }

  /** Puts a chain's nodes on orbits, its delegates or operators innermost. */
  cluster(name: string, chain: number, nodes: readonly number[], disc: Point & { readonly radius: number }): void {
    let count = 1;
    while (3 * count * (count + 1) < nodes.length) count += 1;
    const gap = disc.radius / count;
    const orbits = Array.from({ length: count }, (_, i) => gap * (i + 1));
    this.regions.push({ name, chain, ...disc, orbits });
    if (nodes.length > 1) this.spacing = Math.min(this.spacing, gap, (2 * Math.PI * gap) / Math.min(6, nodes.length));
    let placed = 0;
    orbits.forEach((radius, orbit) => {
      const here = Math.min(6 * (orbit + 1), nodes.length - placed);
      for (let i = 0; i < here; i++) {
        const turn = (i / here) * 2 * Math.PI - Math.PI / 2 + orbit * 0.4;
        const node = nodes[placed + i] as number;
        const from = nodes.length === 1 ? 0 : radius;
        this.put(node, { x: disc.x + Math.cos(turn) * from, y: disc.y + Math.sin(turn) * from });
      }
      placed += here;
    });
  }

  /** Puts those that hold no chain on rings between the rootchain and the subchains. */
  between(nodes: readonly number[], centre: Point, inner: readonly [number, number], outer: readonly [number, number]) {
    const middle = (part: number) =>
      [inner[0] + (outer[0] - inner[0]) * part, inner[1] + (outer[1] - inner[1]) * part] as const;
    const [across, up] = middle(0.5);
    const rings = Math.max(1, Math.ceil((nodes.length * WATCHER_GAP) / circumference(across, up)));
    const size = Math.ceil(nodes.length / rings);
    // Nodes so many that rings stand close are drawn small, which is also what keeps drawing them cheap.
    const gap = (0.6 * Math.min(Math.abs(outer[0] - inner[0]), Math.abs(outer[1] - inner[1]))) / rings;
    if (rings > 1) this.spacing = Math.min(this.spacing, gap);
    for (let ring = 0; ring < rings; ring++) {
      const list = nodes.slice(ring * size, (ring + 1) * size);
      const shape = middle(rings === 1 ? 0.5 : 0.2 + (0.6 * ring) / (rings - 1));
      for (const [i, point] of alongEllipse(list.length, centre, shape).entries()) this.put(list[i] as number, point);
      if (list.length > 1) this.spacing = Math.min(this.spacing, circumference(...shape) / list.length);
    }
  }
}

/** Radius of clusters on a ring around the picture, as large as their neighbours allow. */
function clusterRadius(count: number, { width, height }: Extent): number {
  const largest = LARGEST_PART * Math.min(width, height);
  const room = circumference(width / 2 - MARGIN - largest / 2, height / 2 - MARGIN - largest / 2) / Math.max(1, count);
  return Math.max(NARROWEST_CLUSTER, Math.min(largest, room * CLUSTER_FILL));
}

/** @returns the least distance between neighbours on a closed line */
function closest(points: readonly Point[]): number {
  let least = Number.POSITIVE_INFINITY;
  points.forEach((here, i) => {
    const next = points[(i + 1) % points.length] as Point;
    if (points.length > 1) least = Math.min(least, Math.hypot(next.x - here.x, next.y - here.y));
  });
  return least;
}

/** Arranges nodes by chain: the rootchain in the middle, subchains with their devices around it, relayers, gateways and light clients between. */
export function byChain(nodes: readonly TraceNode[], extent: Extent): Places {
  const { width, height } = extent;
  const picture = new Picture(nodes.length);
  const centre = { x: width / 2, y: height / 2 };
  const [root, ...others] = chainsOf(nodes, []);
  const isDevice = (node: number) => nodes[node]?.role === "device" && nodes[node]?.chain !== "";
  // Devices are outermost around the chain that they live on: a cloud of dots where they are many.
  const holders = (list: readonly number[]) => [
    ...list.filter((node) => !isWatcher(nodes[node])),
    ...list.filter(isDevice),
  ];
  const widest = clusterRadius(others.length, extent);
  const outer = [width / 2 - widest - MARGIN, height / 2 - widest - MARGIN] as const;
  const middles = alongEllipse(others.length, centre, outer);
  const radius = Math.min(widest, Math.max(NARROWEST_CLUSTER, closest(middles) / 2 - HALO));
  const nearest = Math.min(height / 2, ...middles.map(({ x, y }) => Math.hypot(x - centre.x, y - centre.y) - radius));
  const free = Math.min(nearest - WATCHERS_ROOM, height / 2 - MARGIN);
  const rootRadius = Math.max(20, Math.min(free, ROOT_PART * Math.min(width, height)));
  if (root !== undefined) {
    picture.cluster(root.name, root.index, holders(root.nodes), { ...centre, radius: rootRadius });
  }
  others.forEach((chain, i) => {
    picture.cluster(chain.name, chain.index, holders(chain.nodes), { ...(middles[i] as Point), radius });
  });
  const order = new Map([root, ...others].map((chain) => [chain?.name ?? "", chain?.index ?? 0]));
  const watchers = [...nodes.keys()].filter((node) => isWatcher(nodes[node]) && !isDevice(node));
  const rank = (node: number) => order.get(nodes[node]?.chain ?? "") ?? -1;
  watchers.sort((a, b) => rank(a) - rank(b) || a - b);
  const halo = rootRadius + 30;
  const inside = [outer[0] - radius - 16, Math.max(outer[1] - radius - 16, rootRadius)] as const;
  picture.between(watchers, centre, [halo, halo], inside);
  const nodeRadius = Math.min(LARGEST_NODE, Math.max(SMALLEST_NODE, picture.spacing * 0.3));
  return { x: picture.x, y: picture.y, nodeRadius, regions: picture.regions };
}
