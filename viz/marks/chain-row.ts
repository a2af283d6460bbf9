import type { TraceBlock } from "../../sim/trace/reader.ts";
import { blocksFinalAt, type Chain } from "../model/chains.ts";
import type { Palette } from "./palette.ts";

/** Height of one chain's row, in pixels. */
export const CHAIN_ROW = 24;
/** A chain that was quiet for so many of its usual intervals has a gap. */
const GAP_INTERVALS = 3;
const BLOCK_HEIGHT = 14;
const WIDEST_BLOCK = 18;
const NARROWEST_BLOCK = 2;

/** A stretch of time, and the width that shows it. */
export interface RowWindow {
  readonly fromUs: number;
  readonly toUs: number;
  readonly width: number;
  readonly nowUs: number;
  /** The height shown, where it is this chain's. */
  readonly height: number | null;
}

/** @returns the chain's block drawn nearest to a place, or null where none is near */
export function blockNear(chain: Chain, { fromUs, toUs, width }: RowWindow, place: number): TraceBlock | null {
  const wantedUs = fromUs + (place / width) * (toUs - fromUs);
  const reachUs = (WIDEST_BLOCK / width) * (toUs - fromUs);
  const after = blocksFinalAt(chain, wantedUs);
  const near = [chain.byTime[after - 1], chain.byTime[after]].filter((block) => block !== undefined);
  near.sort((a, b) => Math.abs(a.finalizedUs - wantedUs) - Math.abs(b.finalizedUs - wantedUs));
  const [nearest] = near;
  return nearest !== undefined && Math.abs(nearest.finalizedUs - wantedUs) <= reachUs ? nearest : null;
}

function drawGap(context: CanvasRenderingContext2D, from: number, to: number, middle: number, palette: Palette): void {
  context.save();
  context.strokeStyle = palette.danger;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(from, middle);
  context.lineTo(to, middle);
  context.stroke();
  context.restore();
}

/** Draws one chain's blocks at the moments when they became final: full up to the present one, hollow after it, gaps dashed. */
export function drawChainRow(
  context: CanvasRenderingContext2D,
  chain: Chain,
  palette: Palette,
  { window, top }: { readonly window: RowWindow; readonly top: number },
): void {
  const { fromUs, toUs, width, nowUs, height } = window;
  const x = (timeUs: number) => ((timeUs - fromUs) / (toUs - fromUs)) * width;
  const side = Math.min(WIDEST_BLOCK, Math.max(NARROWEST_BLOCK, (chain.intervalUs / (toUs - fromUs)) * width - 3));
  const colour = palette.chains[chain.index] ?? palette.ink;
  const middle = top + CHAIN_ROW / 2;
  const present = blocksFinalAt(chain, nowUs) - 1;
  const last = Math.min(chain.byTime.length - 1, blocksFinalAt(chain, toUs));
  context.strokeStyle = colour;
  context.fillStyle = colour;
  for (let i = Math.max(0, blocksFinalAt(chain, fromUs) - 1); i <= last; i++) {
    const block = chain.byTime[i] as TraceBlock;
    const [at, before] = [x(block.finalizedUs), x(chain.byTime[i - 1]?.finalizedUs ?? 0)];
    if (at - before > GAP_INTERVALS * (chain.intervalUs / (toUs - fromUs)) * width)
      drawGap(context, Math.max(0, before + 2), Math.min(width, at - side - 2), middle, palette);
    const box = [Math.round(at - side) + 0.5, middle - BLOCK_HEIGHT / 2, side, BLOCK_HEIGHT] as const;
    context.globalAlpha = i === present ? 1 : i < present ? 0.55 : 0.8;
    context.lineWidth = 1;
    if (i <= present) context.fillRect(...box);
    else context.strokeRect(...box);
    if (block.height !== height && i !== present) continue;
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.strokeStyle = block.height === height ? palette.ink : palette.accent;
    context.strokeRect(box[0] - 2, box[1] - 2, box[2] + 4, box[3] + 4);
    context.strokeStyle = colour;
  }
  context.globalAlpha = 1;
}
