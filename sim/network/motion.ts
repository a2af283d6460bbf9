import { absorb, finish } from "../kernel/random.ts";
import { drawInDisc, type Place } from "./path-loss.ts";

/** A path that was recorded: where one was at ascending times from 0 on, m. It is gone along straight in between, again and again. */
export interface RecordedPath {
  readonly atUs: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** How the devices of a group move. */
export interface MotionOptions {
  /** Key of all draws. */
  readonly key: number;
  /** Where each device is at first. */
  readonly places: readonly Place[];
  /** Of the disc that they stay in, m. */
  readonly radiusMetres: number;
  /** Fastest, m/s. */
  readonly speed: number;
  /** Between two ways. */
  readonly pauseUs: number;
  /** From one look at a device's place to the next. */
  readonly stepUs: number;
  /** In place of random ways; each device begins somewhere else on it. */
  readonly path?: RecordedPath;
}

const WORD = 2 ** 32;
const SECOND_US = 1_000_000;

/**
 * Random waypoint: a device goes straight to a place drawn in the disc, rests, and goes on to the next. Each way has a speed of its own
 * between half and all of the most, as ever slower ones would bring a group to a standstill (J. Yoon, M. Liu, B. Noble, Random Waypoint
 * Considered Harmful, INFOCOM 2003). Draws are by device and way: no device shifts another's.
 *
 * Source: D. Johnson, D. Maltz, Dynamic Source Routing in Ad Hoc Wireless Networks, 1996.
 */
export class Motion {
  readonly options: MotionOptions;
  /** By device: where its way begins and ends, m, when it begins and ends, µs, and its number. */
  private readonly from: Float64Array;
  private readonly to: Float64Array;
  private readonly beginsUs: Float64Array;
  private readonly endsUs: Float64Array;
  private readonly ways: Int32Array;

  constructor(options: MotionOptions) {
    const { places } = options;
    this.options = options;
    this.from = new Float64Array(2 * places.length);
    this.to = new Float64Array(2 * places.length);
    for (const [device, { x, y }] of places.entries()) {
      this.to[2 * device] = x;
      this.to[2 * device + 1] = y;
    }
    this.beginsUs = new Float64Array(places.length);
    // The first way begins at once.
    this.endsUs = new Float64Array(places.length).fill(-options.pauseUs);
    this.ways = new Int32Array(places.length);
  }

  get devices(): number {
    return this.ways.length;
  }

  /** @returns when a device is first looked at, µs: each at a time of its own */
  firstLookUs(device: number): number {
    return 1 + (finish(absorb(absorb(this.options.key, device), -1)) % this.options.stepUs);
  }

  /** @param nowUs not before that of the last call @returns where a device is */
  at(device: number, nowUs: number): Place {
    const { from, to, beginsUs, endsUs, options } = this;
    if (options.path !== undefined) return this.onPath(device, nowUs, options.path);
    while (nowUs >= (endsUs[device] as number) + options.pauseUs) this.goOn(device);
    const [began, ends] = [beginsUs[device] as number, endsUs[device] as number];
    const part = nowUs <= began ? 0 : nowUs >= ends ? 1 : (nowUs - began) / (ends - began);
    const [x, y] = [from[2 * device] as number, from[2 * device + 1] as number];
    return {
      x: x + part * ((to[2 * device] as number) - x),
      y: y + part * ((to[2 * device + 1] as number) - y),
    };
  }

  private onPath(device: number, nowUs: number, { atUs, x, y }: RecordedPath): Place {
    const lengthUs = atUs.at(-1) as number;
    const shiftUs = finish(absorb(absorb(this.options.key, device), -3)) % lengthUs;
    const timeUs = (nowUs + shiftUs) % lengthUs;
    let row = this.ways[device] as number;
    if ((atUs[row] as number) > timeUs) row = 0;
    while ((atUs[row + 1] as number) <= timeUs) row++;
    this.ways[device] = row;
    const [began, ends] = [atUs[row] as number, atUs[row + 1] as number];
    const part = (timeUs - began) / (ends - began);
    const between = (of: readonly number[]) =>
      (of[row] as number) + part * ((of[row + 1] as number) - (of[row] as number));
    return { x: between(x), y: between(y) };
  }

  /** Begins a device's next way. */
  private goOn(device: number): void {
    const { key, radiusMetres, speed, pauseUs } = this.options;
    const way = this.ways[device] as number;
    this.ways[device] = way + 1;
    const state = absorb(absorb(key, device), way);
    const { x, y } = drawInDisc(state, radiusMetres);
    const [x0, y0] = [this.to[2 * device] as number, this.to[2 * device + 1] as number];
    const metres = Math.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0));
    const pace = speed * (0.5 + finish(absorb(state, -2)) / WORD / 2);
    this.from[2 * device] = x0;
    this.from[2 * device + 1] = y0;
    this.to[2 * device] = x;
    this.to[2 * device + 1] = y;
    const beginsUs = (this.endsUs[device] as number) + pauseUs;
    this.beginsUs[device] = beginsUs;
    this.endsUs[device] = beginsUs + Math.max(1, Math.ceil((metres * SECOND_US) / pace));
  }
}
