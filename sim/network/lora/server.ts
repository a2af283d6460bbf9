import { Jobs } from "../access/jobs.ts";
import { type MediumFigures, type MediumPort, RadioState } from "../access/medium.ts";
import { Outcome } from "../drop-reasons.ts";
import type { Place } from "../path-loss.ts";
import type { DutyCycle } from "./duty-cycle.ts";
import { CAPTURE_DB, leastSnrDb, mostPayloadBytes, NOISE_DBM, RX2_CHANNEL, RX2_SUB_BAND, SUB_BANDS } from "./eu868.ts";
import { fragmentBytes, payloadBytes } from "./fragments.ts";
import { HEARING_GATEWAYS } from "./gateway-air.ts";
import type { LoraOptions } from "./options.ts";
import { type LoraStations, POWER_DBM } from "./stations.ts";

const QUEUED_MESSAGES = 16;
/** A confirmed frame is sent so often. */
export const MAX_ATTEMPTS = 8;
/** LinkADRReq: a new data rate and power for a device, among the frame's options where it leaves room. Source: LoRaWAN 1.0.4, section 5.3. */
const RATE_COMMAND_BYTES = 5;
const NONE = -1;

/** Where and how a downlink is sent. */
export interface Window {
  readonly channel: number;
  readonly factor: number;
  readonly subBand: number;
}

interface ServerParts {
  readonly stations: LoraStations;
  readonly duty: DutyCycle;
  readonly port: MediumPort;
  readonly figures: MediumFigures;
}

/**
 * The network server behind the gateways: it knows which gateway hears a device best, and has it answer in the device's windows,
 * as far as that gateway is free and its duty cycle allows.
 */
export class LoraServer {
  private readonly parts: ServerParts;
  private readonly jobs: Jobs;
  private readonly devices: number;
  /** By device: rank of the gateway that heard it last, and whether it heard the last frame. */
  private readonly ranks: Uint8Array;
  private readonly isHeard: Uint8Array;
  private readonly owesAcknowledgement: Uint8Array;
  private readonly isAcknowledged: Uint8Array;
  /** By device of class A: whether the server has told it that there is more. Others need not ask: they listen all the time. */
  private readonly hasMore: Uint8Array;
  /** Of the frame on its way to each device: when its gateway begins to send it. */
  private readonly fromUs: Float64Array;
  private readonly frameBytes: Uint8Array;
  private readonly isCommand: Uint8Array;
  /** When it last got a part of its message. */
  private readonly partUs: Float64Array;
  private readonly factors: Uint8Array;
  private readonly channels: Uint8Array;
  /** By gateway: its latest frame. */
  private readonly latestFromUs: Float64Array;
  private readonly latestWindow: Uint16Array;

  constructor({ devices, gateways }: LoraOptions, parts: ServerParts) {
    this.parts = parts;
    this.devices = devices.length;
    this.jobs = new Jobs(devices.length, QUEUED_MESSAGES);
    this.ranks = new Uint8Array(devices.length);
    this.isHeard = new Uint8Array(devices.length);
    this.owesAcknowledgement = new Uint8Array(devices.length);
    this.isAcknowledged = new Uint8Array(devices.length);
    this.hasMore = new Uint8Array(devices.length);
    this.fromUs = new Float64Array(devices.length).fill(NONE);
    this.frameBytes = new Uint8Array(devices.length);
    this.isCommand = new Uint8Array(devices.length);
    this.partUs = new Float64Array(devices.length);
    this.factors = new Uint8Array(devices.length);
    this.channels = new Uint8Array(devices.length);
    this.latestFromUs = new Float64Array(gateways.length).fill(NONE);
    this.latestWindow = new Uint16Array(gateways.length);
  }

  private linkOf(device: number): number {
    return device * HEARING_GATEWAYS + (this.ranks[device] as number);
  }

  /** A device is somewhere else; until it is heard from there, what is for it goes by the gateway that heard it last. */
  move(device: number, place: Place): void {
    const { stations } = this.parts;
    const before = this.gatewayOf(device);
    stations.move(device, place);
    const first = device * HEARING_GATEWAYS;
    const rank = stations.air.gatewayIds.subarray(first, first + HEARING_GATEWAYS).indexOf(before);
    if (rank < 0) this.parts.figures.handovers++;
    this.ranks[device] = Math.max(0, rank);
  }

  gatewayOf(device: number): number {
    return this.parts.stations.air.gatewayIds[this.linkOf(device)] as number;
  }

  /** @returns false when the copy is lost already */
  push(copy: number, device: number, sizeBytes: number): boolean {
    if (this.jobs.push(device, copy, NONE, sizeBytes, this.parts.port.nowUs)) return true;
    this.parts.port.lost(copy, Outcome.radioQueueFull);
    return false;
  }

  hasMessages(device: number): boolean {
    return this.jobs.first(device) !== NONE;
  }

