import { assert } from "../../../protocol/core/assert.ts";
import type { EventHandler, Kernel } from "../../kernel/kernel.ts";
import type { Outcome } from "../drop-reasons.ts";
import type { EnergyMeter } from "../energy.ts";
import type { Motion } from "../motion.ts";
import type { Place } from "../path-loss.ts";
import type { Medium, MediumPort } from "./medium.ts";
import { type CopyUser, StationPort } from "./station-port.ts";

/** A medium, and which nodes its stations and gateways are. */
export interface MediumPlan {
  readonly make: (port: MediumPort) => Medium;
  /** By station: devices, and behind them what else has a radio of its own. */
  readonly nodes: Int32Array;
  /** By gateway: its node. */
  readonly gateways: Int32Array;
  /** Null: its devices stay where they are. */
  readonly motion: Motion | null;
}

/** Devices are the last nodes of a run. */
export interface AccessPlan {
  readonly firstDevice: number;
  /** By device: number of its medium, and its station there. */
  readonly media: Uint16Array;
  readonly stations: Int32Array;
  /** By device: the largest message that its memory takes in. */
  readonly receiveBytes: Float64Array;
  readonly plans: readonly MediumPlan[];
}

/** What is known of a copy between a device and its gateway. */
export interface Flight {
  /** Of its emission. */
  readonly slot: number;
  readonly src: number;
  readonly dst: number;
  /** When its sender let it go. */
  readonly departedUs: number;
  /** Of its emission. */
  readonly cause: number;
}

/** Who sends over the access network, and takes what has come through. */
export interface AccessUser {
  /** A device's copy is at its gateway. */
  atGateway(flight: Flight): void;
  /** A copy is at its device. */
  atDevice(flight: Flight): void;
  lostOnAir(flight: Flight, outcome: Outcome): void;
  /** A gateway has missed a frame for want of power. */
  missed(node: number): void;
  /** A device is seen somewhere else. @param place from the middle of its group's disc, in parts of its radius */
  moved(node: number, place: Place): void;
}

/** Events of media are numbered from 1 on: medium + 4096 × what it wanted to be woken for. */
const HAND_OVER = 0;
const MEDIA_BOUND = 4096;
/** What a medium is not woken for: one of its devices moves. */
const MOVES = 64;
const INITIAL_FLIGHTS = 256;

/**
 * The links between devices and gateways. Between a gateway and the rest of the world copies go over the plain lines; on the air a
 * medium has them. A device can be reached on no other way.
 */
export class AccessNetwork implements EventHandler, CopyUser {
  readonly media: readonly Medium[];
  private readonly plan: AccessPlan;
  private readonly kernel: Kernel;
  private readonly kind: number;
  private readonly user: AccessUser;
  readonly meter: EnergyMeter;
  /** By flight: its emission's slot, its ends, its size, when it left, why, and whether it is on its way up. */
  private slots = new Int32Array(INITIAL_FLIGHTS);
  private sources = new Int32Array(INITIAL_FLIGHTS);
  private destinations = new Int32Array(INITIAL_FLIGHTS);
  private sizes = new Int32Array(INITIAL_FLIGHTS);
  private departuresUs = new Float64Array(INITIAL_FLIGHTS);
  private causes = new Float64Array(INITIAL_FLIGHTS);
  private isUp = new Uint8Array(INITIAL_FLIGHTS);
  private made = 0;
  /** By node: the medium that it is a gateway of, and its number there. */
  private readonly gatewayPlaces = new Map<number, { readonly medium: number; readonly gateway: number }>();
  private readonly free: number[] = [];
  /** The flight being told of: one object for all of them. */
  private readonly told = { slot: 0, src: 0, dst: 0, departedUs: 0, cause: 0 };

