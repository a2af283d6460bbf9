import { Jobs } from "../access/jobs.ts";
import { type Medium, type MediumPort, noFigures, RadioState } from "../access/medium.ts";
import { Outcome } from "../drop-reasons.ts";
import type { Place } from "../path-loss.ts";
import { DutyCycle } from "./duty-cycle.ts";
import {
  BANDWIDTH_HZ,
  mostPayloadBytes,
  RX1_DELAY_US,
  RX2_CHANNEL,
  RX2_DELAY_US,
  RX2_SUB_BAND,
  UPLINK_CHANNELS,
} from "./eu868.ts";
import { fragmentBytes, isCarried, payloadBytes } from "./fragments.ts";
import type { LoraOptions } from "./options.ts";
import { LoraServer, MAX_ATTEMPTS } from "./server.ts";
import { LoraStations } from "./stations.ts";
import { symbolUs } from "./time-on-air.ts";

/** Messages that wait in a device. */
const QUEUED_MESSAGES = 16;
/** A device waits so long after its second window for an acknowledgement. Source: RP002-1.0.3, section 2.4.7. */
const RETRY_LEAST_US = 1_000_000;
const RETRY_SPREAD_US = 2_000_000;
/** LinkADRAns, among a frame's options where it leaves room. Source: LoRaWAN 1.0.4, section 5.3. */
const RATE_ANSWER_BYTES = 2;
/** A window stays open for so many symbols when nothing begins in it. */
const WINDOW_SYMBOLS = 8;

const What = { plan: 0, send: 1, sent: 2, window1: 3, window2: 4, received: 5, push: 6, closed: 7 } as const;
const Phase = { off: 0, idle: 1, waiting: 2, sending: 3, windows: 4 } as const;
const NONE = -1;

/**
 * A LoRaWAN network of one region: devices of classes A and C that send whenever they may (pure ALOHA under the duty cycle), gateways
 * that hear them, and a server behind the gateways that answers in the devices' windows. A message is cut into frames.
 */
export class LoraMedium implements Medium {
  readonly figures = noFigures();
  readonly stations: LoraStations;
  private readonly port: MediumPort;
  private readonly duty: DutyCycle;
  private readonly server: LoraServer;
  private readonly secondWindow: { readonly channel: number; readonly factor: number; readonly subBand: number };
  private readonly uplinks: Jobs;
  private readonly phases: Uint8Array;
  /** By device: when its next event is due, and which; any other is stale. */
  private readonly dueUs: Float64Array;
  private readonly dueWhat: Uint8Array;
  private readonly isPushing: Uint8Array;
  private readonly isAsleep: Uint8Array;
  /** Of the frame sent last. */
  private readonly channels: Uint8Array;
  private readonly factors: Uint8Array;
  private readonly sentUs: Float64Array;
  private readonly overUs: Float64Array;
  private readonly frameBytes: Uint8Array;
  private readonly isAnswer: Uint8Array;
  /** When a frame last came through. */
  private readonly partUs: Float64Array;
  private readonly powerSteps: Uint8Array;

  constructor(options: LoraOptions, port: MediumPort) {
    const count = options.devices.length;
    this.port = port;
    this.stations = new LoraStations(options);
    this.duty = new DutyCycle(count + options.gateways.length);
    this.uplinks = new Jobs(count, QUEUED_MESSAGES);
    this.server = new LoraServer(options, { stations: this.stations, duty: this.duty, port, figures: this.figures });
    this.secondWindow = { channel: RX2_CHANNEL, factor: options.secondWindowFactor, subBand: RX2_SUB_BAND };
    this.phases = new Uint8Array(count);
    this.dueUs = new Float64Array(count).fill(NONE);
    this.dueWhat = new Uint8Array(count);
    this.isPushing = new Uint8Array(count);
    this.isAsleep = new Uint8Array(count);
    this.channels = new Uint8Array(count);
    this.factors = new Uint8Array(count);
    this.sentUs = new Float64Array(count);
    this.overUs = new Float64Array(count);
    this.frameBytes = new Uint8Array(count);
    this.isAnswer = new Uint8Array(count);
    this.partUs = new Float64Array(count);
    this.powerSteps = new Uint8Array(count);
  }

