import { absorb, finish } from "../../kernel/random.ts";
import { Jobs } from "../access/jobs.ts";
import { type Medium, type MediumPort, noFigures, RadioState } from "../access/medium.ts";
import type { Reassembly } from "../access/reassembly.ts";
import { Outcome } from "../drop-reasons.ts";
import type { Place } from "../path-loss.ts";
import { type CellAir, FRAMES_EACH } from "./cell-air.ts";
import { airOf, type CsmaOptions, reassemblyOf } from "./csma-options.ts";
import {
  ACK_US,
  ACK_WAIT_US,
  BACKOFF_US,
  fragmentBytes,
  frameUs,
  gapUs,
  MOST_MESSAGE_BYTES,
  SENSE_US,
  TURNAROUND_US,
} from "./ieee802154.ts";
import { Scans } from "./scans.ts";

const QUEUED_MESSAGES = 32;
const What = { begin: 0, sensed: 1, sent: 2, acknowledged: 3, unanswered: 4 } as const;
const NONE = -1;

/**
 * Cells of devices around coordinators under unslotted CSMA/CA of IEEE 802.15.4: back-offs, carrier sense with hidden terminals,
 * acknowledgements and retries. A message is cut into frames as 6LoWPAN does. Stations are the devices, then the coordinators.
 */
export class CsmaMedium implements Medium {
  readonly figures = noFigures();
  private readonly options: CsmaOptions;
  private readonly port: MediumPort;
  readonly air: CellAir;
  private readonly queues: Jobs;
  private readonly parts: Reassembly;
  private readonly cells: Int32Array;
  private readonly isOn: Uint8Array;
  private readonly isAwake: Uint8Array;
  /** By station: since when it has heard what is sent, without a break. */
  private readonly hearsSinceUs: Float64Array;
  /** By station: whether it is busy with the first message of its queue. */
  private readonly isBusy: Uint8Array;
  private readonly exponents: Uint8Array;
  private readonly backoffs: Uint8Array;
  private readonly frameBytes: Uint8Array;
  /** By station: whether the other end has this frame already, and only the acknowledgement got lost. */
  private readonly isTaken: Uint8Array;
  /** By station: when its next event is due, and which; any other is stale. */
  private readonly dueUs: Float64Array;
  private readonly dueWhat: Uint8Array;
  private readonly draws: Uint32Array;
  /** By station: whether it rests once it has acknowledged what it was sent. */
  private readonly restsLater: Uint8Array;
  private readonly scans: Scans;

  constructor(options: CsmaOptions, port: MediumPort) {
    const { devices, coordinators } = options;
    const stations = devices.length + coordinators.length;
    this.options = options;
    this.port = port;
    this.air = airOf(options);
    this.cells = this.air.options.cells;
    this.queues = new Jobs(stations, QUEUED_MESSAGES);
    this.parts = reassemblyOf(options);
    this.isOn = new Uint8Array(stations).fill(1, devices.length);
    this.isAwake = new Uint8Array(stations).fill(1, devices.length);
    this.hearsSinceUs = new Float64Array(stations).fill(NONE);
    this.isBusy = new Uint8Array(stations);
    this.exponents = new Uint8Array(stations);
    this.backoffs = new Uint8Array(stations);
    this.frameBytes = new Uint8Array(stations);
    this.isTaken = new Uint8Array(stations);
    this.dueUs = new Float64Array(stations).fill(NONE);
    this.dueWhat = new Uint8Array(stations);
    this.draws = new Uint32Array(stations);
    this.restsLater = new Uint8Array(stations);
    this.scans = new Scans(stations);
  }

  uplink(copy: number, device: number, sizeBytes: number): void {
    this.push(copy, device, this.coordinatorOf(device), sizeBytes);
  }

  downlink(copy: number, device: number, sizeBytes: number): void {
    this.push(copy, this.coordinatorOf(device), device, sizeBytes);
  }

  /** A device that is awake and has nothing to do goes over to a coordinator that is clearly stronger: it scans, and associates. */
  moved(device: number, place: Place): void {
    const [{ air, port }, cell] = [this, this.cells[device] as number];
    air.move(device, place, cell);
    if (this.isAwake[device] === 0 || this.isBusy[device] === 1 || air.owesAcknowledgement(device, port.nowUs)) return;
    const best = air.betterCell(device, this.isOn);
    if (best === cell) return;
    air.move(device, place, best);
    this.figures.handovers++;
    this.isBusy[device] = 1;
    this.wakeAt(this.scans.begin(device, port.nowUs), device, What.begin);
  }

