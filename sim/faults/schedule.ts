import { assertNever } from "../../protocol/core/assert.ts";
import { EventKind, faultSource } from "../host/event-kinds.ts";
import type { Host } from "../host/host.ts";
import type { EventHandler } from "../kernel/kernel.ts";
import { ClockEffect } from "./clock-skew.ts";
import { CrashEffect } from "./crash.ts";
import { DegradeEffect } from "./degrade.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { FaultOperation, ScheduledFault } from "./operations.ts";
import { PartitionEffect } from "./partition.ts";
import { SlowEffect } from "./slow.ts";

const HEALS = 0;
const BEGINS = 1;

/** The faults of a run, begun and healed by kernel events, before anything else that happens at that time. */
export class FaultSchedule implements EventHandler {
  private readonly host: Host;
  private readonly faults: readonly ScheduledFault[];
  private readonly effects: readonly FaultEffect[];

  constructor(host: Host, faults: readonly ScheduledFault[]) {
    this.host = host;
    this.faults = faults;
    this.effects = faults.map((fault) => makeEffect(host, fault.operation));
    host.kernel.register(EventKind.fault, this);
    const source = faultSource(host.nodes.count);
    for (const [index, { atUs, forUs }] of faults.entries()) {
      host.kernel.schedule(atUs, EventKind.fault, source, index, BEGINS, 0);
      if (forUs !== null) host.kernel.schedule(atUs + forUs, EventKind.fault, source, index, HEALS, 0);
    }
  }

  handle(_kind: number, index: number, phase: number): void {
    const begins = phase === BEGINS;
    const effect = this.effects[index] as FaultEffect;
    this.host.tellFault(index, (this.faults[index] as ScheduledFault).name, begins);
    if (begins) effect.begin();
    else effect.heal();
  }

  /** How often each fault has bitten so far. */
  bites(): { readonly name: string; readonly bites: number }[] {
    return this.faults.map(({ name }, index) => ({ name, bites: (this.effects[index] as FaultEffect).bites }));
  }
}

function makeEffect(host: Host, operation: FaultOperation): FaultEffect {
  switch (operation.kind) {
    case "crash":
      return new CrashEffect(host, operation);
    case "partition":
      return new PartitionEffect(host, operation);
    case "slow":
      return new SlowEffect(host, operation);
    case "clock":
      return new ClockEffect(host, operation);
    case "degrade":
      return new DegradeEffect(host, operation);
    default:
      return assertNever(operation);
  }
}
