import type { MessageTable } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** How long a dropped message marks its nodes, in simulated time. */
const MARKED_US = 1_000_000;

/** @returns nodes that lost a message, sent or awaited, within the last second of simulated time */
export function bittenNodes(table: MessageTable, timeUs: number): ReadonlySet<number> {
  const bitten = new Set<number>();
  for (let row = 0; row < table.count; row++) {
    const sentUs = table.sentUs[row] as number;
    if (table.outcome[row] === 0 || sentUs > timeUs || sentUs < timeUs - MARKED_US) continue;
    bitten.add(table.source[row] as number);
    bitten.add(table.destination[row] as number);
  }
  return bitten;
}

/** Shades the nodes that faults bit. */
export function drawAffected(
  context: CanvasRenderingContext2D,
  nodes: ReadonlySet<number>,
  places: Places,
  palette: Palette,
): void {
  context.save();
  context.fillStyle = palette.danger;
  context.globalAlpha = 0.18;
  const radius = places.nodeRadius * 1.6 + 3;
  context.beginPath();
  for (const node of nodes) {
    const [x, y] = [places.x[node], places.y[node]];
    if (x === undefined || y === undefined) continue;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, FULL_TURN);
  }
  context.fill();
  context.restore();
}
