import { distanceLossDb, type PathLoss, type Place, shadowingDb } from "../path-loss.ts";
import { propagationBetweenUs } from "../propagation.ts";
import { BETTER_DB, BUSY_DBM, CAPTURE_DB, POWER_DBM, SENSE_US, SENSITIVITY_DBM } from "./ieee802154.ts";

const NONE = -1;
/** A station has two frames at most: its data, and an acknowledgement of another's. */
export const FRAMES_EACH = 2;

export interface CellAirOptions {
  readonly key: number;
  readonly pathLoss: PathLoss;
  /** Of every station, devices and coordinators, and behind them those of other networks. */
  readonly places: readonly Place[];
  /** By station. */
  readonly cells: Int32Array;
  /** Of the network's own. */
  readonly devices: number;
  readonly cellCount: number;
  /** By station: what it is called in the draws of shadowing; absent: its own number. */
  readonly numbers?: Int32Array;
}

/**
 * The air of each cell, a channel of its own: which frames are on it, who hears them, and which of them spoil each other. Frame
 * 2 s is station s's data, 2 s + 1 its acknowledgement. A frame is on the air from when it begins to be sent to when its last bit is in
 * at its receiver, wherever another one is heard: up to 300 m that is one microsecond more than it takes to send.
 */
export class CellAir {
  readonly options: CellAirOptions;
  private readonly places: Place[];
  private readonly devices: number;
  /** By device: how strong it and its coordinator arrive at each other, dBm; NaN before anybody asks. */
  private readonly coordinatorDbm: Float64Array;
  /** And how long a signal takes between them, µs. */
  private readonly coordinatorUs: Uint32Array;
  private readonly heads: Int32Array;
  private readonly nexts: Int32Array;
  private readonly linked: Uint8Array;
  private readonly fromUs: Float64Array;
  private readonly untilUs: Float64Array;
  /** How long its signal takes to its receiver. */
  private readonly delaysUs: Uint32Array;
  private readonly receivers: Int32Array;
  private readonly spoilt: Uint8Array;
  /** Airs of other networks on the same spectrum, and which of their stations the first one here is. */
  private readonly mirrors: { readonly air: CellAir; readonly first: number }[] = [];

  constructor(options: CellAirOptions) {
    const frames = options.places.length * FRAMES_EACH;
    this.options = options;
    this.places = [...options.places];
    this.devices = options.devices;
    this.coordinatorDbm = new Float64Array(this.devices).fill(Number.NaN);
    this.coordinatorUs = new Uint32Array(this.devices);
    this.heads = new Int32Array(options.cellCount).fill(NONE);
    this.nexts = new Int32Array(frames);
    this.linked = new Uint8Array(frames);
    this.fromUs = new Float64Array(frames);
    this.untilUs = new Float64Array(frames);
    this.delaysUs = new Uint32Array(frames);
    this.receivers = new Int32Array(frames);
    this.spoilt = new Uint8Array(frames);
  }

  /** From now on the stations of another network hear this one's as well. @param first number there of the first of them */
  mirrorTo(air: CellAir, first: number): void {
    this.mirrors.push({ air, first });
  }

  /** @returns how strong one station arrives at another, dBm; the same both ways */
  levelDbm(from: number, to: number): number {
    const [device, other] = from < to ? [from, to] : [to, from];
    if (device >= this.devices || other !== this.devices + (this.options.cells[device] as number)) {
      return this.computeDbm(from, to);
    }
    const known = this.coordinatorDbm[device] as number;
    if (!Number.isNaN(known)) return known;
    const levelDbm = this.computeDbm(from, to);
    this.coordinatorDbm[device] = levelDbm;
    this.coordinatorUs[device] = this.computeUs(from, to);
    return levelDbm;
  }

