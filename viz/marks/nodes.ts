import type { StateTable } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";
import { highestFinal, type NodeStatus, STATUSES, statusOf } from "../model/node-status.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** Below this radius a square looks like a disc and is drawn much faster. */
const SQUARE_BELOW = 2.5;

/** What the marks of nodes show besides their state. */
export interface NodeEmphasis {
  readonly selected: number | null;
  readonly hovered: number | null;
  /** Who proposes the height being decided, or −1. */
  readonly proposer: number;
}

/** A look that many nodes share, so that it costs few calls. */
interface Look {
  readonly status: NodeStatus;
  readonly behind: boolean;
  readonly nodes: number[];
}

/** Collects nodes that look alike, and those that hold a lock at a height not yet final. */
function groupByLook(state: StateTable): { looks: readonly Look[]; locked: readonly number[] } {
  const final = highestFinal(state);
  const looks = STATUSES.flatMap((status): Look[] => [
    { status, behind: false, nodes: [] },
    { status, behind: true, nodes: [] },
  ]);
  const locked: number[] = [];
  for (let node = 0; node < state.nodes; node++) {
    const behind = state.get(node, "finalHeight") < final;
    looks[STATUSES.indexOf(statusOf(state, node)) * 2 + (behind ? 1 : 0)]?.nodes.push(node);
    if (state.get(node, "lockedHeight") > state.get(node, "finalHeight")) locked.push(node);
  }
  return { looks, locked };
}

/** Adds discs to the path under way. */
function traceDiscs(
  context: CanvasRenderingContext2D,
  nodes: readonly number[],
  { x, y }: Places,
  radius: number,
): void {
  context.beginPath();
  for (const node of nodes) {
    const [atX, atY] = [x[node] as number, y[node] as number];
    context.moveTo(atX + radius, atY);
    context.arc(atX, atY, radius, 0, FULL_TURN);
  }
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
): void {
  const { looks, locked } = groupByLook(state);
  const small = places.nodeRadius < SQUARE_BELOW;
  context.save();
  context.lineWidth = Math.min(2, places.nodeRadius * 0.5);
  for (const { status, behind, nodes } of looks) {
    if (nodes.length === 0) continue;
    context.fillStyle = palette.status[status];
    context.strokeStyle = palette.status[status];
    context.globalAlpha = behind ? 0.5 : 1;
    if (small) fillSquares(context, nodes, places);
    else {
      traceDiscs(context, nodes, places, places.nodeRadius);
      if (status === "down") context.stroke();
      else context.fill();
    }
  }
  if (!small) {
    context.globalAlpha = 0.9;
    context.lineWidth = 1;
    context.strokeStyle = palette.accent;
    traceDiscs(context, locked, places, places.nodeRadius + 2.5);
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