  /** @returns whether a device knows that the server has more for it, for which it has to ask */
  isAwaited(device: number): boolean {
    return this.hasMore[device] === 1;
  }

  /** A device's frame is over. @param rank of the gateway that has decoded it, or −1 */
  heard(device: number, rank: number): void {
    this.isHeard[device] = rank === NONE ? 0 : 1;
    if (rank === NONE) return;
    if (rank !== this.ranks[device]) this.parts.figures.handovers++;
    this.ranks[device] = rank;
    const { stations } = this.parts;
    const levelDbm = stations.air.levelsDbm[this.linkOf(device)] as number;
    stations.rate.heard(device, levelDbm - stations.rate.reducedDb(device));
  }

  acknowledge(device: number): void {
    this.owesAcknowledgement[device] = 1;
  }

  takeAcknowledged(device: number): boolean {
    const acknowledged = this.isAcknowledged[device] === 1;
    this.isAcknowledged[device] = 0;
    return acknowledged;
  }

  /** @returns whether the gateway that a device is reached through has power */
  isServed(device: number): boolean {
    return this.parts.stations.air.isPowered(this.gatewayOf(device));
  }

  /** @returns when the device's gateway may send in the second window's sub-band, µs */
  freeFromUs(device: number): number {
    const gateway = this.gatewayOf(device);
    const { duty, stations } = this.parts;
    return Math.max(duty.freeFrom(this.devices + gateway, RX2_SUB_BAND), stations.air.transmitsUntilUs(gateway));
  }

  private hasToSay(device: number): boolean {
    return this.hasMessages(device) || this.owesAcknowledgement[device] === 1 || this.parts.stations.rate.isDue(device);
  }

  /** @returns how long a signal takes between a device and its gateway, µs */
  private delayUs(device: number): number {
    return this.parts.stations.air.delaysUs[this.linkOf(device)] as number;
  }

  /**
   * Sends a frame to a device whose last one was heard, and whose window opens now. Its gateway counts the time until then from when it
   * had the last bit, and the answer has to come back: it begins twice the way's time after the window does, far less than a symbol.
   *
   * @returns in how many µs its last bit is in, 0 where there is none
   */
  answer(device: number, window: Window): number {
    if (this.isHeard[device] === 0 || !this.hasToSay(device)) return 0;
    return this.sendFrom(device, window, this.parts.port.nowUs + this.delayUs(device));
  }

  /** Sends a frame to a device that listens anyway. @returns in how many µs its last bit is in, 0 where there is none */
  send(device: number, window: Window): number {
    return this.sendFrom(device, window, this.parts.port.nowUs);
  }

  private sendFrom(device: number, { channel, factor, subBand }: Window, fromUs: number): number {
    const { stations, duty, figures, port } = this.parts;
    const gateway = this.gatewayOf(device);
    const transmitter = this.devices + gateway;
    if (!stations.air.isPowered(gateway)) return 0;
    if (stations.air.isTransmitting(gateway, fromUs) || duty.freeFrom(transmitter, subBand) > fromUs) return 0;
    const job = this.jobs.first(device);
    const { sizes, sent } = this.jobs;
    const size = job === NONE ? 0 : (sizes[job] as number);
    const bytes = job === NONE ? 0 : fragmentBytes(size, sent[job] as number, factor);
    const payload = payloadBytes(size, bytes);
    const isCommand = stations.rate.hasCommand(device) && payload + RATE_COMMAND_BYTES <= mostPayloadBytes(factor);
    const airUs = stations.airTimeUs(factor, payload + (isCommand ? RATE_COMMAND_BYTES : 0), 1);
    duty.spend(transmitter, subBand, fromUs, airUs);
    stations.air.deafen(gateway, fromUs, fromUs + airUs);
    this.latestFromUs[gateway] = fromUs;
    this.latestWindow[gateway] = channel * 16 + factor;
    this.fromUs[device] = fromUs;
    this.frameBytes[device] = bytes;
    this.isCommand[device] = isCommand ? 1 : 0;
    this.factors[device] = factor;
    this.channels[device] = channel;
    figures.frames++;
    figures.airUs += airUs;
    return fromUs + airUs + this.delayUs(device) - port.nowUs;
  }

  /** The frame that was sent to a device is over. */
  deliver(device: number): void {
    const { stations, figures } = this.parts;
    const fromUs = this.fromUs[device] as number;
    this.fromUs[device] = NONE;
    this.listened(device, fromUs);
    const outcome = this.outcomeFor(device, fromUs);
    if (outcome === Outcome.collided) figures.collided++;
    else if (outcome !== Outcome.delivered) figures.lost++;
    const job = this.jobs.first(device);
    if (outcome === Outcome.delivered) {
      stations.rate.answered(device, this.isCommand[device] === 1);
      this.isAcknowledged[device] = this.owesAcknowledgement[device] as number;
      this.owesAcknowledgement[device] = 0;
    }
    // It goes on with a message even where a fragment was lost: without acknowledgements nobody knows.
    if (job !== NONE) this.advance(device, job, outcome === Outcome.delivered ? this.timely(device, job) : outcome);
    if (outcome === Outcome.delivered && stations.isClassC[device] === 0) {
      this.hasMore[device] = this.hasMessages(device) ? 1 : 0;
    }
  }