  /** @param of.kind of its events */
  constructor(plan: AccessPlan, of: { kernel: Kernel; kind: number; user: AccessUser; meter: EnergyMeter }) {
    assert(plan.plans.length < MEDIA_BOUND, "a run has few media");
    this.plan = plan;
    this.kernel = of.kernel;
    this.kind = of.kind;
    this.user = of.user;
    this.meter = of.meter;
    this.media = plan.plans.map((each, medium) => each.make(this.portOf(medium, each, of.meter)));
    of.kernel.register(of.kind, this);
    for (const [medium, { motion, nodes, gateways }] of plan.plans.entries()) {
      for (const [gateway, node] of gateways.entries()) this.gatewayPlaces.set(node, { medium, gateway });
      for (let station = 0; station < (motion?.devices ?? 0); station++) {
        this.lookAt(motion?.firstLookUs(station) ?? 0, medium, nodes[station] as number, station);
      }
    }
  }

  private lookAt(atUs: number, medium: number, node: number, station: number): void {
    this.kernel.schedule(atUs, this.kind, node, 1 + medium + MEDIA_BOUND * MOVES, station, 0);
  }

  private move(medium: number, station: number): void {
    const { motion, nodes } = this.plan.plans[medium] as MediumPlan;
    if (motion === null) return;
    const { nowUs } = this.kernel;
    const node = nodes[station] as number;
    const place = motion.at(station, nowUs);
    (this.media[medium] as Medium).moved(station, place);
    const { radiusMetres } = motion.options;
    this.user.moved(node, { x: place.x / radiusMetres, y: place.y / radiusMetres });
    this.lookAt(nowUs + motion.options.stepUs, medium, node, station);
  }

  private portOf(medium: number, { nodes, gateways }: MediumPlan, meter: EnergyMeter): MediumPort {
    const { kernel, kind, plan } = this;
    const { firstDevice } = plan;
    return new StationPort({
      kernel,
      meter,
      user: this,
      nodes,
      gateways,
      firstDevice,
      kind,
      code: 1 + medium,
      step: MEDIA_BOUND,
    });
  }

  isDevice(node: number): boolean {
    return node >= this.plan.firstDevice;
  }

  private mediumOf(node: number): Medium {
    return this.media[this.plan.media[node - this.plan.firstDevice] as number] as Medium;
  }

  private stationOf(node: number): number {
    return this.plan.stations[node - this.plan.firstDevice] as number;
  }

  /** @returns whether a device has room for a message */
  hasRoom(node: number, sizeBytes: number): boolean {
    return sizeBytes <= (this.plan.receiveBytes[node - this.plan.firstDevice] as number);
  }

  /** @returns the node of the gateway that a device's traffic goes through now */
  gatewayOf(node: number): number {
    const { plan } = this;
    const { gateways } = plan.plans[plan.media[node - plan.firstDevice] as number] as MediumPlan;
    return gateways[this.mediumOf(node).gatewayOf(this.stationOf(node))] as number;
  }

  /** A node's processor has worked. */
  computed(node: number, fromUs: number, untilUs: number): void {
    if (this.isDevice(node)) this.meter.computed(node - this.plan.firstDevice, fromUs, untilUs);
  }

  /** A node is up: a device's radio hears and sends, a gateway serves its devices. */
  wakeUp(node: number): void {
    if (this.isDevice(node)) this.mediumOf(node).power(this.stationOf(node), true);
    else this.gatewayPower(node, true);
  }

  private gatewayPower(node: number, on: boolean): void {
    const place = this.gatewayPlaces.get(node);
    if (place !== undefined) (this.media[place.medium] as Medium).gatewayPower(place.gateway, on);
  }

  /** A device goes to sleep: its radio ends what it has begun, and listens no more. */
  fallAsleep(node: number): void {
    this.mediumOf(node).sleep(this.stationOf(node));
  }

  /** A node lost its power. */
  cut(node: number): void {
    if (!this.isDevice(node)) return this.gatewayPower(node, false);
    this.mediumOf(node).power(this.stationOf(node), false);
    this.meter.cut(node - this.plan.firstDevice);
  }