  uplink(copy: number, device: number, sizeBytes: number): void {
    if (this.phases[device] === Phase.off) return this.port.lost(copy, Outcome.senderCrashed);
    if (!isCarried(sizeBytes, this.stations.rate.factors[device] as number)) {
      return this.port.lost(copy, Outcome.tooLarge);
    }
    if (!this.uplinks.push(device, copy, NONE, sizeBytes, this.port.nowUs))
      return this.port.lost(copy, Outcome.radioQueueFull);
    if (this.phases[device] === Phase.idle) this.plan(device);
  }

  downlink(copy: number, device: number, sizeBytes: number): void {
    if (this.phases[device] === Phase.off || this.isAsleep[device] === 1) {
      return this.port.lost(copy, Outcome.receiverDown);
    }
    if (!isCarried(sizeBytes, this.secondWindow.factor)) return this.port.lost(copy, Outcome.tooLarge);
    if (this.server.push(copy, device, sizeBytes)) this.push(device);
  }

  /** Gateways are chosen with each uplink; a frame in the air is heard from where it began. */
  moved(device: number, place: Place): void {
    if (this.phases[device] !== Phase.sending && this.phases[device] !== Phase.windows) this.server.move(device, place);
  }

  gatewayOf(device: number): number {
    return this.server.gatewayOf(device);
  }

  power(device: number, on: boolean): void {
    const { phases, port } = this;
    if (on) {
      this.isAsleep[device] = 0;
      if (phases[device] === Phase.off) phases[device] = Phase.idle;
      return this.settle(device);
    }
    if (phases[device] === Phase.off) return;
    if (phases[device] === Phase.sending) this.breakOff(device);
    phases[device] = Phase.off;
    this.dueUs[device] = NONE;
    while (this.uplinks.first(device) !== NONE) this.lose(this.uplinks.shift(device), Outcome.senderCrashed);
    this.server.reset(device);
    port.rests(device, false);
  }

  /** What the server has for devices stays with it, and goes out by a gateway that has power. */
  gatewayPower(gateway: number, on: boolean): void {
    this.stations.air.power(gateway, on, this.port.nowUs);
    if (!on) return;
    for (let device = 0; device < this.phases.length; device++)
      if (this.gatewayOf(device) === gateway) this.push(device);
  }

  sleep(device: number): void {
    this.isAsleep[device] = 1;
    this.settle(device);
  }

  /** A class C device that is awake listens while it does nothing else. */
  private settle(device: number): void {
    const phase = this.phases[device];
    if (this.stations.isClassC[device] === 0 || (phase !== Phase.idle && phase !== Phase.waiting)) return;
    this.port.rests(device, this.isAsleep[device] === 0);
  }

  /** Takes a frame off the air whose sender has lost power. */
  private breakOff(device: number): void {
    const { stations, port } = this;
    stations.air.end(device, this.channels[device] as number, this.factors[device] as number);
    const untilUs = Math.min(port.nowUs, this.overUs[device] as number);
    port.radio(device, RadioState.transmit, this.sentUs[device] as number, untilUs, this.powerSteps[device]);
  }

  private lose(copy: number, outcome: Outcome): void {
    if (copy !== NONE) this.port.lost(copy, outcome);
  }

  private wakeAt(atUs: number, device: number, what: number): void {
    this.dueUs[device] = atUs;
    this.dueWhat[device] = what;
    this.port.wakeAt(atUs, device, what, device);
  }

  wake(what: number, device: number): void {
    if (what === What.push) {
      this.isPushing[device] = 0;
      return this.push(device);
    }
    if (this.dueUs[device] !== this.port.nowUs || this.dueWhat[device] !== what) return;
    this.dueUs[device] = NONE;
    if (what === What.plan) this.plan(device);
    else if (what === What.send) this.send(device);
    else if (what === What.sent) this.sent(device);
    else if (what === What.received) this.received(device);
    else if (what === What.closed) this.close(device);
    else this.window(device, what === What.window1);
  }

  /** Chooses when and where the next frame goes: of the channels that are free first, a drawn one. */
  private plan(device: number): void {
    const { port, duty } = this;
    this.phases[device] = Phase.idle;
    this.settle(device);
    if (this.uplinks.first(device) === NONE && !this.server.isAwaited(device)) return this.push(device);
    const first = this.stations.drawChannel(device);
    let bestUs = Infinity;
    for (let offset = 0; offset < UPLINK_CHANNELS.length; offset++) {
      const channel = (first + offset) % UPLINK_CHANNELS.length;
      const fromUs = Math.max(port.nowUs, duty.freeFrom(device, subBandOf(channel)));
      if (fromUs >= bestUs) continue;
      bestUs = fromUs;
      this.channels[device] = channel;
    }
    this.phases[device] = Phase.waiting;
    this.wakeAt(bestUs, device, What.send);
    this.push(device);
  }

