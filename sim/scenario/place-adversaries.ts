import type { Adversary, NodeSelection, Scenario } from "./scenario.ts";
import { stakeBudgetOf } from "./stakes.ts";

/** What a placement is decided from. */
export interface PlacementWorld {
  readonly scenario: Scenario;
  /** Opens the random stream of a label. @returns a whole number 0 … below − 1 */
  readonly drawFor: (label: string) => (below: number) => number;
  /** @returns the neighbours of a node in the gossip mesh */
  readonly neighboursOf: (node: number) => readonly number[];
}

/**
 * The stream of an adversary follows from its name alone, so that taking one out shifts no other's draws. Names that end as the
 * first one's does by default share the stream that once was everybody's, each from its beginning.
 */
function labelOf({ name }: Adversary): string {
  return name.endsWith("-1") ? "adversaries" : `adversary/${name}`;
}

/** @returns the nodes in random order (Fisher and Yates); taking all of them draws nothing */
function shuffled(nodes: readonly number[], count: number, below: (bound: number) => number): number[] {
  const order = [...nodes];
  if (count >= order.length) return order;
  for (let index = 0; index < order.length - 1; index++) {
    const other = index + below(order.length - index);
    [order[index], order[other]] = [order[other] as number, order[index] as number];
  }
  return order;
}

/** Takes nodes in the order of its choice, as far as its budget reaches. */
class Placer {
  readonly #world: PlacementWorld;
  readonly #stakes: readonly bigint[];
  readonly #taken = new Set<number>();

  constructor(world: PlacementWorld) {
    this.#world = world;
    this.#stakes = world.scenario.rootchain.stakes.map(BigInt);
  }

  place(adversary: Adversary): number[] {
    const below = this.#world.drawFor(labelOf(adversary));
    const picked: number[] = [];
    let left = this.#budgetOf(adversary);
    for (const selection of adversary.nodes) {
      const count = selection.count === "rest" ? Number.POSITIVE_INFINITY : selection.count;
      let wanted = count;
      for (const node of this.#order(adversary, selection, count, below)) {
        if (wanted === 0 || this.#taken.has(node) || node === adversary.victim) continue;
        const stake = this.#stakes[node] ?? 0n;
        if (left !== null && stake > left) continue;
        if (left !== null) left -= stake;
        wanted--;
        picked.push(node);
      }
    }
    for (const node of picked) this.#taken.add(node);
    return picked.toSorted((a, b) => a - b);
  }

  /** An adaptive adversary's budget is for those that it holds at one time, not for all that it may choose from. */
  #budgetOf({ stake, placement }: Adversary): bigint | null {
    if (stake === undefined || placement === "adaptive") return null;
    return stakeBudgetOf(this.#world.scenario.rootchain.stakes, stake);
  }

  #order(
    { placement, victim, stake }: Adversary,
    selection: NodeSelection,
    count: number,
    below: (n: number) => number,
  ) {
    const { first, last } = selection;
    const all = Array.from({ length: last - first + 1 }, (_, place) => first + place);
    const stakeOf = (node: number) => this.#stakes[node] ?? 0n;
    const byStake = (a: number, b: number) => (stakeOf(a) === stakeOf(b) ? a - b : stakeOf(a) < stakeOf(b) ? -1 : 1);
    switch (placement) {
      case "richest":
        return all.toSorted((a, b) => byStake(b, a));
      case "poorest":
        return all.toSorted(byStake);
      case "around": {
        const near = new Set(this.#world.neighboursOf(victim ?? -1));
        return all.filter((node) => near.has(node));
      }
      case "adaptive":
        return all;
      default:
        // Who has too much stake makes room for whoever is next, so that the order is needed even where all are wanted.
        return shuffled(all, stake === undefined ? count : 0, below);
    }
  }
}

/** Picks the nodes of every adversary. @returns node numbers of each, ascending; none where a budget or a mesh has no room */
export function placeAdversaries(world: PlacementWorld): number[][] {
  const placer = new Placer(world);
  return world.scenario.adversaries.map((adversary) => placer.place(adversary));
}