  /** @returns whether a device's battery has nothing left */
  isEmpty(node: number): boolean {
    return this.meter.isEmpty(node - this.plan.firstDevice, this.kernel.nowUs);
  }

  /** @returns how a device's battery is, until the next one is told of */
  batteryOf(node: number): ReturnType<EnergyMeter["noteOf"]> {
    return this.meter.noteOf(node - this.plan.firstDevice, this.kernel.nowUs);
  }

  /** A device's battery is empty: it draws nothing any more. */
  bury(node: number): void {
    this.meter.die(node - this.plan.firstDevice, this.kernel.nowUs);
  }

  /** Takes a copy from a device. @param readyUs when its radio may have it, now or later */
  send(flight: Flight, sizeBytes: number, readyUs: number): void {
    const handle = this.take(flight, sizeBytes, 1);
    if (readyUs <= this.kernel.nowUs) return this.handOver(handle);
    this.kernel.schedule(readyUs, this.kind, flight.src, HAND_OVER, handle, 0);
  }

  /** Takes a copy that is at the gateway of its device. */
  forward(flight: Flight, sizeBytes: number): void {
    this.handOver(this.take(flight, sizeBytes, 0));
  }

  private handOver(flight: number): void {
    const size = this.sizes[flight] as number;
    const [src, dst] = [this.sources[flight] as number, this.destinations[flight] as number];
    if (this.isUp[flight] === 1) this.mediumOf(src).uplink(flight, this.stationOf(src), size);
    else this.mediumOf(dst).downlink(flight, this.stationOf(dst), size);
  }

  handle(_kind: number, what: number, subject: number): void {
    if (what === HAND_OVER) return this.handOver(subject);
    const code = what - 1;
    const medium = code % MEDIA_BOUND;
    const reason = (code - medium) / MEDIA_BOUND;
    if (reason === MOVES) return this.move(medium, subject);
    (this.media[medium] as Medium).wake(reason, subject);
  }

  missed(gateway: number): void {
    this.user.missed(gateway);
  }

  arrived(flight: number): void {
    if (this.isUp[flight] === 1) this.user.atGateway(this.end(flight));
    else this.user.atDevice(this.end(flight));
  }

  lost(flight: number, outcome: Outcome): void {
    this.user.lostOnAir(this.end(flight), outcome);
  }

  private take({ slot, src, dst, departedUs, cause }: Flight, sizeBytes: number, isUp: number): number {
    const flight = this.free.pop() ?? this.made++;
    if (flight === this.slots.length) this.grow();
    this.slots[flight] = slot;
    this.sources[flight] = src;
    this.destinations[flight] = dst;
    this.sizes[flight] = sizeBytes;
    this.departuresUs[flight] = departedUs;
    this.causes[flight] = cause;
    this.isUp[flight] = isUp;
    return flight;
  }

  /** Frees a flight's place. @returns what it was, until another one is told of */
  private end(flight: number): Flight {
    const { told } = this;
    told.slot = this.slots[flight] as number;
    told.src = this.sources[flight] as number;
    told.dst = this.destinations[flight] as number;
    told.departedUs = this.departuresUs[flight] as number;
    told.cause = this.causes[flight] as number;
    this.free.push(flight);
    return told;
  }

  private grow(): void {
    const size = 2 * this.slots.length;
    const ints = (from: Int32Array) => {
      const to = new Int32Array(size);
      to.set(from);
      return to;
    };
    const doubles = (from: Float64Array) => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    this.slots = ints(this.slots);
    this.sources = ints(this.sources);
    this.destinations = ints(this.destinations);
    this.sizes = ints(this.sizes);
    this.departuresUs = doubles(this.departuresUs);
    this.causes = doubles(this.causes);
    const isUp = new Uint8Array(size);
    isUp.set(this.isUp);
    this.isUp = isUp;
  }
}
