import type { StateTable } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";
import { highestFinal, STATUSES, statusOf } from "../model/node-status.ts";
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

function addNode(path: Path2D, x: number, y: number, radius: number): void {
  if (radius < SQUARE_BELOW) path.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, FULL_TURN);
  }
}

/** Collects nodes that look alike, so that each look costs one call. */
function groupByLook(state: StateTable, places: Places) {
  const final = highestFinal(state);
  const looks = STATUSES.map(() => ({ current: new Path2D(), behind: new Path2D() }));
  const locked = new Path2D();
  const { x, y, nodeRadius } = places;
  for (let node = 0; node < state.nodes; node++) {
    const look = looks[STATUSES.indexOf(statusOf(state, node))];
    const behind = state.get(node, "finalHeight") < final;
    const [atX, atY] = [x[node] as number, y[node] as number];
    if (look !== undefined) addNode(behind ? look.behind : look.current, atX, atY, nodeRadius);
    if (state.get(node, "lockedHeight") > state.get(node, "finalHeight") && nodeRadius >= SQUARE_BELOW) {
      addNode(locked, atX, atY, nodeRadius + 2.5);
    }
  }
  return { looks, locked };
}

/** Draws every node: its colour tells its status, paler when behind the highest final block, ringed while locked. */
export function drawNodes(
  context: CanvasRenderingContext2D,
  state: StateTable,
  places: Places,
  palette: Palette,
): void {
  const { looks, locked } = groupByLook(state, places);
  context.save();
  context.lineWidth = Math.min(2, places.nodeRadius * 0.5);
  looks.forEach(({ current, behind }, i) => {
    const status = STATUSES[i] as (typeof STATUSES)[number];
    context.fillStyle = palette.status[status];
    context.strokeStyle = palette.status[status];
    for (const [path, alpha] of [[current, 1] as const, [behind, 0.5] as const]) {
      context.globalAlpha = alpha;
      if (status === "down") context.stroke(path);
      else context.fill(path);
    }
  });
  context.globalAlpha = 0.9;
  context.lineWidth = 1;
  context.strokeStyle = palette.accent;
  context.stroke(locked);
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
