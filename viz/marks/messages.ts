import type { MessageTable } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";
import { DROP_LINGER_US } from "../model/message-window.ts";
import type { Palette } from "./palette.ts";

const FULL_TURN = 2 * Math.PI;
/** Above this many dots, streaks and round dots would cost more than they show. */
const PLAIN_ABOVE = 1500;
/** How far a lost message is seen to travel. */
const LOST_AT = 0.6;
/** Length of the mark of a message that never left, in pixels. */
const STUB = 14;
/** Paths bend by this part of their length, so that both directions are told apart. */
const BEND = 0.1;
/** Part of the way that a dot's streak shows. */
const STREAK = 0.07;

/** How far aside of the straight line a dot is: a quadratic curve whose control point stands off the middle. */
function bendAt(part: number): number {
  return 2 * part * (1 - part) * BEND;
}

/** What of the messages is drawn. */
export interface MessageChoice {
  readonly timeUs: number;
  readonly hiddenClasses: ReadonlySet<number>;
  /** Only what this node sends and receives; null for all. */
  readonly node: number | null;
  /** Outcomes of copies that got lost between a device and its gateway. */
  readonly radioOutcomes: ReadonlySet<number>;
}

/** Dots of one class, and where each of them was a moment before. */
class Dots {
  readonly points: number[] = [];
}

/** Draws messages under way as dots, and dropped ones as fading crosses. */
export class MessageMark {
  #dots: Dots[] = [];
  #drops: number[] = [];
  #radioDrops: number[] = [];

  /** @returns how many messages are under way and shown */
  draw(
    context: CanvasRenderingContext2D,
    table: MessageTable,
    places: Places,
    palette: Palette,
    choice: MessageChoice,
  ): number {
    const shown = this.#collect(table, places, choice);
    const plain = shown > PLAIN_ABOVE;
    context.save();
    this.#dots.forEach((dots, messageClass) => {
      if (dots.points.length === 0) return;
      const colour = palette.classes[messageClass] ?? palette.muted;
      if (plain) drawSquares(context, dots.points, colour);
      else drawComets(context, dots.points, colour);
    });
    drawDrops(context, this.#drops, palette.danger);
    drawRadioDrops(context, this.#radioDrops, palette.radioLoss);
    context.restore();
    return shown;
  }

  #collect(
    table: MessageTable,
    { x, y }: Places,
    { timeUs, hiddenClasses, node, radioOutcomes }: MessageChoice,
  ): number {
    for (const dots of this.#dots) dots.points.length = 0;
    this.#drops.length = 0;
    this.#radioDrops.length = 0;
    let shown = 0;
    for (let row = 0; row < table.count; row++) {
      const sentUs = table.sentUs[row] as number;
      const arrivalUs = table.arrivalUs[row] as number;
      const dropped = table.outcome[row] !== 0;
      if (sentUs > timeUs || timeUs >= arrivalUs + (dropped ? DROP_LINGER_US : 0)) continue;
      const messageClass = table.messageClass[row] as number;
      const source = table.source[row] as number;
      const destination = table.destination[row] as number;
      if (hiddenClasses.has(messageClass) || (node !== null && source !== node && destination !== node)) continue;
      // A destination that does not exist has no place.
      if (source >= x.length || destination >= x.length) continue;
      const x0 = x[source] as number;
      const y0 = y[source] as number;
      const x1 = x[destination] as number;
      const y1 = y[destination] as number;
      const part = arrivalUs > sentUs ? Math.min(1, (timeUs - sentUs) / (arrivalUs - sentUs)) : 0;
      const lost = dropped && part >= LOST_AT;
      if (lost || (dropped && arrivalUs === sentUs)) {
        const drops = radioOutcomes.has(table.outcome[row] as number) ? this.#radioDrops : this.#drops;
        addDrop(drops, x0, y0, x1, y1, arrivalUs, sentUs, timeUs);
      } else this.#addDot(messageClass, x0, y0, x1, y1, part);
      shown += 1;
    }
    return shown;
  }

  #addDot(messageClass: number, x0: number, y0: number, x1: number, y1: number, part: number): void {
    while (this.#dots.length <= messageClass) this.#dots.push(new Dots());
    const points = (this.#dots[messageClass] as Dots).points;
    const before = Math.max(0, part - STREAK);
    const dx = x1 - x0;
    const dy = y1 - y0;
    const bend = bendAt(part);
    const bendBefore = bendAt(before);
    points.push(x0 + dx * part - dy * bend, y0 + dy * part + dx * bend);
    points.push(x0 + dx * before - dy * bendBefore, y0 + dy * before + dx * bendBefore);
  }
}

function addDrop(
  drops: number[],
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  arrivalUs: number,
  sentUs: number,
  timeUs: number,
): void {
  const distance = Math.hypot(x1 - x0, y1 - y0) || 1;
  const left = arrivalUs > sentUs;
  const part = left ? LOST_AT : Math.min(0.5, STUB / distance);
  const sinceUs = timeUs - (left ? sentUs + (arrivalUs - sentUs) * LOST_AT : sentUs);
  const bend = bendAt(part);
  const dx = x1 - x0;
  const dy = y1 - y0;
  drops.push(
    x0 + dx * part - dy * bend,
    y0 + dy * part + dx * bend,
    Math.max(0.15, 1 - sinceUs / (2 * DROP_LINGER_US)),
  );
}

function drawSquares(context: CanvasRenderingContext2D, points: readonly number[], colour: string): void {
  context.fillStyle = colour;
  for (let i = 0; i < points.length; i += 4) {
    // Whole pixels, which are drawn several times faster than parts of them.
    context.fillRect(Math.round(points[i] as number) - 1, Math.round(points[i + 1] as number) - 1, 2, 2);
  }
}

function drawComets(context: CanvasRenderingContext2D, points: readonly number[], colour: string): void {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.globalAlpha = 0.45;
  context.beginPath();
  for (let i = 0; i < points.length; i += 4) {
    context.moveTo(points[i + 2] as number, points[i + 3] as number);
    context.lineTo(points[i] as number, points[i + 1] as number);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.beginPath();
  for (let i = 0; i < points.length; i += 4) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    context.moveTo(x + 2.6, y);
    context.arc(x, y, 2.6, 0, FULL_TURN);
  }
  context.fill();
}

function drawDrops(context: CanvasRenderingContext2D, drops: readonly number[], colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  for (let i = 0; i < drops.length; i += 3) {
    const [x, y] = [drops[i] as number, drops[i + 1] as number];
    context.globalAlpha = drops[i + 2] as number;
    context.beginPath();
    context.moveTo(x - 3.5, y - 3.5);
    context.lineTo(x + 3.5, y + 3.5);
    context.moveTo(x + 3.5, y - 3.5);
    context.lineTo(x - 3.5, y + 3.5);
    context.stroke();
  }
}

/** Rings with a bar: what the air swallowed. */
function drawRadioDrops(context: CanvasRenderingContext2D, drops: readonly number[], colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  for (let i = 0; i < drops.length; i += 3) {
    const [x, y] = [drops[i] as number, drops[i + 1] as number];
    context.globalAlpha = drops[i + 2] as number;
    context.beginPath();
    context.arc(x, y, 4, 0, FULL_TURN);
    context.moveTo(x - 2.8, y + 2.8);
    context.lineTo(x + 2.8, y - 2.8);
    context.stroke();
  }
}
