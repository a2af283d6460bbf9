import { absorb, finish } from "../kernel/random.ts";
import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { ChurnOperation } from "./operations.ts";

/** Ticks of a departure; those of a return are node numbers. */
const DEPARTURE = -1;

/** One of the nodes leaves each period and comes back, with its disk, after a while. Bites by departures. */
export class ChurnEffect extends NodeEffect {
  bites = 0;
  private readonly operation: ChurnOperation;
  private turn = 0;
  private over = false;

  constructor(setting: Setting, operation: ChurnOperation) {
    super(setting, operation.nodes);
    this.operation = operation;
  }

  override begin(): void {
    this.setting.tickAt(this.setting.host.kernel.nowUs, DEPARTURE);
  }

  override heal(): void {
    this.over = true;
    super.heal();
  }

  /** Who is away then stays away. */
  tick(number: number): void {
    if (this.over || this.frozen) return;
    if (number === DEPARTURE) this.sendAway();
    else this.relieve(number);
  }

  protected strike(node: number): void {
    this.setting.host.crash(node, "kept");
    this.bites++;
  }

  protected cure(node: number): void {
    this.setting.host.start(node);
  }

  private sendAway(): void {
    const { host, key, tickAt } = this.setting;
    const { periodUs, awayUs } = this.operation;
    const node = this.nodes[finish(absorb(key, this.turn++)) % this.nodes.length] as number;
    if (host.nodes.isPowered(node)) {
      this.ail(node);
      tickAt(host.kernel.nowUs + awayUs, node);
    }
    tickAt(host.kernel.nowUs + periodUs, DEPARTURE);
  }
}
