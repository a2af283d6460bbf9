import { absorb, finish } from "../../kernel/random.ts";
import { Jobs } from "../access/jobs.ts";
import { type Medium, type MediumPort, noFigures, RadioState } from "../access/medium.ts";
import { Outcome } from "../drop-reasons.ts";
import { nearestOf, type Place } from "../path-loss.ts";
import { propagationBetweenUs } from "../propagation.ts";
import type { PointOptions } from "./point-options.ts";
import { frameUs, type LinkProfile, REASSEMBLY_TIMEOUT_US } from "./profiles.ts";

const NONE = -1;
const QUEUED_MESSAGES = 64;
const Way = { up: 0, down: 1 } as const;
/** Wakes below are the end of a frame of that way. */
const What = { arrived: 2, idle: 3 } as const;

/**
 * Links that no other device disturbs, as far as a profile tells: wires, Wi-Fi, cellular and Bluetooth connections. A message is cut
 * into frames, each of which is sent until it arrives or its attempts are used up; each way is a FIFO queue of its own.
 */
export class PointMedium implements Medium {
  readonly figures = noFigures();
  private readonly options: PointOptions;
  private readonly port: MediumPort;
  private readonly isOn: Uint8Array;
  private readonly isAwake: Uint8Array;
  /** By 2 × device + way: what waits, and when the frame that is under way is over. */
  private readonly queues: Jobs;
  private readonly dueUs: Float64Array;
  private readonly fromUs: Float64Array;
  /** By line: when the first frame of its message was in. */
  private readonly firstUs: Float64Array;
  /** By line: the connection event in which it sends, and how many frames of it are used up. */
  private readonly eventUs: Float64Array;
  private readonly eventFrames: Uint8Array;
  /** By device: from when on its connection is up, which it may be waiting for. */
  private readonly connectedFromUs: Float64Array;
  /** By device: since when it sets up a connection that is not accounted for yet; Infinity: there is none. */
  private readonly setupFromUs: Float64Array;
  /** By device: when anything last went either way, and until when its radio is accounted for. */
  private readonly activeUs: Float64Array;
  private readonly spentUs: Float64Array;
  private readonly draws: Uint32Array;
  /** By device: its gateway, whether that is out of reach, and until when it is busy going over to it. */
  private readonly gateways: Int32Array;
  /** By gateway that is without power: true. */
  private readonly isDown: boolean[] = [];
  /** By gateway that has ever lost its power: when it had it again, for the last time. */
  private readonly upSinceUs: number[] = [];
  private readonly isAway: Uint8Array;
  /** By device: how long its signal takes to its gateway, µs. */
  private readonly delaysUs: Uint32Array;
  private readonly readyFromUs: Float64Array;
  /** By device: whether a look at its idleness is due, and whether its radio listens until then. */
  private readonly isWatched: Uint8Array;
  private readonly isKept: Uint8Array;

  constructor(options: PointOptions, port: MediumPort) {
    const count = options.devices.length;
    this.options = options;
    this.port = port;
    this.isOn = new Uint8Array(count);
    this.isAwake = new Uint8Array(count);
    this.queues = new Jobs(2 * count, options.queuedMessages ?? QUEUED_MESSAGES);
    this.dueUs = new Float64Array(2 * count).fill(NONE);
    this.fromUs = new Float64Array(2 * count);
    this.firstUs = new Float64Array(2 * count);
    this.eventUs = new Float64Array(2 * count);
    this.eventFrames = new Uint8Array(2 * count);
    this.isWatched = new Uint8Array(count);
    this.connectedFromUs = new Float64Array(count);
    this.setupFromUs = new Float64Array(count).fill(Infinity);
    this.isKept = new Uint8Array(count);
    this.activeUs = new Float64Array(count).fill(-Infinity);
    this.spentUs = new Float64Array(count);
    this.draws = new Uint32Array(count);
    this.gateways = Int32Array.from(options.devices, ({ gateway }) => gateway);
    this.isAway = new Uint8Array(count);
    this.delaysUs = Uint32Array.from(options.devices, ({ delayUs }) => delayUs ?? 0);
    this.readyFromUs = new Float64Array(count);
  }

  uplink(copy: number, device: number, sizeBytes: number): void {
    if (this.isOn[device] === 0) return this.port.lost(copy, Outcome.senderCrashed);
    this.push(copy, device, Way.up, sizeBytes);
  }