  gatewayOf(device: number): number {
    return this.cells[device] as number;
  }

  private coordinatorOf(device: number): number {
    return this.options.devices.length + (this.cells[device] as number);
  }

  private push(copy: number, station: number, peer: number, sizeBytes: number): void {
    if (sizeBytes > MOST_MESSAGE_BYTES) return this.port.lost(copy, Outcome.tooLarge);
    if (this.isOn[station] === 0) return this.port.lost(copy, Outcome.senderCrashed);
    if (!this.queues.push(station, copy, peer, sizeBytes, this.port.nowUs))
      return this.port.lost(copy, Outcome.radioQueueFull);
    if (this.isBusy[station] === 0) this.begin(station);
  }

  power(device: number, on: boolean): void {
    const { air, port } = this;
    if (on !== (this.isOn[device] === 1)) this.isOn[device] = on ? 1 : 0;
    else if (!on) return;
    if (on && this.isAwake[device] === 0) this.hearsSinceUs[device] = port.nowUs;
    this.isAwake[device] = on ? 1 : 0;
    if (on) return this.rest(device);
    for (let frame = FRAMES_EACH * device; frame < FRAMES_EACH * (device + 1); frame++) {
      if (!air.isUnderWay(frame, port.nowUs)) continue;
      const fromUs = air.fromTime(frame);
      const untilUs = Math.min(port.nowUs, air.overTime(frame));
      if (fromUs < untilUs) port.radio(device, RadioState.transmit, fromUs, untilUs);
    }
    this.scans.end(device, port);
    this.cut(device, Outcome.senderCrashed);
    this.restsLater[device] = 0;
    port.rests(device, false);
  }

  gatewayPower(gateway: number, on: boolean): void {
    const station = this.options.devices.length + gateway;
    if (on === (this.isOn[station] === 1)) return;
    this.isOn[station] = this.isAwake[station] = on ? 1 : 0;
    if (on) this.hearsSinceUs[station] = this.port.nowUs;
    else this.cut(station, Outcome.receiverDown);
  }

  /** All that a radio had under way is lost: what it sent, what it waited to send, what it owed, and the parts of what it took in. */
  private cut(station: number, outcome: Outcome): void {
    const { queues } = this;
    this.air.breakOff(station, this.port.nowUs);
    this.dueUs[station] = NONE;
    this.isBusy[station] = 0;
    this.isTaken[station] = 0;
    while (queues.first(station) !== NONE) this.lose(queues.shift(station), outcome);
    this.parts.forget(station);
    this.forgetParts(station);
  }

  /** The other ends do not know that a message of several frames cannot be put together any more, and go on sending it. */
  private forgetParts(station: number): void {
    const { queues, options } = this;
    const devices = options.devices.length;
    const [first, end] = station < devices ? [devices, devices + options.coordinators.length] : [0, devices];
    for (let other = first; other < end; other++) {
      const job = queues.first(other);
      if (job === NONE || queues.peers[job] !== station) continue;
      if (queues.sent[job] === 0 && this.isTaken[other] === 0) continue;
      const copy = queues.copies[job] as number;
      queues.copies[job] = NONE;
      this.lose(copy, Outcome.receiverDown);
    }
  }

  sleep(device: number): void {
    this.isAwake[device] = 0;
    this.rest(device);
  }

  /** Unless there is a frame to be sent or to be acknowledged: then a radio rests afterwards. */
  private rest(device: number): void {
    if (this.isBusy[device] === 1) return;
    this.restsLater[device] = this.air.owesAcknowledgement(device, this.port.nowUs) ? 1 : 0;
    if (this.restsLater[device] === 0) this.port.rests(device, this.isAwake[device] === 1);
  }

  private lose(copy: number, outcome: Outcome): void {
    if (copy !== NONE) this.port.lost(copy, outcome);
  }

  private draw(station: number): number {
    const number = this.draws[station] as number;
    this.draws[station] = number + 1;
    return finish(absorb(absorb(this.options.key, station), number));
  }

  private wakeAt(atUs: number, station: number, what: number): void {
    this.dueUs[station] = atUs;
    this.dueWhat[station] = what;
    this.port.wakeAt(atUs, station, what, station);
  }

