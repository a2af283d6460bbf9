import { Proposal } from "../../protocol/consensus/messages.ts";
import { NewView } from "../../protocol/consensus/view-change.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { ChainFigures, type FirstFinal } from "./chain-figures.ts";
import { type ChainPlan, membersOf } from "./chain-plan.ts";
import type { CommitteeFigures } from "./committee-figures.ts";
import { MetricRows } from "./metric-rows.ts";

/** Takes the figures of every chain from what the nodes that hold it do. */
export class RunFigures implements Watcher {
  /** By place in the plans, the rootchain first. */
  readonly chains: readonly ChainFigures[];
  /** Of all chains, in order of time. */
  readonly metrics = new MetricRows();
  readonly #byName: ReadonlyMap<string, ChainFigures>;
  readonly #byNode: (ChainFigures | undefined)[] = [];
  readonly #isHonest: (node: number) => boolean;

  /**
   * @param hooks.isByzantine of a seat of a chain
   * @param hooks.onFinal told once for each block of a chain, when the first honest node holds it final
   */
  constructor(
    plans: readonly ChainPlan[],
    hooks: {
      isHonest: (node: number) => boolean;
      isByzantine: (plan: ChainPlan, seat: number) => boolean;
      onFinal: (plan: ChainPlan, final: FirstFinal) => void;
    },
  ) {
    const { isHonest, isByzantine, onFinal } = hooks;
    this.#isHonest = isHonest;
    this.chains = plans.map((plan) => {
      const figures = new ChainFigures(plan.name, this.metrics, {
        onFinal: (final) => onFinal(plan, final),
        isByzantine: (id) => isByzantine(plan, id),
      });
      for (const node of membersOf(plan)) this.#byNode[node] = figures;
      return figures;
    });
    this.#byName = new Map(plans.map(({ name }, place) => [name, this.chains[place] as ChainFigures]));
  }

  onEmit(node: number, atUs: number, message: Message | null): void {
    if (!(message instanceof Proposal || message instanceof NewView)) return;
    this.#byNode[node]?.proposed(message.block.hash, atUs);
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    const figures = this.#byNode[node];
    if (figures === undefined || !this.#isHonest(node)) return;
    if (observation.kind === "finalized") figures.finalized(node, atUs, observation);
    else if (observation.kind === "view") figures.viewChanges++;
    else if (observation.kind === "evidence") figures.culprits.add(observation.culprit);
  }

  /** @returns the height of a chain's highest final block; 0 for a name that is no chain's */
  heightOf(name: string): number {
    return this.#byName.get(name)?.height ?? 0;
  }

  /** @returns what the lot gave on a chain */
  committeesOf(name: string): CommitteeFigures {
    return (this.#byName.get(name) as ChainFigures).committees;
  }

  /** Height of the highest final block of any chain. */
  get blocks(): number {
    return this.chains.reduce((sum, { height }) => Math.max(sum, height), 0);
  }
}