  /** @returns how long a signal takes from one station to another, µs */
  private signalUs(from: number, to: number): number {
    const [device, other] = from < to ? [from, to] : [to, from];
    const isOwn = device < this.devices && other === this.devices + (this.options.cells[device] as number);
    if (!isOwn || Number.isNaN(this.coordinatorDbm[device] as number)) return this.computeUs(from, to);
    return this.coordinatorUs[device] as number;
  }

  private computeUs(from: number, to: number): number {
    return propagationBetweenUs(this.places[from] as Place, this.places[to] as Place);
  }

  private computeDbm(from: number, to: number): number {
    const { pathLoss, key, numbers } = this.options;
    const { places } = this;
    const loss = distanceLossDb(pathLoss, places[from] as Place, places[to] as Place);
    return POWER_DBM - loss - shadowingDb(pathLoss, key, numbers?.[from] ?? from, numbers?.[to] ?? to);
  }

  /** A station is somewhere else, and in another cell maybe: what it has had on the air of the old one is over. */
  move(station: number, place: Place, cell: number): void {
    this.put(station, place, cell);
    for (const { air, first } of this.mirrors) air.put(first + station, place, cell);
  }

  private put(station: number, place: Place, cell: number): void {
    const { cells } = this.options;
    if (cells[station] !== cell) {
      for (let frame = FRAMES_EACH * station; frame < FRAMES_EACH * (station + 1); frame++)
        if (this.linked[frame] === 1) this.unlink(cells[station] as number, frame);
    }
    this.places[station] = place;
    cells[station] = cell;
    if (station < this.devices) this.coordinatorDbm[station] = Number.NaN;
  }

  /** @param isOn by station @returns the cell whose coordinator a device hears clearly better than its own, or that of its own */
  betterCell(device: number, isOn: Uint8Array): number {
    const { devices } = this;
    const cell = this.options.cells[device] as number;
    let [best, bestDbm] = [cell, -Infinity];
    if (isOn[devices + cell] === 1) bestDbm = this.levelDbm(devices + cell, device) + BETTER_DB;
    for (let other = 0; other < this.options.cellCount; other++) {
      if (isOn[devices + other] === 0) continue;
      const levelDbm = this.levelDbm(devices + other, device);
      if (levelDbm > bestDbm && levelDbm >= SENSITIVITY_DBM) [best, bestDbm] = [other, levelDbm];
    }
    return best;
  }

  reaches(from: number, to: number): boolean {
    return this.levelDbm(from, to) >= SENSITIVITY_DBM;
  }

  /** @returns whether a station that has sensed until now has found energy of others, or owes an acknowledgement */
  isBusy(station: number, nowUs: number): boolean {
    const cell = this.options.cells[station] as number;
    const sinceUs = nowUs - SENSE_US;
    this.forget(cell, sinceUs);
    for (let frame = this.heads[cell] as number; frame !== NONE; frame = this.nexts[frame] as number) {
      if ((this.untilUs[frame] as number) <= sinceUs) continue;
      const sender = frame >>> 1;
      if (sender === station) {
        if ((this.untilUs[frame] as number) > nowUs) return true;
      } else if ((this.fromUs[frame] as number) < nowUs && this.levelDbm(sender, station) >= BUSY_DBM) return true;
    }
    return false;
  }

  /** Takes the frames off a cell's list that ended before a time. */
  private forget(cell: number, beforeUs: number): void {
    let before = NONE;
    let frame = this.heads[cell] as number;
    while (frame !== NONE) {
      const next = this.nexts[frame] as number;
      if ((this.untilUs[frame] as number) > beforeUs) before = frame;
      else {
        this.linked[frame] = 0;
        if (before === NONE) this.heads[cell] = next;
        else this.nexts[before] = next;
      }
      frame = next;
    }
  }

  /** Puts a frame on the air; it and others that overlap it spoil each other. @returns when its last bit is in at its receiver, µs */
  begin(frame: number, receiver: number, fromUs: number, airUs: number): number {
    const delayUs = this.signalUs(frame >>> 1, receiver);
    const untilUs = fromUs + airUs + delayUs;
    this.delaysUs[frame] = delayUs;
    this.link(frame, receiver, fromUs, untilUs);
    for (const { air, first } of this.mirrors) air.link(frame + FRAMES_EACH * first, NONE, fromUs, untilUs);
    return untilUs;
  }

