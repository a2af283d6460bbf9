import { assert } from "../../protocol/core/assert.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import { CLIENT, type Machine, type Message, type WireCodec } from "../../protocol/core/machine.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Clocks } from "../kernel/clock.ts";
import { type Hasher, nobleHasher, type RunDigest } from "../kernel/digest.ts";
import type { EventHandler, Kernel } from "../kernel/kernel.ts";
import { AccessNetwork, type AccessPlan, type AccessUser, type Flight } from "../network/access/access-network.ts";
import { Outcome } from "../network/drop-reasons.ts";
import type { EnergyMeter } from "../network/energy.ts";
import type { Network } from "../network/network.ts";
import type { Place } from "../network/path-loss.ts";
import type { DiskFate } from "./disk.ts";
import { Disks } from "./disks.ts";
import { EventKind, workloadSource } from "./event-kinds.ts";
import { Lives } from "./lives.ts";
import type { NodeSpec } from "./node-spec.ts";
import { NodeTable } from "./node-table.ts";
import { Outbox } from "./outbox.ts";
import { Processors, Work } from "./processors.ts";
import type { Recheck } from "./results.ts";
import { RunRecords } from "./run-records.ts";
import { StepContext } from "./step-context.ts";
import { Timers } from "./timers.ts";
import { Cause, Power, type TraceSink } from "./trace-sink.ts";
import { type Watcher, Watchers } from "./watcher.ts";

/** Work that may wait for a node's processor, as time; a message that meets more is dropped. */
export const DEFAULT_CPU_BACKLOG_US = 10_000_000;

const NS_PER_US = 1000;

export interface HostOptions {
  readonly kernel: Kernel;
  readonly digest: RunDigest;
  readonly network: Network;
  readonly clocks: Clocks;
  readonly nodes: readonly NodeSpec[];
  readonly codec: WireCodec;
  readonly backend: CryptoBackend;
  /** Key of the nodes' entropy. */
  readonly entropyKey: number;
  readonly watchers?: readonly Watcher[];
  readonly trace?: TraceSink | null;
  /** Decodes, verifies and computes everything anew for every node; must not change the digest. */
  readonly paranoid?: boolean;
  readonly recheck?: Recheck;
  readonly cpuBacklogUs?: number;
  /** For what long messages are named by in the digest. */
  readonly hasher?: () => Hasher;
  /** The links of devices, and what accounts for their energy. */
  readonly access?: { readonly plan: AccessPlan; readonly meter: EnergyMeter };
}

/**
 * Runs machines: turns their effects into events and events into their steps. A processor is a FIFO queue summarised by its
 * free time, so a step is executed when its input arrives, and its effects leave when it would have been served: one kernel
 * event for each message.
 */
export class Host implements EventHandler, AccessUser {
  readonly nodes: NodeTable;
  readonly processors: Processors;
  readonly outbox: Outbox;
  readonly disks: Disks;
  readonly access: AccessNetwork | null;
  readonly network: Network;
  readonly clocks: Clocks;
  readonly kernel: Kernel;
  readonly watchers: Watchers;
  readonly records: RunRecords;
  readonly trace: TraceSink | null;
  private readonly lives: Lives;
  /** Copies that machines have taken in. */
  delivered = 0;

  private readonly specs: readonly NodeSpec[];
  readonly timers: Timers;
  private readonly context: StepContext;
  private readonly codec: WireCodec;
  private readonly paranoid: boolean;
  private readonly cpuBacklogNs: number;
  private readonly requests: (Message | null)[] = [];
  private readonly freeRequests: number[] = [];

