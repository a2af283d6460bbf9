import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, DurableRecord, Message, WireCodec } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { CryptoBackend, NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import type { Clocks } from "../kernel/clock.ts";
import { absorb, finish } from "../kernel/random.ts";
import type { AccessNetwork } from "../network/access/access-network.ts";
import type { Disks } from "./disks.ts";
import { HostCrypto } from "./host-crypto.ts";
import type { NodeTable } from "./node-table.ts";
import { nsToUs, type Outbox } from "./outbox.ts";
import { type Processors, Work } from "./processors.ts";
import { type Recheck, Results } from "./results.ts";
import type { RunRecords } from "./run-records.ts";
import type { Timers } from "./timers.ts";
import type { TraceSink } from "./trace-sink.ts";
import type { Watchers } from "./watcher.ts";

const NS_PER_US = 1000;

/** What adversaries may do beyond the machine's contract: send bytes of their own making. */
export interface RawContext extends Context {
  sendBytes(to: PeerId, bytes: Uint8Array): void;
}

export interface StepOptions {
  readonly nodes: NodeTable;
  readonly clocks: Clocks;
  readonly processors: Processors;
  readonly disks: Disks;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly codec: WireCodec;
  readonly backend: CryptoBackend;
  readonly records: RunRecords;
  readonly watchers: Watchers;
  readonly trace: TraceSink | null;
  readonly paranoid: boolean;
  readonly entropyKey: number;
  readonly recheck: Recheck | null;
  readonly access: AccessNetwork | null;
}

/** The context of whichever step is running: one object for all nodes and steps, so that a step allocates nothing. */
export class StepContext implements RawContext {
  readonly crypto: NodeCrypto;
  /** The node whose step is running. */
  node = 0;
  private startNs = 0;
  private costNs = 0;
  private cause = 0;
  /** How long the node sleeps when the step is over, by its own clock; −1 where it stays awake. */
  sleepUs = -1;
  private readonly options: StepOptions;
  private readonly nodes: NodeTable;
  private readonly processors: Processors;
  private readonly outbox: Outbox;
  private readonly results: Results;

  constructor(options: StepOptions) {
    this.options = options;
    this.nodes = options.nodes;
    this.processors = options.processors;
    this.outbox = options.outbox;
    this.results = new Results(options.recheck);
    this.crypto = new HostCrypto(options.backend, this, options.paranoid);
  }

  /** Begins a step. @param readyNs when its input is there; the step starts once the processor is free */
  begin(node: number, readyNs: number, cause: number): void {
    const freeNs = this.processors.freeNs[node] as number;
    this.node = node;
    this.startNs = freeNs > readyNs ? freeNs : readyNs;
    this.costNs = 0;
    this.sleepUs = -1;
    this.cause = cause;
    this.nodes.steps[node] = (this.nodes.steps[node] as number) + 1;
  }

  end(): void {
    const { node, startNs } = this;
    const endNs = startNs + this.costNs;
    this.processors.freeNs[node] = endNs;
    this.options.access?.computed(node, startNs / NS_PER_US, endNs / NS_PER_US);
  }

  get nowUs(): number {
    return this.options.clocks.wallUs(this.node, nsToUs(this.startNs));
  }

  entropy(): number {
    const { node, nodes } = this;
    const draw = nodes.entropyDraws[node] as number;
    nodes.entropyDraws[node] = draw + 1;
    return finish(absorb(absorb(this.options.entropyKey, node), draw));
  }

  send(to: PeerId, message: Message): void {
    this.emitOne(to, message, this.outbox.encode(message));
  }

  broadcast(to: readonly PeerId[], message: Message): void {
    const { outbox } = this;
    this.beginEmission(message, outbox.encode(message), to, to.length);
    for (let at = 0; at < to.length; at++) outbox.copyTo(to[at] as number);
    outbox.end();
  }

  sendBytes(to: PeerId, bytes: Uint8Array): void {
    const message = this.options.codec.decode(bytes);
    if (message !== null) message.wire = bytes;
    this.emitOne(to, message, bytes);
  }

  setTimer(timer: number, delayUs: number): void {
    const { timers, clocks } = this.options;
    timers.arm(this.node, timer, nsToUs(this.startNs) + clocks.globalDelayUs(this.node, Math.max(0, delayUs)));
  }

  cancelTimer(timer: number): void {
    this.options.timers.cancel(this.node, timer);
  }

  sleep(delayUs: number): void {
    this.sleepUs = Math.max(0, delayUs);
  }

  persist(key: string, value: DurableRecord | null): void {
    const disk = this.options.disks.of(this.node);
    this.nodes.durableNs[this.node] = disk.write(key, value, this.startNs + this.costNs);
  }

  observe(observation: Observation): void {
    const { records, watchers, trace } = this.options;
    const atUs = nsToUs(this.startNs);
    records.observation(this.node, atUs, observation);
    for (const watcher of watchers.onObserve) watcher.onObserve(this.node, atUs, observation);
    trace?.observation(this.node, atUs, observation);
  }

  charge(work: "execute" | "verify" | "vrfVerify", units: number): void {
    this.chargeWork(Work[work], units);
  }

  chargeWork(work: Work, units: number): void {
    this.costNs += units * this.processors.costNs(this.node, work);
  }

  once<T>(state: object, input: object, compute: () => T): T {
    const { costNs } = this;
    const result = this.options.paranoid ? compute() : this.results.of(state, input, compute);
    this.costNs = costNs;
    return result;
  }

  private emitOne(to: PeerId, message: Message | null, wire: Uint8Array): void {
    this.beginEmission(message, wire, to, 1);
    this.outbox.copyTo(to);
    this.outbox.end();
  }

  private beginEmission(
    message: Message | null,
    wire: Uint8Array,
    to: readonly PeerId[] | PeerId,
    copies: number,
  ): void {
    const { node } = this;
    this.chargeWork(Work.hashByte, wire.length);
    this.chargeWork(Work.message, copies);
    const computedNs = this.startNs + this.costNs;
    const durableNs = this.nodes.durableNs[node] as number;
    const readyNs = durableNs > computedNs ? durableNs : computedNs;
    for (const watcher of this.options.watchers.onEmit) watcher.onEmit(node, nsToUs(readyNs), message, to);
    this.outbox.begin(node, message, wire, readyNs, this.cause);
  }
}