  /** @param receiver −1: the frame is another network's, which knows for itself whether it is spoilt */
  private link(frame: number, receiver: number, fromUs: number, untilUs: number): void {
    const cell = this.options.cells[frame >>> 1] as number;
    if (cell >= this.options.cellCount) return;
    if (this.linked[frame] === 1) this.unlink(cell, frame);
    this.fromUs[frame] = fromUs;
    this.untilUs[frame] = untilUs;
    this.receivers[frame] = receiver;
    this.spoilt[frame] = 0;
    for (let other = this.heads[cell] as number; other !== NONE; other = this.nexts[other] as number) {
      if ((this.untilUs[other] as number) <= fromUs || (this.fromUs[other] as number) >= untilUs) continue;
      if (receiver !== NONE && this.drowns(other, frame)) this.spoilt[frame] = 1;
      if (this.receivers[other] !== NONE && this.drowns(frame, other)) this.spoilt[other] = 1;
    }
    this.nexts[frame] = this.heads[cell] as number;
    this.heads[cell] = frame;
    this.linked[frame] = 1;
  }

  private unlink(cell: number, frame: number): void {
    if (this.heads[cell] === frame) this.heads[cell] = this.nexts[frame] as number;
    else {
      let before = this.heads[cell] as number;
      while ((this.nexts[before] as number) !== frame) before = this.nexts[before] as number;
      this.nexts[before] = this.nexts[frame] as number;
    }
    this.linked[frame] = 0;
  }

  /** @returns whether one frame keeps another from its receiver, as that sends itself or hears too much of the one */
  private drowns(one: number, other: number): boolean {
    const sender = one >>> 1;
    const receiver = this.receivers[other] as number;
    if (sender === receiver) return true;
    return this.levelDbm(other >>> 1, receiver) - this.levelDbm(sender, receiver) < CAPTURE_DB;
  }

  isSpoilt(frame: number): boolean {
    return this.spoilt[frame] === 1;
  }

  fromTime(frame: number): number {
    return this.fromUs[frame] as number;
  }

  /** @returns how long a frame's signal takes to its receiver, µs */
  delayUs(frame: number): number {
    return this.delaysUs[frame] as number;
  }

  /** @returns when a frame that is under way has been sent, µs */
  overTime(frame: number): number {
    return (this.untilUs[frame] as number) - (this.delaysUs[frame] as number);
  }

  /** @returns whether a frame is still to come or on the air */
  isUnderWay(frame: number, nowUs: number): boolean {
    return this.linked[frame] === 1 && (this.untilUs[frame] as number) > nowUs;
  }

  /** @returns whether a station's own data is still to come or on the air */
  isSending(station: number, nowUs: number): boolean {
    return this.isUnderWay(FRAMES_EACH * station, nowUs);
  }

  owesAcknowledgement(station: number, nowUs: number): boolean {
    return this.isUnderWay(FRAMES_EACH * station + 1, nowUs);
  }

  /** @returns whether a frame whose last bit was to be in at a time was not broken off by a cut of power */
  isWhole(frame: number, endUs: number): boolean {
    return this.untilUs[frame] === endUs;
  }

  /** A sender has lost power: its frames end now. */
  breakOff(station: number, nowUs: number): void {
    this.endNow(station, nowUs);
    for (const { air, first } of this.mirrors) air.endNow(first + station, nowUs);
  }

  private endNow(station: number, nowUs: number): void {
    for (let frame = FRAMES_EACH * station; frame < FRAMES_EACH * (station + 1); frame++) {
      if (this.linked[frame] === 1 && (this.untilUs[frame] as number) > nowUs) this.untilUs[frame] = nowUs;
    }
  }
}