  constructor(options: HostOptions) {
    const { kernel, network, clocks, codec, nodes: specs } = options;
    const paranoid = options.paranoid ?? false;
    const nodes = new NodeTable(specs.length);
    const watchers = new Watchers(options.watchers ?? []);
    const records = new RunRecords(options.digest);
    const trace = options.trace ?? null;
    const hasher = options.hasher ?? nobleHasher;
    const shared = { kernel, network, nodes, codec, records, watchers, trace, paranoid, hasher };
    this.kernel = kernel;
    this.network = network;
    this.clocks = clocks;
    this.specs = specs;
    this.nodes = nodes;
    this.watchers = watchers;
    this.records = records;
    this.trace = trace;
    this.codec = codec;
    this.paranoid = paranoid;
    this.cpuBacklogNs = (options.cpuBacklogUs ?? DEFAULT_CPU_BACKLOG_US) * NS_PER_US;
    this.processors = new Processors(specs.map((spec) => spec.device.cpu));
    this.disks = new Disks(specs);
    this.timers = new Timers(kernel, specs.length);
    this.outbox = new Outbox(shared);
    this.access = accessOf(options, this);
    this.outbox.access = this.access;
    this.lives = new Lives(this);
    this.context = new StepContext({
      ...shared,
      clocks,
      processors: this.processors,
      disks: this.disks,
      timers: this.timers,
      outbox: this.outbox,
      backend: options.backend,
      entropyKey: options.entropyKey,
      recheck: options.recheck ?? null,
      access: this.access,
    });
    const { message, timer, request, wake, battery } = EventKind;
    for (const kind of [message, timer, request, wake, battery]) kernel.register(kind, this);
  }

  /** Starts every node, in order, or puts its first start down for later. */
  startAll(): void {
    for (let node = 0; node < this.nodes.count; node++) {
      const atUs = this.specs[node]?.firstStartUs?.(node) ?? this.kernel.nowUs;
      if (atUs <= this.kernel.nowUs) this.start(node);
      else this.lives.startAt(node, atUs);
    }
  }

  /** Starts a node that is down, from what its disk holds; one whose battery is empty stays down. */
  start(node: number): void {
    if (this.nodes.dead[node] === 1) return;
    const nowUs = this.kernel.nowUs;
    const { makeMachine } = this.specs[node] as NodeSpec;
    this.nodes.begin(node, makeMachine(node, this.nodes.software[node] as number));
    this.access?.wakeUp(node);
    this.records.start(node, nowUs);
    this.trace?.power(nowUs, node, Power.up);
    this.lives.tellBattery(node);
    for (const watcher of this.watchers.onStart) watcher.onStart(node, nowUs);
    this.context.begin(node, nowUs * NS_PER_US, Cause.start);
    (this.nodes.machines[node] as Machine).start(this.context, this.disks.of(node).contents());
    this.endStep();
  }

  private endStep(): void {
    const { context } = this;
    context.end();
    if (context.sleepUs >= 0) this.lives.sleep(context.node, context.sleepUs);
  }

  /** Cuts a node's power, awake or asleep. @returns how many writes it lost, and how many of them were torn */
  crash(node: number, diskFate: DiskFate): { lost: number; torn: number } {
    return this.lives.crash(node, diskFate);
  }

  /** Makes a node compute and write `factor` times slower than it does now. */
  slowDown(node: number, factor: number): void {
    this.processors.slowDown(node, factor);
    this.disks.of(node).slowDown(factor);
  }

  /** Restarts a node, or lets it start next time, with another version of its software; unless the two are compatible, it hears its own only. */
  upgrade(node: number, { version, isCompatible }: { version: number; isCompatible: boolean }): void {
    const wasUp = this.nodes.up[node] === 1;
    if (wasUp) this.crash(node, "kept");
    this.nodes.software[node] = version;
    if (!isCompatible) this.nodes.versions[node] = version;
    if (wasUp) this.start(node);
  }

  /** @returns what is wrong with a node itself at this moment, in words */
  ailments(node: number): string[] {
    const { nodes, processors, clocks } = this;
    const ails = [];
    if (!nodes.isPowered(node) && nodes.dead[node] === 0) ails.push("down");
    if (!processors.isAtSpeed(node)) ails.push("slow");
    if (!clocks.isRight(node)) ails.push("clock");
    if (!this.disks.of(node).isSound(this.kernel.nowUs * NS_PER_US)) ails.push("disk");
    return ails;
  }

  /** Tells watchers, trace and digest that a fault begins or is healed. @param fault its index in the schedule */
  tellFault(fault: number, name: string, begins: boolean): void {
    const nowUs = this.kernel.nowUs;
    this.records.fault(fault, nowUs, begins);
    this.trace?.fault(nowUs, fault, begins);
    for (const watcher of this.watchers.onFault) watcher.onFault(fault, name, nowUs, begins);
  }

