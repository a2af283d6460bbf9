import type { Clocks } from "../kernel/clock.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { AccessNetwork } from "../network/access/access-network.ts";
import type { Network } from "../network/network.ts";
import type { DiskFate } from "./disk.ts";
import type { Disks } from "./disks.ts";
import { EventKind } from "./event-kinds.ts";
import type { NodeTable } from "./node-table.ts";
import type { Processors } from "./processors.ts";
import type { RunRecords } from "./run-records.ts";
import type { Timers } from "./timers.ts";
import { Power, type TraceSink } from "./trace-sink.ts";
import type { Watchers } from "./watcher.ts";

const NS_PER_US = 1000;

/** What of a host the lives of its nodes touch. */
export interface LivesOptions {
  readonly kernel: Kernel;
  readonly clocks: Clocks;
  readonly network: Network;
  readonly nodes: NodeTable;
  readonly timers: Timers;
  readonly processors: Processors;
  readonly disks: Disks;
  readonly access: AccessNetwork | null;
  readonly records: RunRecords;
  readonly watchers: Watchers;
  readonly trace: TraceSink | null;
}

/** How the lives of nodes end: in sleep, by a cut of power, or with their battery. */
export class Lives {
  private readonly host: LivesOptions;

  constructor(host: LivesOptions) {
    this.host = host;
    host.access?.meter.watch({
      horizonUs: host.kernel.untilUs,
      drainedAt: (device, atUs) => {
        const node = host.nodes.count - (host.access?.meter.devices ?? 0) + device;
        const dueUs = Math.max(host.kernel.nowUs, Math.ceil(atUs));
        host.kernel.schedule(dueUs, EventKind.battery, node, node, 0, 0);
      },
    });
  }

  /** Tells the trace of a device's battery. */
  tellBattery(node: number): void {
    const { access, trace, kernel } = this.host;
    if (trace !== null && access?.isDevice(node) === true) trace.battery(kernel.nowUs, node, access.batteryOf(node));
  }

  /** Lets a node start for the first time later on. */
  startAt(node: number, atUs: number): void {
    const { kernel, nodes, trace } = this.host;
    nodes.rest(node, atUs);
    trace?.power(kernel.nowUs, node, Power.asleep);
    kernel.schedule(atUs, EventKind.wake, node, node, 0, 0);
  }

  /** @returns whether a node that sleeps is to wake now, and has not been struck meanwhile */
  isDue(node: number): boolean {
    const { kernel, nodes } = this.host;
    if (!nodes.isPowered(node) && nodes.dead[node] === 0) nodes.miss(node);
    return nodes.asleep[node] === 1 && nodes.wakesUs[node] === kernel.nowUs;
  }

  /** Ends a node's life in order: what it has sent leaves, what it has written is durable, and it starts again after a while. */
  sleep(node: number, delayUs: number): void {
    const { kernel, clocks, nodes, timers, disks, access, records, trace, watchers } = this.host;
    const { nowUs } = kernel;
    const wakesUs = nowUs + Math.max(1, clocks.globalDelayUs(node, delayUs));
    nodes.end(node, Infinity);
    nodes.rest(node, wakesUs);
    timers.cancelAll(node);
    disks.of(node).flush();
    if (access?.isDevice(node) === true) access.fallAsleep(node);
    records.sleep(node, nowUs, delayUs);
    trace?.power(nowUs, node, Power.asleep);
    this.tellBattery(node);
    for (const watcher of watchers.onSleep) watcher.onSleep(node, nowUs);
    kernel.schedule(wakesUs, EventKind.wake, node, node, 0, 0);
  }

  /** Cuts a node's power, awake or asleep. @returns how many writes it lost, and how many of them were torn */
  crash(node: number, diskFate: DiskFate): { lost: number; torn: number } {
    const { kernel, disks, records, trace, watchers } = this.host;
    const { nowUs } = kernel;
    this.cut(node);
    const writes = disks.of(node).crash(nowUs * NS_PER_US, diskFate);
    records.crash(node, nowUs, writes.lost, writes.torn);
    trace?.power(nowUs, node, Power.down);
    this.tellBattery(node);
    for (const watcher of watchers.onCrash) watcher.onCrash(node, nowUs, diskFate === "lost");
    return writes;
  }

  private cut(node: number): void {
    const { kernel, nodes, timers, network, processors, access } = this.host;
    if (nodes.asleep[node] === 1) nodes.asleep[node] = 0;
    else nodes.end(node, kernel.nowUs);
    timers.cancelAll(node);
    network.resetNode(node);
    // A device's step is paid for whole: nothing runs, and nothing is paid for, twice at one time.
    access?.cut(node);
    if (access?.isDevice(node) !== true) processors.freeNs[node] = 0;
  }

  /** A device's battery may be empty by now. */
  drained(node: number): void {
    const { kernel, nodes, access, disks, records, trace, watchers } = this.host;
    const { nowUs } = kernel;
    if (access === null || nodes.dead[node] === 1 || !access.isEmpty(node)) return;
    if (nodes.isPowered(node)) this.cut(node);
    nodes.dead[node] = 1;
    access.bury(node);
    disks.of(node).crash(nowUs * NS_PER_US, "kept");
    records.death(node, nowUs);
    trace?.power(nowUs, node, Power.empty);
    this.tellBattery(node);
    for (const watcher of watchers.onDeath) watcher.onDeath(node, nowUs);
  }
}
