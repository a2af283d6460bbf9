import type { Bin } from "../model/density.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** Side of a bin's cell in pixels. */
export const DENSITY_CELL = 13;
const SMALLEST = 1.6;

/** Draws bins as discs whose area tells how many nodes they hold, in the colour of most; an arc tells the part that failed. */
export function drawDensity(context: CanvasRenderingContext2D, bins: readonly Bin[], palette: Palette): void {
  const most = bins[0]?.count ?? 1;
  for (const { x, y, count, status, failed } of bins) {
    const radius = Math.max(SMALLEST, (DENSITY_CELL / 2) * Math.sqrt(count / most));
    context.globalAlpha = 0.8;
    context.fillStyle = palette.status[status];
    context.beginPath();
    context.arc(x, y, radius, 0, FULL_TURN);
    context.fill();
    if (failed === 0) continue;
    context.globalAlpha = 1;
    context.strokeStyle = palette.danger;
    context.beginPath();
    context.arc(x, y, radius + 1, -FULL_TURN / 4, FULL_TURN * (failed / count - 1 / 4));
    context.stroke();
  }
}