  wake(what: number, station: number): void {
    if (this.dueUs[station] !== this.port.nowUs || this.dueWhat[station] !== what) return;
    this.dueUs[station] = NONE;
    if (what === What.begin) this.begin(station);
    else if (what === What.sensed) this.sensed(station);
    else if (what === What.sent) this.sent(station);
    else if (what === What.acknowledged) this.acknowledged(station);
    else this.unanswered(station);
  }

  /** Takes up the next frame, if there is one. */
  private begin(station: number): void {
    this.scans.end(station, this.port);
    const job = this.queues.first(station);
    this.isBusy[station] = job === NONE ? 0 : 1;
    if (job !== NONE) this.attempt(station);
    else if (this.isAwake[station] === 0) this.rest(station);
  }

  private attempt(station: number): void {
    this.exponents[station] = this.options.access.leastExponent;
    this.backoffs[station] = 0;
    this.backOff(station);
  }

  private backOff(station: number): void {
    const periods = this.draw(station) % (1 << (this.exponents[station] as number));
    this.wakeAt(this.port.nowUs + periods * BACKOFF_US + SENSE_US, station, What.sensed);
  }

  private sensed(station: number): void {
    const { air, port, figures, queues } = this;
    if (air.isBusy(station, port.nowUs)) {
      const backoffs = (this.backoffs[station] as number) + 1;
      this.backoffs[station] = backoffs;
      this.exponents[station] = Math.min(this.options.access.mostExponent, (this.exponents[station] as number) + 1);
      if (backoffs > this.options.access.mostBackoffs) this.fail(station, Outcome.channelBusy);
      else this.backOff(station);
      return;
    }
    const job = queues.first(station);
    const [size, sent] = [queues.sizes[job] as number, queues.sent[job] as number];
    const bytes = fragmentBytes(size, sent);
    const airUs = frameUs(bytes, bytes < size);
    const fromUs = port.nowUs + TURNAROUND_US;
    if (station < this.options.devices.length) queues.begun(job, fromUs, figures);
    this.frameBytes[station] = bytes;
    const arrivesUs = air.begin(FRAMES_EACH * station, queues.peers[job] as number, fromUs, airUs);
    figures.frames++;
    figures.airUs += airUs;
    this.wakeAt(arrivesUs, station, What.sent);
  }

  /** A frame's last bit is in at its receiver. */
  private sent(station: number): void {
    const { air, port, queues, options } = this;
    const [{ nowUs }, frame] = [port, FRAMES_EACH * station];
    const [fromUs, delayUs] = [air.fromTime(frame), air.delayUs(frame)];
    this.spend(station, RadioState.transmit, fromUs, nowUs - delayUs);
    const job = queues.first(station);
    const peer = queues.peers[job] as number;
    const outcome = this.outcomeOf(station, peer, fromUs);
    if (outcome === Outcome.delivered) {
      this.spend(peer, RadioState.receive, fromUs + delayUs, nowUs);
      this.take(station, job);
    } else queues.failures[job] = outcome;
    if (!options.acknowledges)
      return outcome === Outcome.delivered ? this.advance(station) : this.fail(station, outcome);
    if (outcome !== Outcome.delivered) {
      return this.wakeAt(nowUs + Math.max(0, ACK_WAIT_US - delayUs), station, What.unanswered);
    }
    this.wakeAt(air.begin(FRAMES_EACH * peer + 1, station, nowUs + TURNAROUND_US, ACK_US), station, What.acknowledged);
  }

  /** Only devices have a battery. */
  private spend(station: number, state: RadioState, fromUs: number, untilUs: number): void {
    if (station < this.options.devices.length) this.port.radio(station, state, fromUs, untilUs);
  }

  private outcomeOf(station: number, peer: number, fromUs: number): Outcome {
    const { air, port, options, figures } = this;
    if (air.isSpoilt(FRAMES_EACH * station) || air.isSending(peer, port.nowUs)) {
      figures.collided++;
      return Outcome.collided;
    }
    const isUp = station < options.devices.length;
    // Who was asleep or without power for a part of a frame has not got it.
    if (this.isAwake[peer] === 0 || (this.hearsSinceUs[peer] as number) >= fromUs) {
      figures.lost++;
      if (isUp) port.missed(peer - options.devices.length);
      return Outcome.receiverDown;
    }
    const isThere = this.cells[station] === this.cells[peer] && !this.scans.isUnderWay(peer, port.nowUs);
    const reached = isThere && air.reaches(station, peer);
    if (reached && !this.loses(station, peer, fromUs)) return Outcome.delivered;
    figures.lost++;
    return reached ? Outcome.radioLost : Outcome.outOfReach;
  }