  /** Lets a node's own user hand it a message at a later time; lost when the node is down then. */
  submit(node: number, message: Message, atUs: number): void {
    const request = this.freeRequests.pop() ?? this.requests.length;
    this.requests[request] = message;
    this.kernel.schedule(atUs, EventKind.request, workloadSource(this.nodes.count), node, request, 0);
  }

  handle(kind: number, a: number, b: number, c: number): void {
    if (kind === EventKind.message) this.deliver(a, b, c);
    else if (kind === EventKind.timer) this.fire(a, b);
    else if (kind === EventKind.wake) {
      if (this.lives.isDue(a)) this.start(a);
    } else if (kind === EventKind.battery) this.lives.drained(a);
    else this.serve(a, b);
  }

  private deliver(dst: number, slot: number, flightUs: number): void {
    const { kernel, outbox, access } = this;
    const { emissions } = outbox;
    const departedUs = kernel.nowUs - flightUs;
    if (access?.isDevice(dst) === true) return this.toGateway(access, slot, dst, departedUs);
    let result = this.obstacle(dst, slot, departedUs);
    const wire = emissions.wires[slot] as Uint8Array;
    if (result === Outcome.delivered) {
      const readyNs = this.network.receive(dst, wire.length, kernel.nowUs);
      if (readyNs < 0) result = Outcome.downlinkQueueFull;
      else if ((this.processors.freeNs[dst] as number) - readyNs > this.cpuBacklogNs) result = Outcome.cpuBacklogFull;
      else result = this.receive(dst, slot, wire, readyNs);
    } else if (result === Outcome.receiverDown) this.nodes.miss(dst);
    if (result !== Outcome.delivered) outbox.dropLate(slot, dst, result);
    emissions.dropCopy(slot);
  }

  /** A copy for a device is where its gateway is. */
  private toGateway(access: AccessNetwork, slot: number, dst: number, departedUs: number): void {
    const { emissions } = this.outbox;
    const src = emissions.sources[slot] as number;
    const left = this.leaving(dst, slot, departedUs);
    const gateway = access.gatewayOf(dst);
    const outcome = left === Outcome.delivered ? this.between(src, gateway, departedUs) : left;
    if (this.nodes.up[gateway] === 0) this.missed(gateway);
    if (outcome === Outcome.delivered) {
      const flight = { slot, src, dst, departedUs, cause: emissions.ids[slot] as number };
      return access.forward(flight, (emissions.wires[slot] as Uint8Array).length);
    }
    this.outbox.dropLate(slot, dst, outcome);
    emissions.dropCopy(slot);
  }

  /** @returns what keeps a copy from getting from one end of the plain lines to the other, or `delivered` */
  private between(from: number, to: number, departedUs: number): Outcome {
    const { network, access, nodes } = this;
    const near = access?.isDevice(from) === true ? access.gatewayOf(from) : from;
    const isNearUp = nodes.up[near] === 1;
    if (!isNearUp || nodes.up[to] === 0) {
      nodes.miss(isNearUp ? to : near);
      return Outcome.receiverDown;
    }
    const { partitions } = network;
    return departedUs < partitions.cutUntilUs && partitions.cuts(near, to, departedUs)
      ? Outcome.partitioned
      : Outcome.delivered;
  }

  atGateway(flight: Flight): void {
    const gateway = (this.access as AccessNetwork).gatewayOf(flight.src);
    if (this.nodes.up[gateway] === 1) return this.outbox.relay(flight, gateway);
    this.nodes.miss(gateway);
    this.outbox.lostOnAir(flight, Outcome.receiverDown);
  }

  missed(node: number): void {
    this.nodes.miss(node);
  }

  atDevice({ slot, dst }: Flight): void {
    const { outbox, kernel, nodes } = this;
    const wire = outbox.emissions.wires[slot] as Uint8Array;
    let outcome: Outcome = Outcome.receiverDown;
    if (this.access?.hasRoom(dst, wire.length) === false) outcome = Outcome.bufferFull;
    else if (nodes.up[dst] === 1) outcome = this.receive(dst, slot, wire, kernel.nowUs * NS_PER_US);
    if (outcome !== Outcome.delivered) outbox.dropLate(slot, dst, outcome);
    outbox.emissions.dropCopy(slot);
  }

