import type { Host } from "../host/host.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { CrashOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/**
 * Bites by what it was meant to destroy: torn records when it tears, lost records when it takes the disk, else writes under
 * way and messages missed.
 */
export class CrashEffect implements FaultEffect {
  private readonly host: Host;
  private readonly operation: CrashOperation;
  private readonly missed: Tally;
  private readonly writes = { lost: 0, torn: 0 };
  /** Those that were up, and so are this fault's to restart. */
  private stopped: readonly number[] = [];

  constructor(host: Host, operation: CrashOperation) {
    this.host = host;
    this.operation = operation;
    this.missed = new Tally(host.nodes.missed, operation.nodes);
  }

  begin(): void {
    const { host, operation, writes } = this;
    this.stopped = operation.nodes.filter((node) => host.nodes.up[node] === 1);
    for (const node of this.stopped) {
      const { lost, torn } = host.crash(node, operation.disk);
      writes.lost += lost;
      writes.torn += torn;
    }
    this.missed.begin();
  }

  heal(): void {
    this.missed.end();
    for (const node of this.stopped) this.host.start(node);
  }

  get bites(): number {
    const { lost, torn } = this.writes;
    switch (this.operation.disk) {
      case "torn":
        return torn;
      case "lost":
        return lost;
      case "kept":
        return this.stopped.length === 0 ? 0 : lost + this.missed.count;
    }
  }
}