  /** Accounts for a device's radio up to now: in class A it listens from when its window opens to a frame's first bit. */
  private listened(device: number, sentUs: number): void {
    const { stations, port } = this.parts;
    const delayUs = this.delayUs(device);
    const beginsUs = Math.min(sentUs + delayUs, port.nowUs);
    if (stations.isClassC[device] === 0 && delayUs > 0) {
      port.radio(device, RadioState.listen, sentUs - delayUs, beginsUs);
    }
    port.radio(device, RadioState.receive, beginsUs, port.nowUs);
  }

  private outcomeFor(device: number, fromUs: number): Outcome {
    const { stations } = this.parts;
    const link = this.linkOf(device);
    const { levelsDbm, gatewayIds } = stations.air;
    const delayUs = this.delayUs(device);
    const untilUs = this.parts.port.nowUs - delayUs;
    // It was decided upon one way's time before it began.
    if (stations.air.wasCutWithin(gatewayIds[link] as number, fromUs - delayUs, untilUs)) return Outcome.receiverDown;
    const isSecond = this.channels[device] === RX2_CHANNEL;
    const powerDb = isSecond ? (SUB_BANDS[RX2_SUB_BAND] as (typeof SUB_BANDS)[number]).powerDbm - POWER_DBM : 0;
    const levelDbm = (levelsDbm[link] as number) + powerDb;
    if (levelDbm < NOISE_DBM + leastSnrDb(this.factors[device] as number)) return Outcome.outOfReach;
    const wanted = (this.channels[device] as number) * 16 + (this.factors[device] as number);
    const first = device * HEARING_GATEWAYS;
    for (let at = first; at < first + HEARING_GATEWAYS; at++) {
      const gateway = gatewayIds[at] as number;
      if (at === link || gateway === NONE || this.latestWindow[gateway] !== wanted) continue;
      const overlaps = stations.air.transmitsUntilUs(gateway) > fromUs && (this.latestFromUs[gateway] as number) >= 0;
      if (overlaps && (levelsDbm[link] as number) - (levelsDbm[at] as number) < CAPTURE_DB) return Outcome.collided;
    }
    return stations.loses(device, 1, fromUs) ? Outcome.radioLost : Outcome.delivered;
  }

  /** @returns what a part of a message that is in counts for: nothing where the one before it is too long ago */
  private timely(device: number, job: number): Outcome {
    const { nowUs } = this.parts.port;
    const lastUs = this.partUs[device] as number;
    this.partUs[device] = nowUs;
    const isLate = this.jobs.sent[job] !== 0 && nowUs - lastUs > this.parts.stations.inactivityUs;
    return isLate ? Outcome.reassemblyTimedOut : Outcome.delivered;
  }

  private advance(device: number, job: number, outcome: Outcome): void {
    const { jobs } = this;
    const { port, stations } = this.parts;
    if (outcome === Outcome.reassemblyTimedOut) return port.lost(jobs.shift(device), outcome);
    if (outcome !== Outcome.delivered) {
      jobs.failures[job] = outcome;
      jobs.attempts[job] = (jobs.attempts[job] as number) + 1;
      // A device that acknowledges makes the server repeat the frame in its next window.
      if (stations.isConfirmed[device] === 1 && (jobs.attempts[job] as number) < MAX_ATTEMPTS) return;
      if (stations.isConfirmed[device] === 1) return port.lost(jobs.shift(device), outcome);
    } else if (stations.isConfirmed[device] === 1) {
      jobs.attempts[job] = 0;
      jobs.failures[job] = Outcome.delivered;
    }
    jobs.sent[job] = (jobs.sent[job] as number) + (this.frameBytes[device] as number);
    if ((jobs.sent[job] as number) < (jobs.sizes[job] as number)) return;
    const failure = jobs.failures[job] as Outcome;
    const copy = jobs.shift(device);
    if (failure === Outcome.delivered) port.arrived(copy);
    else port.lost(copy, failure);
  }

  /** A device has lost power: what was for it is lost. */
  reset(device: number): void {
    const { port } = this.parts;
    const fromUs = this.fromUs[device] as number;
    if (fromUs !== NONE) this.listened(device, fromUs);
    this.fromUs[device] = NONE;
    this.isHeard[device] = 0;
    this.owesAcknowledgement[device] = 0;
    this.isAcknowledged[device] = 0;
    this.hasMore[device] = 0;
    while (this.hasMessages(device)) port.lost(this.jobs.shift(device), Outcome.receiverDown);
  }
}
