import type { StateTable, TraceNode } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";
import { type Chain, isWatcher } from "../model/chains.ts";
import { binsOf } from "../model/density.ts";
import { highestFinal, type NodeStatus, STATUSES, statusOf } from "../model/node-status.ts";
import { DENSITY_CELL, drawDensity } from "./density.ts";
import { NODE_SHAPES, type NodeShape, shapeOf, traceShapes } from "./node-shapes.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** Below this radius a square looks like a disc and is drawn much faster. */
const SQUARE_BELOW = 2.5;

/** Who sleeps is smaller. */
const ASLEEP_PART = 0.6;

/** What the marks of nodes show besides their state. */
export interface NodeEmphasis {
  readonly selected: number | null;
  readonly hovered: number | null;
  /** Who proposes the height being decided, or −1. */
  readonly proposer: number;
}

/** What of nodes never changes during a run, so that each frame need not find it again. */
export interface NodeKinds {
  readonly shapes: readonly NodeShape[];
  readonly chains: readonly Chain[];
  /** Those that hold no chain themselves and so are never behind one. */
  readonly watches: readonly boolean[];
  /** Those of which there may be too many to be told apart. */
  readonly devices: readonly number[];
}

/** @returns what never changes of the nodes */
export function nodeKinds(nodes: readonly TraceNode[], chains: readonly Chain[]): NodeKinds {
  const devices = nodes.flatMap(({ role }, node) => (role === "device" ? [node] : []));
  return { chains, shapes: nodes.map(shapeOf), watches: nodes.map(isWatcher), devices };
}

/** A look that many nodes share, so that it costs few calls. */
interface Look {
  readonly status: NodeStatus;
  readonly behind: boolean;
  readonly shape: NodeShape;
  readonly nodes: number[];
}

const LOOKS_OF_STATUS = 2 * NODE_SHAPES.length;

function noLooks(): readonly Look[] {
  return STATUSES.flatMap((status) =>
    [false, true].flatMap((behind) => NODE_SHAPES.map((shape): Look => ({ status, behind, shape, nodes: [] }))),
  );
}

const NONE: ReadonlySet<number> = new Set();

/** Collects nodes that look alike, and those that hold a lock at a height not yet final. */
function groupByLook(
  state: StateTable,
  kinds: NodeKinds,
  skipped: ReadonlySet<number>,
): { looks: readonly Look[]; locked: readonly number[] } {
  const final = new Float64Array(state.nodes);
  for (const { nodes } of kinds.chains) {
    const highest = highestFinal(state, nodes);
    for (const node of nodes) final[node] = highest;
  }
  const looks = noLooks();
  const locked: number[] = [];
  for (let node = 0; node < state.nodes; node++) {
    if (skipped.has(node)) continue;
    const own = state.get(node, "finalHeight");
    const behind = own < (final[node] as number) && kinds.watches[node] !== true;
    const shape = NODE_SHAPES.indexOf(kinds.shapes[node] ?? "disc");
    const status = STATUSES.indexOf(statusOf(state, node));
    looks[status * LOOKS_OF_STATUS + (behind ? NODE_SHAPES.length : 0) + shape]?.nodes.push(node);
    if (state.get(node, "lockedHeight") > own) locked.push(node);
  }
  return { looks, locked };
}

/** Rings nodes in the colour of their chain, where there are several. */
function drawChains(context: CanvasRenderingContext2D, chains: readonly Chain[], places: Places, palette: Palette) {
  context.globalAlpha = 1;
  context.lineWidth = Math.min(2, places.nodeRadius * 0.4);
  for (const { index, nodes } of chains) {
    context.strokeStyle = palette.chains[index] ?? palette.muted;
    traceShapes(context, "disc", nodes, places, places.nodeRadius + 1.5);
    context.stroke();
  }
}

/** A bar through those whose battery is empty. */
function strikeOut(context: CanvasRenderingContext2D, nodes: readonly number[], { x, y, nodeRadius }: Places): void {
  const reach = nodeRadius * 1.3;
  context.beginPath();
  for (const node of nodes) {
    context.moveTo((x[node] as number) - reach, (y[node] as number) + reach);
    context.lineTo((x[node] as number) + reach, (y[node] as number) - reach);
  }
  context.stroke();
}

/** Whole pixels, which are drawn several times faster than parts of them. */
function fillSquares(context: CanvasRenderingContext2D, nodes: readonly number[], { x, y, nodeRadius }: Places): void {
  const side = Math.max(2, Math.round(2 * nodeRadius));
  for (const node of nodes) {
    context.fillRect(
      Math.round((x[node] as number) - nodeRadius),
      Math.round((y[node] as number) - nodeRadius),
      side,
      side,
    );
  }
}

/** Draws every node: its colour tells its status, paler when behind the highest final block, ringed while locked. */
export function drawNodes(
  context: CanvasRenderingContext2D,
  state: StateTable,
  places: Places,
  palette: Palette,
  kinds: NodeKinds,
): void {
  const small = places.nodeRadius < SQUARE_BELOW;
  const binned = small ? kinds.devices : [];
  const { looks, locked } = groupByLook(state, kinds, binned.length === 0 ? NONE : new Set(binned));
  context.save();
  drawDensity(
    context,
    binsOf(binned, places, DENSITY_CELL, (node) => statusOf(state, node)),
    palette,
  );
  context.lineWidth = Math.min(2, places.nodeRadius * 0.5);
  for (const { status, behind, shape, nodes } of looks) {
    if (nodes.length === 0) continue;
    context.fillStyle = palette.status[status];
    context.strokeStyle = palette.status[status];
    context.globalAlpha = behind ? 0.5 : 1;
    if (small) fillSquares(context, nodes, places);
    else {
      traceShapes(context, shape, nodes, places, places.nodeRadius * (status === "asleep" ? ASLEEP_PART : 1));
      if (status === "down" || status === "empty") context.stroke();
      else context.fill();
      if (status === "empty") strikeOut(context, nodes, places);
    }
  }
  if (!small) {
    if (kinds.chains.length > 1) drawChains(context, kinds.chains, places, palette);
    context.globalAlpha = 0.9;
    context.lineWidth = 1;
    context.strokeStyle = palette.accent;
    traceShapes(context, "disc", locked, places, places.nodeRadius + (kinds.chains.length > 1 ? 4 : 2.5));
    context.stroke();
  }
  context.restore();
}

/** Draws rings around the proposer and around the selected and the hovered node. */
export function drawEmphasis(
  context: CanvasRenderingContext2D,
  places: Places,
  palette: Palette,
  { selected, hovered, proposer }: NodeEmphasis,
): void {
  const ring = (node: number, distance: number, colour: string, dash: number[]) => {
    const [x, y] = [places.x[node], places.y[node]];
    if (x === undefined || y === undefined) return;
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x, y, places.nodeRadius + distance, 0, FULL_TURN);
    context.stroke();
  };
  context.save();
  context.lineWidth = 1.5;
  ring(proposer, 6, palette.accent, [3, 2.5]);
  if (hovered !== null) ring(hovered, 4, palette.muted, []);
  context.lineWidth = 2;
  if (selected !== null) ring(selected, 4.5, palette.ink, []);
  context.restore();
}
