import type { Places } from "../model/arrange.ts";
import type { Palette } from "./palette.ts";

/** Draws the routes between regions: what messages between them travel along. */
export function drawLinks(context: CanvasRenderingContext2D, { regions }: Places, palette: Palette): void {
  context.save();
  context.strokeStyle = palette.line;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  regions.forEach((a, i) => {
    // Arranged by chain, all subchains hang on the rootchain alone.
    if (i > 0 && a.chain !== undefined) return;
    for (const b of regions.slice(i + 1)) {
      const distance = Math.hypot(b.x - a.x, b.y - a.y);
      const [alongX, alongY] = [(b.x - a.x) / distance, (b.y - a.y) / distance];
      context.moveTo(a.x + alongX * (a.radius + 14), a.y + alongY * (a.radius + 14));
      context.lineTo(b.x - alongX * (b.radius + 14), b.y - alongY * (b.radius + 14));
    }
  });
  context.stroke();
  context.restore();
}