  private send(device: number): void {
    const { port, stations, uplinks, figures } = this;
    const { nowUs } = port;
    const channel = this.channels[device] as number;
    const factor = stations.rate.factors[device] as number;
    const job = uplinks.first(device);
    const size = job === NONE ? 0 : (uplinks.sizes[job] as number);
    const bytes = job === NONE ? 0 : fragmentBytes(size, uplinks.sent[job] as number, factor);
    const airUs = stations.airTimeUs(factor, this.withOptions(device, job, payloadBytes(size, bytes)), 0);
    this.duty.spend(device, subBandOf(channel), nowUs, airUs);
    const reducedDb = stations.rate.reducedDb(device);
    const throughUs = stations.air.begin(device, nowUs, { channel, factor, reducedDb, airUs });
    this.powerSteps[device] = stations.rate.powerSteps[device] as number;
    stations.rate.sent(device);
    this.factors[device] = factor;
    this.frameBytes[device] = bytes;
    this.sentUs[device] = nowUs;
    this.overUs[device] = nowUs + airUs;
    this.phases[device] = Phase.sending;
    if (job !== NONE) uplinks.begun(job, nowUs, figures);
    figures.frames++;
    figures.airUs += airUs;
    this.wakeAt(throughUs, device, What.sent);
  }

  /** @returns a payload and the frame's options: a frame that is repeated has what it had at first, if there is room now */
  private withOptions(device: number, job: number, payload: number): number {
    const { rate } = this.stations;
    const hasRoom = payload + RATE_ANSWER_BYTES <= mostPayloadBytes(rate.factors[device] as number);
    const isRepeated = job !== NONE && this.uplinks.attempts[job] !== 0;
    if (!isRepeated) this.isAnswer[device] = rate.takeAnswer(device, hasRoom) ? 1 : 0;
    return this.isAnswer[device] === 1 && hasRoom ? payload + RATE_ANSWER_BYTES : payload;
  }

  /** A frame's last bit is in at every gateway that may hear it, for which the server waits. */
  private sent(device: number): void {
    const { port, stations } = this;
    const fromUs = this.sentUs[device] as number;
    const overUs = this.overUs[device] as number;
    port.radio(device, RadioState.transmit, fromUs, overUs, this.powerSteps[device]);
    const rank = stations.air.end(device, this.channels[device] as number, this.factors[device] as number);
    if (stations.air.hasFailed) stations.air.missedBy(device, (gateway) => port.missed(gateway));
    const isLost = rank !== NONE && stations.loses(device, 0, fromUs);
    const heard = isLost ? NONE : rank;
    this.server.heard(device, heard);
    this.phases[device] = Phase.windows;
    this.wakeAt(overUs + RX1_DELAY_US, device, What.window1);
    this.advance(device, heard === NONE ? this.failure(device, isLost) : Outcome.delivered);
  }

  private failure(device: number, isLost: boolean): Outcome {
    const { figures } = this;
    const { air } = this.stations;
    if (!isLost && air.wasCollided(device)) {
      figures.collided++;
      return Outcome.collided;
    }
    figures.lost++;
    if (!isLost && air.hasFailed && air.wasOff(device)) return Outcome.receiverDown;
    return !isLost && air.wasTooWeak(device) ? Outcome.outOfReach : Outcome.radioLost;
  }

  /** Goes on in the message whose frame has just been sent; in a confirmed one only once the frame is acknowledged. */
  private advance(device: number, outcome: Outcome): void {
    const { uplinks, server, stations } = this;
    const job = uplinks.first(device);
    if (job === NONE) return;
    const isLate = outcome === Outcome.delivered && this.isTooLate(device, job);
    if (stations.isConfirmed[device] === 0) {
      if (outcome !== Outcome.delivered) uplinks.failures[job] = outcome;
      else if (isLate) uplinks.failures[job] = Outcome.reassemblyTimedOut;
      return this.step(device, job);
    }
    uplinks.attempts[job] = (uplinks.attempts[job] as number) + 1;
    uplinks.failures[job] = outcome;
    if (outcome !== Outcome.delivered) return;
    if (isLate) {
      // The device does not know, and goes on sending it.
      this.lose(uplinks.copies[job] as number, Outcome.reassemblyTimedOut);
      uplinks.copies[job] = NONE;
    }
    server.acknowledge(device);
    const through = (uplinks.sent[job] as number) + (this.frameBytes[device] as number);
    const copy = uplinks.copies[job] as number;
    if (through < (uplinks.sizes[job] as number) || copy === NONE) return;
    // The server has all of it, whether or not the device ever learns so.
    uplinks.copies[job] = NONE;
    this.port.arrived(copy);
  }

