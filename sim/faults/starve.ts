import { absorb, finish } from "../kernel/random.ts";
import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { StarveOperation } from "./operations.ts";

const NS_PER_US = 1000;

/** Other programs take a node's processor in bursts, one a period at a random moment. Bites by bursts that met a node that was up. */
export class StarveEffect extends NodeEffect {
  bites = 0;
  private readonly periodUs: number;
  private readonly burstUs: number;
  private period = 0;

  constructor(setting: Setting, { nodes, periodUs, share }: StarveOperation) {
    super(setting, nodes);
    this.periodUs = periodUs;
    this.burstUs = Math.round(periodUs * share);
  }

  protected strike(node: number): void {
    this.askBurst(node);
  }

  protected cure(): void {
    // A burst under way ends by itself; the next tick finds the node cured.
  }

  tick(node: number): void {
    const { host } = this.setting;
    if (!this.ailing.has(node)) return;
    if (host.nodes.up[node] === 1) {
      host.processors.stall(node, (host.kernel.nowUs + this.burstUs) * NS_PER_US);
      this.bites++;
    }
    this.askBurst(node);
  }

  /** The next burst of a node: one period on, give or take what is not burst. */
  private askBurst(node: number): void {
    const { key, host, tickAt } = this.setting;
    const slackUs = this.periodUs - this.burstUs;
    const draw = finish(absorb(absorb(key, node), this.period++));
    tickAt(host.kernel.nowUs + this.burstUs + 1 + (slackUs === 0 ? 0 : draw % (2 * slackUs)), node);
  }
}