  moved(node: number, { x, y }: Place): void {
    this.trace?.place(this.kernel.nowUs, node, x, y);
  }

  lostOnAir(flight: Flight, outcome: Outcome): void {
    const { outbox, nodes } = this;
    const { slot, src, dst } = flight;
    const isDown = this.access?.isDevice(dst) === true;
    const device = isDown ? dst : src;
    this.trace?.radioLoss(this.kernel.nowUs, device);
    if (!nodes.isPowered(device)) nodes.miss(device);
    if (isDown) {
      outbox.dropLate(slot, dst, outcome);
      outbox.emissions.dropCopy(slot);
    } else if (src >= 0) outbox.lostOnAir(flight, outcome);
  }

  /** @returns what keeps a copy from its destination, or `delivered` */
  private obstacle(dst: number, slot: number, departureUs: number): Outcome {
    if (this.nodes.up[dst] === 0) return Outcome.receiverDown;
    const left = this.leaving(dst, slot, departureUs);
    if (left !== Outcome.delivered) return left;
    const src = this.outbox.emissions.sources[slot] as number;
    const { partitions } = this.network;
    if (departureUs < partitions.cutUntilUs && partitions.cuts(src, dst, departureUs)) return Outcome.partitioned;
    return this.access?.isDevice(src) === true ? this.between(src, dst, departureUs) : Outcome.delivered;
  }

  /** @returns what is wrong with a copy since it was made: its sender went down before it left, or its receiver speaks another version */
  private leaving(dst: number, slot: number, departureUs: number): Outcome {
    const { nodes } = this;
    const { sources, lives, versions } = this.outbox.emissions;
    const src = sources[slot] as number;
    const life = lives[slot] as number;
    if ((life !== nodes.lives[src] || nodes.up[src] === 0) && !nodes.hadLeft(src, life, departureUs)) {
      return Outcome.senderCrashed;
    }
    return versions[slot] === nodes.versions[dst] ? Outcome.delivered : Outcome.otherVersion;
  }

  private receive(dst: number, slot: number, wire: Uint8Array, readyNs: number): Outcome {
    const { context } = this;
    const { messages, sources, ids } = this.outbox.emissions;
    const shared = messages[slot] as Message | null;
    const message = this.paranoid && shared !== null ? this.codec.decode(wire) : shared;
    context.begin(dst, readyNs, ids[slot] as number);
    context.chargeWork(Work.message, 1);
    context.chargeWork(Work.hashByte, wire.length);
    if (message !== null) {
      this.delivered++;
      (this.nodes.machines[dst] as Machine).onMessage(context, sources[slot] as PeerId, message);
    }
    this.endStep();
    return message === null ? Outcome.undecodable : Outcome.delivered;
  }

  private fire(node: number, timer: number): void {
    const { context, kernel } = this;
    this.timers.fired(node, timer);
    this.trace?.timer(kernel.nowUs, node, timer);
    context.begin(node, kernel.nowUs * NS_PER_US, Cause.timer);
    (this.nodes.machines[node] as Machine).onTimer(context, timer);
    this.endStep();
  }

  private serve(node: number, request: number): void {
    const message = this.requests[request] ?? null;
    this.requests[request] = null;
    this.freeRequests.push(request);
    assert(message !== null, "a request is served once");
    const machine = this.nodes.machines[node] ?? null;
    if (machine === null) {
      this.outbox.drop(CLIENT, node, Outcome.receiverDown);
      return;
    }
    this.context.begin(node, this.kernel.nowUs * NS_PER_US, Cause.request);
    machine.onMessage(this.context, CLIENT, this.paranoid ? this.decoded(message) : message);
    this.endStep();
  }

  /** The message as its bytes give it. */
  private decoded(message: Message): Message {
    const decoded = this.codec.decode(this.outbox.encode(message));
    assert(decoded !== null, "a message of this project decodes");
    return decoded;
  }
}

function accessOf({ access, kernel }: HostOptions, user: AccessUser): AccessNetwork | null {
  if (access === undefined) return null;
  return new AccessNetwork(access.plan, { kernel, kind: EventKind.link, user, meter: access.meter });
}