  /** A part of a message is in. @returns whether the server has given up the parts before it */
  private isTooLate(device: number, job: number): boolean {
    const { nowUs } = this.port;
    const lastUs = this.partUs[device] as number;
    this.partUs[device] = nowUs;
    return this.uplinks.sent[job] !== 0 && nowUs - lastUs > this.stations.inactivityUs;
  }

  private step(device: number, job: number): void {
    const { uplinks, port } = this;
    uplinks.sent[job] = (uplinks.sent[job] as number) + (this.frameBytes[device] as number);
    uplinks.attempts[job] = 0;
    if ((uplinks.sent[job] as number) < (uplinks.sizes[job] as number)) return;
    const failure = uplinks.failures[job] as Outcome;
    const copy = uplinks.shift(device);
    // Without acknowledgements a fragment that is lost stays lost.
    if (failure !== Outcome.delivered) this.lose(copy, failure);
    else if (copy !== NONE) port.arrived(copy);
  }

  /** One of the two windows opens. */
  private window(device: number, isFirst: boolean): void {
    const { port } = this;
    const channel = this.channels[device] as number;
    const factor = this.factors[device] as number;
    const window = isFirst ? { channel, factor, subBand: subBandOf(channel) } : this.secondWindow;
    const takesUs = this.server.answer(device, window);
    if (takesUs > 0) return this.wakeAt(port.nowUs + takesUs, device, What.received);
    const openUs = WINDOW_SYMBOLS * symbolUs({ spreadingFactor: window.factor, bandwidthHz: BANDWIDTH_HZ });
    if (this.stations.isClassC[device] === 0) port.radio(device, RadioState.listen, port.nowUs, port.nowUs + openUs);
    if (isFirst) this.wakeAt(port.nowUs + RX2_DELAY_US - RX1_DELAY_US, device, What.window2);
    else this.wakeAt(port.nowUs + openUs, device, What.closed);
  }

  private received(device: number): void {
    this.server.deliver(device);
    if (this.phases[device] !== Phase.off) this.close(device);
  }

  /** Nothing more is to come for now: what was not acknowledged is sent again, or the next frame. */
  private close(device: number): void {
    const { uplinks, server, stations, port } = this;
    const job = uplinks.first(device);
    const isOpen = stations.isConfirmed[device] === 1 && job !== NONE && uplinks.attempts[job] !== 0;
    if (!isOpen) return this.plan(device);
    if (server.takeAcknowledged(device)) this.step(device, job);
    else if ((uplinks.attempts[job] as number) >= MAX_ATTEMPTS) {
      const failure = uplinks.failures[job] as Outcome;
      this.lose(uplinks.shift(device), failure === Outcome.delivered ? Outcome.radioLost : failure);
    } else {
      this.phases[device] = Phase.waiting;
      const waitUs = RETRY_LEAST_US + (stations.draw(device) % RETRY_SPREAD_US);
      return this.wakeAt(port.nowUs + waitUs, device, What.plan);
    }
    this.plan(device);
  }

  /** A class C device that does not send can be told something at any time. */
  private push(device: number): void {
    const phase = this.phases[device] as number;
    const isListening = phase === Phase.idle || phase === Phase.waiting;
    if (this.stations.isClassC[device] === 0 || this.isAsleep[device] === 1) return;
    if (!isListening || this.isPushing[device] === 1) return;
    if (!this.server.hasMessages(device) || !this.server.isServed(device)) return;
    const { port } = this;
    const fromUs = this.server.freeFromUs(device);
    if (fromUs > port.nowUs) {
      this.isPushing[device] = 1;
      return port.wakeAt(fromUs, device, What.push, device);
    }
    const takesUs = this.server.send(device, this.secondWindow);
    this.phases[device] = Phase.windows;
    this.wakeAt(port.nowUs + takesUs, device, What.received);
  }
}

function subBandOf(channel: number): number {
  return (UPLINK_CHANNELS[channel] as (typeof UPLINK_CHANNELS)[number]).subBand;
}
