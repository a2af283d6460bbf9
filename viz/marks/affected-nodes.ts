import type { Affected } from "../model/affected.ts";
import type { Places } from "../model/arrange.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;

function addDiscs(context: CanvasRenderingContext2D, nodes: ReadonlySet<number>, places: Places, radius: number): void {
  context.beginPath();
  for (const node of nodes) {
    const [x, y] = [places.x[node], places.y[node]];
    if (x === undefined || y === undefined) continue;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, FULL_TURN);
  }
}

/** Shades the nodes that faults bite; those cut off by a partition have a rim too. */
export function drawAffected(
  context: CanvasRenderingContext2D,
  { cutOff, bitten }: Affected,
  places: Places,
  palette: Palette,
): void {
  context.save();
  context.fillStyle = palette.danger;
  context.strokeStyle = palette.danger;
  const radius = places.nodeRadius * 1.6 + 3;
  context.globalAlpha = 0.18;
  addDiscs(context, bitten, places, radius);
  context.fill();
  addDiscs(context, cutOff, places, radius);
  context.fill();
  context.globalAlpha = 0.8;
  context.lineWidth = 1.2;
  context.setLineDash([2, 3]);
  context.stroke();
  context.restore();
}
