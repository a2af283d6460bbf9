import { stepAt, type Transfer, type TransferStep, wayAt } from "../model/transfers.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** How long a transfer's end stays in sight, in simulated time. */
export const TRANSFER_LINGER_US = 1_500_000;
/** Above so many, only the dots that travel are drawn, without their ways. */
const MAX_WAYS = 300;
/** Ways of neighbouring transfers stand so far apart, in pixels, in so many lanes. */
const LANE = 9;
const LANES = 7;
/** How far a way bends aside between two places, as a part of its length. */
const BEND = 0.16;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A transfer as it is drawn: where it is, for the pointer to find. */
export interface DrawnTransfer extends Point {
  readonly transfer: Transfer;
  readonly step: TransferStep;
}

/** What of the transfers is drawn. */
export interface TransferChoice {
  readonly timeUs: number;
  /** Where each chain is drawn, by its name. */
  readonly anchors: ReadonlyMap<string, Point>;
  readonly root: Point | null;
  /** Number of the transfer to point out, or null. */
  readonly chosen: number | null;
}

/** A quadratic curve. */
interface Way {
  readonly from: Point;
  readonly bend: Point;
  readonly to: Point;
}

/** The way of a transfer passes by the rootchain, or bends aside where that is one of its ends. */
function wayOf({ number, source, destination }: Transfer, { anchors, root }: TransferChoice): Way | null {
  const [from, to] = [anchors.get(source), anchors.get(destination)];
  if (from === undefined || to === undefined) return null;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const aside = ((number % LANES) - (LANES - 1) / 2) * LANE;
  const middle = { x: from.x + dx / 2, y: from.y + dy / 2 };
  const ends = root === null || root === from || root === to;
  // A quadratic curve passes halfway between its control point and its ends' middle: twice as far reaches the rootchain.
  const x = ends ? middle.x - dy * BEND : 2 * root.x - middle.x;
  const y = ends ? middle.y + dx * BEND : 2 * root.y - middle.y;
  return { from, to, bend: { x: x - (dy / length) * aside * 2, y: y + (dx / length) * aside * 2 } };
}

function pointOn({ from, bend, to }: Way, part: number): Point {
  const [a, b, c] = [(1 - part) ** 2, 2 * part * (1 - part), part * part];
  return { x: a * from.x + b * bend.x + c * to.x, y: a * from.y + b * bend.y + c * to.y };
}

function drawWay(context: CanvasRenderingContext2D, way: Way, colour: string, chosen: boolean): void {
  context.strokeStyle = colour;
  context.globalAlpha = chosen ? 1 : 0.5;
  context.lineWidth = chosen ? 2.5 : 1.4;
  context.beginPath();
  context.moveTo(way.from.x, way.from.y);
  context.quadraticCurveTo(way.bend.x, way.bend.y, way.to.x, way.to.y);
  context.stroke();
}

function drawHead(context: CanvasRenderingContext2D, { x, y }: Point, colour: string, palette: Palette): void {
  context.globalAlpha = 1;
  context.fillStyle = colour;
  context.strokeStyle = palette.ground;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, 5, 0, FULL_TURN);
  context.fill();
  context.stroke();
}

/** Draws transfers as arcs between chains by way of the rootchain, with a dot that travels from step to step. @returns what was drawn where */
export function drawTransfers(
  context: CanvasRenderingContext2D,
  transfers: readonly Transfer[],
  palette: Palette,
  choice: TransferChoice,
): readonly DrawnTransfer[] {
  const drawn: DrawnTransfer[] = [];
  context.save();
  for (const transfer of transfers) {
    const way = wayOf(transfer, choice);
    const step = stepAt(transfer, choice.timeUs)?.step;
    if (way === null || step === undefined) continue;
    const chosen = transfer.number === choice.chosen;
    if (transfers.length <= MAX_WAYS || chosen) drawWay(context, way, palette.steps[step], chosen);
    drawn.push({ transfer, step, ...pointOn(way, wayAt(transfer, choice.timeUs)) });
  }
  for (const { step, x, y } of drawn) drawHead(context, { x, y }, palette.steps[step], palette);
  context.restore();
  return drawn;
}