  downlink(copy: number, device: number, sizeBytes: number): void {
    if (this.isAwake[device] === 0 || this.isCut(device)) return this.port.lost(copy, Outcome.receiverDown);
    this.push(copy, device, Way.down, sizeBytes);
  }

  /** A device that is awake and has nothing to send goes over to the nearest gateway, which takes its time and energy. */
  moved(device: number, place: Place): void {
    const { port, options } = this;
    const { reachMetres, handoverUs, keepsAsleep } = this.profileOf(device);
    const { nearest, metres } = nearestOf(place, options.gateways ?? [], this.isDown);
    this.isAway[device] = metres > reachMetres ? 1 : 0;
    const stays = nearest === this.gateways[device] || !this.isIdle(device) || this.isAwake[device] === 0;
    if (!stays) this.gateways[device] = nearest;
    const there = options.gateways?.[this.gateways[device] as number];
    if (there !== undefined) this.delaysUs[device] = propagationBetweenUs(place, there);
    if (stays) return;
    this.figures.handovers++;
    // Whoever has no connection yet makes its first one with the new gateway.
    if (handoverUs === 0 || (!keepsAsleep && this.activeUs[device] === -Infinity)) return;
    const fromUs = Math.max(port.nowUs, this.spentUs[device] as number);
    this.readyFromUs[device] = fromUs + handoverUs;
    this.spentUs[device] = fromUs + handoverUs;
    port.radio(device, RadioState.receive, fromUs, fromUs + handoverUs);
  }

  gatewayOf(device: number): number {
    return this.gateways[device] as number;
  }

  power(device: number, on: boolean): void {
    if (on !== (this.isOn[device] === 1)) this.isOn[device] = on ? 1 : 0;
    else if (!on) return;
    this.isAwake[device] = on ? 1 : 0;
    const { keepsAsleep } = this.profileOf(device);
    if (!on) {
      this.spendSetup(device);
      this.clear(device, Way.up, Outcome.senderCrashed);
      this.clear(device, Way.down, Outcome.receiverDown);
      this.letGo(device);
    }
    // Who wakes knows nothing of the connection that it had, unless its modem does.
    if (!on || (!keepsAsleep && this.isIdle(device))) this.activeUs[device] = -Infinity;
    this.settle(device);
  }

  /** Whoever was connected has to connect anew. */
  gatewayPower(gateway: number, on: boolean): void {
    if (on === (this.isDown[gateway] !== true)) return;
    this.isDown[gateway] = !on;
    if (on) this.upSinceUs[gateway] = this.port.nowUs;
    for (let device = 0; device < this.gateways.length; device++) {
      if (this.gateways[device] !== gateway) continue;
      this.activeUs[device] = -Infinity;
      if (on) continue;
      this.clear(device, Way.down, Outcome.receiverDown);
      this.settle(device);
    }
  }

  private isCut(device: number): boolean {
    return this.isDown[this.gateways[device] as number] === true;
  }

  /** What waits on a line is lost. */
  private clear(device: number, way: number, outcome: Outcome): void {
    const line = 2 * device + way;
    this.dueUs[line] = NONE;
    while (this.queues.first(line) !== NONE) this.lose(this.queues.shift(line), outcome);
  }

  sleep(device: number): void {
    this.isAwake[device] = 0;
    this.settle(device);
  }

  /** A radio that listens all the time does so while its device is awake and no frame is under way. */
  private settle(device: number): void {
    if (this.isIdle(device) && this.profileOf(device).listens) this.port.rests(device, this.isAwake[device] === 1);
  }

  private isIdle(device: number): boolean {
    return this.dueUs[2 * device + Way.up] === NONE && this.dueUs[2 * device + Way.down] === NONE;
  }

  private profileOf(device: number): LinkProfile {
    const { devices, profiles } = this.options;
    return profiles[devices[device]?.profile ?? 0] as LinkProfile;
  }

  private push(copy: number, device: number, way: number, sizeBytes: number): void {
    const line = 2 * device + way;
    if (!this.queues.push(line, copy, NONE, sizeBytes, this.port.nowUs))
      return this.port.lost(copy, Outcome.radioQueueFull);
    if (this.dueUs[line] !== NONE) return;
    this.begin(device, way, Math.max(this.port.nowUs, this.readyFromUs[device] as number));
  }

