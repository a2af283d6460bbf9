import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { IsolateOperation } from "./operations.ts";

/** Bites by copies that the isolated nodes neither send nor get. */
export class IsolateEffect extends NetworkEffect {
  private readonly nodes: ReadonlySet<number> | null;
  /** Who is cut off; the leader is found when it begins. */
  private isolated: ReadonlySet<number> = new Set();

  constructor(setting: Setting, { nodes }: IsolateOperation) {
    super(setting);
    this.nodes = nodes === null ? null : new Set(nodes);
  }

  override begin(): void {
    const leader = this.nodes === null ? this.setting.leader() : null;
    this.isolated = this.nodes ?? new Set(leader === null ? [] : [leader]);
    super.begin();
  }

  meet(_copy: Copy, src: number, dst: number): Outcome {
    if (!this.isolated.has(src) && !this.isolated.has(dst)) return Outcome.delivered;
    this.bites++;
    return Outcome.cutOff;
  }
}
