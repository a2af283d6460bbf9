import { assert } from "../../protocol/core/assert.ts";
import { EventKind, faultSource } from "../host/event-kinds.ts";
import type { Host } from "../host/host.ts";
import type { EventHandler } from "../kernel/kernel.ts";
import { mixKey } from "../kernel/random.ts";
import type { FaultEffect } from "./fault-effect.ts";
import { makeEffect } from "./make-effect.ts";
import type { HealedCore, ScheduledFault } from "./operations.ts";

const HEALS = 0;
const BEGINS = 1;
const TICKS = 2;
const SETTLES = 3;

/** What a schedule needs besides its faults. */
export interface ScheduleOptions {
  /** Of the run; each fault's draws are keyed by it and the fault's name. */
  readonly seed: string;
  /** @returns the node that is to propose next on the rootchain, or null when nobody can tell */
  readonly leader: () => number | null;
  /** From then on all faults are frozen, and these nodes are free of them; null: never. */
  readonly core: HealedCore | null;
}

/** The faults of a run, begun and healed by kernel events, before anything else that happens at that time. */
export class FaultSchedule implements EventHandler {
  private readonly host: Host;
  private readonly faults: readonly ScheduledFault[];
  private readonly effects: readonly FaultEffect[];
  private readonly active = new Set<number>();
  private readonly core: HealedCore | null;
  private readonly source: number;
  private settled = false;

  constructor(host: Host, faults: readonly ScheduledFault[], options: ScheduleOptions) {
    const { kernel, nodes } = host;
    this.host = host;
    this.faults = faults;
    this.core = options.core;
    this.source = faultSource(nodes.count);
    this.effects = faults.map((fault, index) => this.effectOf(fault, index, options));
    kernel.register(EventKind.fault, this);
    const { source } = this;
    for (const [index, { atUs, forUs }] of faults.entries()) {
      kernel.schedule(atUs, EventKind.fault, source, index, BEGINS, 0);
      if (forUs !== null) kernel.schedule(atUs + forUs, EventKind.fault, source, index, HEALS, 0);
    }
    if (this.core !== null) kernel.schedule(this.core.atUs, EventKind.fault, source, faults.length, SETTLES, 0);
  }

  handle(_kind: number, index: number, phase: number, number: number): void {
    if (phase === SETTLES) this.settle();
    else if (phase === TICKS) this.effects[index]?.tick?.(number);
    else if (!this.settled) this.turn(index, phase === BEGINS);
  }

  /** How often each fault has bitten so far. */
  bites(): { readonly name: string; readonly bites: number }[] {
    return this.faults.map(({ name }, index) => ({ name, bites: (this.effects[index] as FaultEffect).bites }));
  }

  /** @returns what is still the matter inside the healed core, in words; nothing may be */
  liveSources(): string[] {
    const { host, core } = this;
    const members = core?.nodes ?? [];
    const { quiet, partitions } = host.network;
    const isSpared = (node: number) => quiet?.[node] === 1 && partitions.spared?.[node] === 1;
    const { versions } = host.nodes;
    return members.flatMap((node) => [
      ...host.ailments(node).map((ailment) => `node ${node}: ${ailment}`),
      ...(isSpared(node) ? [] : [`node ${node}: network`]),
      ...(versions[node] === versions[members[0] as number] ? [] : [`node ${node}: version`]),
    ]);
  }

  private effectOf({ name, atUs, forUs, operation }: ScheduledFault, index: number, options: ScheduleOptions) {
    const { host, source, core } = this;
    const healsUs = forUs === null ? Number.POSITIVE_INFINITY : atUs + forUs;
    const setting = {
      host,
      key: mixKey(options.seed, `fault/${name}/draws`),
      atUs,
      endUs: Math.min(healsUs, core?.atUs ?? Number.POSITIVE_INFINITY),
      leader: options.leader,
      tickAt: (tickUs: number, number: number) => {
        host.kernel.schedule(tickUs, EventKind.fault, source, index, TICKS, number);
      },
    };
    return makeEffect(setting, operation);
  }

  private turn(index: number, begins: boolean): void {
    const effect = this.effects[index] as FaultEffect;
    this.host.tellFault(index, (this.faults[index] as ScheduledFault).name, begins);
    if (begins) {
      this.active.add(index);
      effect.begin();
    } else {
      this.active.delete(index);
      effect.heal();
    }
  }

  /** Frees the core of every fault at work, and leaves the rest of the world as it is, for ever. */
  private settle(): void {
    const { host, core } = this;
    assert(core !== null && !this.settled, "a core heals once");
    this.settled = true;
    const members = new Uint8Array(host.nodes.count);
    for (const node of core.nodes) members[node] = 1;
    host.network.quiet = members;
    host.network.partitions.spared = members;
    const nodes = new Set(core.nodes);
    for (const index of [...this.active].sort((a, b) => a - b)) this.effects[index]?.spare(nodes);
    const live = this.liveSources();
    assert(live.length === 0, `no fault is live inside a healed core: ${live.join(", ")}`);
  }
}