  /** @returns when a link may be used that was to be used from a time on: nothing passes before it is connected */
  private readyUs(device: number, way: number, atUs: number): number {
    const { setupUs, idleAfterUs, pagingUs } = this.profileOf(device);
    const connectedUs = this.connectedFromUs[device] as number;
    const isConnected = atUs - (this.activeUs[device] as number) < idleAfterUs;
    // A device that has something to send does not wait for the page that is to wake it.
    const isWaiting = isConnected && (way === Way.down || atUs >= connectedUs - setupUs);
    if (isWaiting) return Math.max(atUs, connectedUs);
    const beginsUs = way === Way.up || pagingUs === 0 ? atUs : this.nextTurnUs(device, pagingUs, atUs);
    if (setupUs > 0) this.setupFromUs[device] = beginsUs;
    this.connectedFromUs[device] = beginsUs + setupUs;
    return beginsUs + setupUs;
  }

  /** @returns the first of a device's own moments, a period apart, that is not before a time */
  private nextTurnUs(device: number, periodUs: number, atUs: number): number {
    const momentUs = finish(absorb(this.options.key, device)) % periodUs;
    return momentUs + Math.max(0, Math.ceil((atUs - momentUs) / periodUs)) * periodUs;
  }

  /** Begins the next frame of a line's first message. */
  private begin(device: number, way: number, atUs: number): void {
    const line = 2 * device + way;
    const job = this.queues.first(line);
    const profile = this.profileOf(device);
    let fromUs = this.readyUs(device, way, atUs);
    if (profile.connectionIntervalUs > 0) fromUs = this.inEventUs(line, profile, fromUs);
    const airUs = frameUs(profile, way === Way.up, this.payloadOf(job, profile));
    this.fromUs[line] = fromUs;
    this.dueUs[line] = fromUs + airUs;
    if (way === Way.up) this.queues.begun(job, fromUs, this.figures);
    this.activeUs[device] = fromUs + airUs;
    this.figures.frames++;
    this.figures.airUs += airUs;
    this.port.wakeAt(fromUs + airUs, device, way, line);
  }

  /** @returns when a frame may begin where devices and gateways meet at intervals, for so many frames each time */
  private inEventUs(line: number, { connectionIntervalUs, framesAnInterval }: LinkProfile, atUs: number): number {
    const frames = this.eventFrames[line] as number;
    const isOpen = this.dueUs[line] === atUs && frames < framesAnInterval;
    if (isOpen && atUs < (this.eventUs[line] as number) + connectionIntervalUs) {
      this.eventFrames[line] = frames + 1;
      return atUs;
    }
    this.eventFrames[line] = 1;
    this.eventUs[line] = this.nextTurnUs(line >>> 1, connectionIntervalUs, atUs);
    return this.eventUs[line] as number;
  }

  private payloadOf(job: number, { frameBytes, overheadBytes }: LinkProfile): number {
    const left = (this.queues.sizes[job] as number) - (this.queues.sent[job] as number);
    return Math.min(left, frameBytes - overheadBytes);
  }

  wake(what: number, subject: number): void {
    if (what === What.arrived) this.port.arrived(subject);
    else if (what === What.idle) this.restWhenIdle(subject);
    else if (this.dueUs[subject] === this.port.nowUs) this.sent(what, subject);
  }

  /** A frame is over. */
  private sent(way: number, line: number): void {
    const { port, queues } = this;
    const device = line >>> 1;
    const profile = this.profileOf(device);
    const job = queues.first(line);
    this.spend(device, way, this.fromUs[line] as number);
    if (this.isLost(line)) {
      // Whoever meets at intervals parts when a frame is damaged.
      this.eventFrames[line] = profile.framesAnInterval;
      const attempts = (queues.attempts[job] as number) + 1;
      queues.attempts[job] = attempts;
      if (attempts < profile.attempts) return this.begin(device, way, port.nowUs + profile.retryUs);
      this.lose(queues.shift(line), this.failureOf(device));
    } else if (!this.takes(line, job, profile)) return this.begin(device, way, port.nowUs);
    if (queues.first(line) !== NONE) this.begin(device, way, port.nowUs);
    else {
      this.dueUs[line] = NONE;
      this.settle(device);
    }
  }