  /** @returns whether a link loses what nothing else has harmed, on the way from one station to another */
  private loses(from: number, to: number, fromUs: number): boolean {
    const { options } = this;
    const isUp = from < options.devices.length;
    const device = isUp ? from : to;
    const loss = options.losses[options.devices[device]?.loss ?? 0] ?? null;
    return loss?.loses(2 * device + (isUp ? 0 : 1), fromUs, this.draw(from)) ?? false;
  }

  /** The other end has a frame, for the first time or again. Whoever sends a message that it cannot hold is not told. */
  private take(station: number, job: number): void {
    const { queues, parts, port } = this;
    if (this.isTaken[station] === 1) return;
    this.isTaken[station] = 1;
    const [copy, peer] = [queues.copies[job] as number, queues.peers[job] as number];
    if (copy === NONE) return;
    const through = (queues.sent[job] as number) + (this.frameBytes[station] as number);
    const [isFirst, isLast] = [queues.sent[job] === 0, through >= (queues.sizes[job] as number)];
    const isWhole = isFirst && isLast;
    const isHeld = isWhole || (isFirst ? parts.begin(station, peer, port.nowUs) : parts.holds(station, port.nowUs));
    if (isHeld && !isLast) return;
    queues.copies[job] = NONE;
    if (!isHeld) return port.lost(copy, isFirst ? Outcome.reassemblyFull : Outcome.reassemblyTimedOut);
    if (!isWhole) parts.end(station);
    port.arrived(copy);
  }

  private acknowledged(station: number): void {
    const { air, port, queues } = this;
    const { nowUs } = port;
    const peer = queues.peers[queues.first(station)] as number;
    const frame = FRAMES_EACH * peer + 1;
    // A peer that was cut off meanwhile owes nothing any more, even if its power is back.
    const isSent = this.isOn[peer] === 1 && air.isWhole(frame, nowUs);
    const overUs = nowUs - air.delayUs(frame);
    if (isSent) {
      this.spend(peer, RadioState.transmit, overUs - ACK_US, overUs);
      if (this.restsLater[peer] === 1) this.rest(peer);
    }
    // There and back: from 48 km on no acknowledgement comes in time.
    const leftUs = ACK_WAIT_US - TURNAROUND_US - ACK_US - 2 * air.delayUs(frame);
    if (!isSent || leftUs < 0 || air.isSpoilt(frame) || this.loses(peer, station, overUs - ACK_US)) {
      return this.wakeAt(nowUs + Math.max(0, leftUs), station, What.unanswered);
    }
    this.spend(station, RadioState.receive, nowUs - ACK_US, nowUs);
    this.advance(station);
  }

  private unanswered(station: number): void {
    const { queues } = this;
    const job = queues.first(station);
    const retries = (queues.attempts[job] as number) + 1;
    queues.attempts[job] = retries;
    if (retries <= this.options.access.mostRetries) this.attempt(station);
    else this.fail(station, queues.failures[job] as Outcome);
  }

  private advance(station: number): void {
    const { queues } = this;
    const job = queues.first(station);
    const bytes = this.frameBytes[station] as number;
    const isFragment = bytes < (queues.sizes[job] as number);
    queues.sent[job] = (queues.sent[job] as number) + bytes;
    queues.attempts[job] = 0;
    queues.failures[job] = Outcome.delivered;
    this.isTaken[station] = 0;
    if ((queues.sent[job] as number) >= (queues.sizes[job] as number)) queues.shift(station);
    this.wakeAt(this.port.nowUs + gapUs(frameUs(bytes, isFragment)), station, What.begin);
  }

  /** A frame is given up, and with it its message. */
  private fail(station: number, outcome: Outcome): void {
    this.isTaken[station] = 0;
    const copy = this.queues.shift(station);
    this.wakeAt(this.port.nowUs, station, What.begin);
    this.lose(copy, outcome === Outcome.delivered ? Outcome.radioLost : outcome);
  }
}