  /** A frame has come through. @returns whether it was its message's last */
  private takes(line: number, job: number, profile: LinkProfile): boolean {
    const { queues, port } = this;
    const device = line >>> 1;
    if (queues.sent[job] === 0) this.firstUs[line] = port.nowUs;
    queues.attempts[job] = 0;
    queues.sent[job] = (queues.sent[job] as number) + this.payloadOf(job, profile);
    if (port.nowUs - (this.firstUs[line] as number) > REASSEMBLY_TIMEOUT_US) {
      // The sender does not know, and goes on.
      this.lose(queues.copies[job] as number, Outcome.reassemblyTimedOut);
      queues.copies[job] = NONE;
    }
    if ((queues.sent[job] as number) < (queues.sizes[job] as number)) return false;
    const copy = queues.shift(line);
    const arrivesUs = port.nowUs + profile.latencyUs + (this.delaysUs[device] as number);
    if (copy !== NONE) port.wakeAt(arrivesUs, device, What.arrived, copy);
    return true;
  }

  private lose(copy: number, outcome: Outcome): void {
    if (copy !== NONE) this.port.lost(copy, outcome);
  }

  private failureOf(device: number): Outcome {
    if (this.isCut(device)) return Outcome.receiverDown;
    return this.isAway[device] === 1 ? Outcome.outOfReach : Outcome.radioLost;
  }

  private isLost(line: number): boolean {
    const { options, figures, port } = this;
    const device = line >>> 1;
    const loss = options.losses[options.devices[device]?.loss ?? 0] ?? null;
    const gateway = this.gateways[device] as number;
    const isCut = this.isDown[gateway] === true || (this.upSinceUs[gateway] ?? NONE) >= (this.fromUs[line] as number);
    if (isCut) port.missed(gateway);
    const isLost =
      isCut ||
      this.isAway[device] === 1 ||
      (loss?.loses(line, this.fromUs[line] as number, this.draw(device)) ?? false);
    if (isLost) figures.lost++;
    return isLost;
  }

  private draw(device: number): number {
    const number = this.draws[device] as number;
    this.draws[device] = number + 1;
    return finish(absorb(absorb(this.options.key, device), number));
  }

  /** Accounts for a frame's time; where both ways are busy at once, it counts once. */
  private spend(device: number, way: number, fromUs: number): void {
    const { port, spentUs } = this;
    this.spendSetup(device);
    const sinceUs = Math.max(fromUs, spentUs[device] as number);
    spentUs[device] = port.nowUs;
    if (sinceUs < port.nowUs) {
      port.radio(device, way === Way.up ? RadioState.transmit : RadioState.receive, sinceUs, port.nowUs);
    }
    const { listens, idleAfterUs } = this.profileOf(device);
    if (listens || idleAfterUs === Number.MAX_SAFE_INTEGER) return;
    if (this.isKept[device] === 0) port.rests(device, true);
    this.isKept[device] = 1;
    if (this.isWatched[device] === 1) return;
    this.isWatched[device] = 1;
    port.wakeAt(port.nowUs + idleAfterUs, device, What.idle, device);
  }

  /** A connection is kept up for a while after the last frame, and the radio listens. */
  private restWhenIdle(device: number): void {
    const { port } = this;
    const { idleAfterUs } = this.profileOf(device);
    const idleUs = (this.activeUs[device] as number) + idleAfterUs;
    if (idleUs > port.nowUs) return port.wakeAt(idleUs, device, What.idle, device);
    this.isWatched[device] = 0;
    this.letGo(device);
  }

  /** A radio that a connection has kept up listens no more. */
  private letGo(device: number): void {
    if (this.isKept[device] === 1) this.port.rests(device, false);
    this.isKept[device] = 0;
  }

  /** Accounts for a set-up up to now, or for all of it: the radio listens to what the gateway says to that. */
  private spendSetup(device: number): void {
    const fromUs = Math.max(this.setupFromUs[device] as number, this.spentUs[device] as number);
    const untilUs = Math.min(this.port.nowUs, this.connectedFromUs[device] as number);
    this.setupFromUs[device] = Infinity;
    if (fromUs >= untilUs) return;
    this.spentUs[device] = untilUs;
    this.port.radio(device, RadioState.receive, fromUs, untilUs);
  }
}
