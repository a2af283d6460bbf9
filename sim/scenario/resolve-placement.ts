import type { GivenAdversary, GivenScenario } from "./definition.ts";
import { type NodeRange, type Role, rolesOf } from "./numbering.ts";
import type { Problems } from "./problems.ts";
import type { Adversary, NodeGroup } from "./scenario.ts";
import type { NodeResolver } from "./selectors.ts";
import type { Placed, Position } from "./source.ts";
import { stakeBudgetOf, totalOf } from "./stakes.ts";
import { STRATEGIES, type StrategyDefinition } from "./strategies.ts";

/** Roles of nodes that gossip with nobody. */
const MESHLESS: ReadonlySet<Role> = new Set(["relayers", "light-clients", "gateways", "devices"]);

/** Turns what the file says of an adversary's budget, placement and victim into numbers, reporting what cannot be. */
export class PlacementResolver {
  readonly #nodes: NodeResolver;
  readonly #problems: Problems;

  constructor(nodes: NodeResolver, problems: Problems) {
    this.#nodes = nodes;
    this.#problems = problems;
  }

  /** @returns the adversary with the rest of its keys, or undefined when one of them is wrong */
  refine(adversary: Adversary, given: GivenAdversary, at: Position): Adversary | undefined {
    const { stake } = given;
    const placement = given.placement?.value ?? "random";
    const victim = this.#victim(adversary, given, at);
    if (victim === undefined) return undefined;
    const where = given.placement?.at ?? stake?.at ?? at;
    if (stake?.value === 0) return this.#refuse(stake.at, "a budget of nothing", "a share above 0 %");
    const byStake = stake !== undefined || placement === "richest" || placement === "poorest";
    if ((byStake || placement === "adaptive") && !this.#areCandidates(adversary.nodes)) {
      return this.#refuse(where, "only candidates of the rootchain have a stake or a seat", "delegates or standby");
    }
    if (placement === "around" && victim === null) return this.#refuse(where, "around whom?", "victim: a node");
    const refined = {
      ...adversary,
      ...(placement === "random" ? {} : { placement }),
      ...(stake === undefined ? {} : { stake: stake.value }),
      ...(victim === null ? {} : { victim }),
    };
    return placement === "adaptive" ? this.#roaming(refined, where) : refined;
  }

  /** It may choose from the whole range: nobody else may have part of it. */
  #roaming(adversary: Adversary, at: Position): Adversary | undefined {
    const [range, other] = adversary.nodes;
    if (range === undefined || other !== undefined || range.count === "rest") {
      return this.#refuse(at, "an adaptive adversary of several groups", "one group, and a count of it");
    }
    const pool = { ...range, count: range.last - range.first + 1 };
    return { ...adversary, nodes: [pool], atOnce: range.count };
  }

  #victim(
    { strategy, nodes }: Adversary,
    { victim, placement }: GivenAdversary,
    at: Position,
  ): number | null | undefined {
    const { victim: need }: StrategyDefinition = STRATEGIES[strategy];
    if (victim === undefined) {
      return need === "needed"
        ? this.#refuse(at, `${strategy} of nobody`, "victim: a node such as full-nodes 0")
        : null;
    }
    if (need === undefined && placement?.value !== "around")
      return this.#refuse(victim.at, `${strategy} has no victim`, "no victim");
    if (victim.value.kind === "rest") return this.#refuse(victim.at, "rest has a meaning in partitions only", "a node");
    const group = this.#nodes.group([victim]);
    const [one, more] = group ?? [];
    if (group === undefined || one === undefined) return undefined;
    if (more !== undefined || one.first !== one.last) {
      return this.#refuse(victim.at, "more than one victim", "one node, such as full-nodes 0");
    }
    const whole = nodes.find(
      ({ first, last, count }) => count === last - first + 1 && covers({ first, count }, one.first),
    );
    if (whole !== undefined) return this.#refuse(victim.at, "the victim is one of its own", "another node");
    return this.#isNeighbour(one.first, nodes, victim.at) ? one.first : undefined;
  }

  /** @returns whether a node is in a gossip mesh, and some of the others are in the same one */
  #isNeighbour(victim: number, nodes: NodeGroup, at: Position): boolean {
    const meshes = rolesOf(this.#nodes.nodes).filter(({ role }) => !MESHLESS.has(role));
    const own = meshes.find((range) => covers(range, victim));
    if (own === undefined) {
      this.#refuse(at, "the victim is in no gossip mesh", "a delegate, an operator or a full node");
      return false;
    }
    const near = meshes.filter(({ group }) => group === own.group);
    const isNear = nodes.some(({ first, last }) =>
      near.some((range) => range.count > 0 && range.first <= last && first < range.first + range.count),
    );
    if (!isNear)
      this.#refuse(at, `the victim is in the gossip mesh of ${own.group}, and none of the nodes is`, "a neighbour");
    return isNear;
  }

  #areCandidates(nodes: NodeGroup): boolean {
    const { delegates, standby } = this.#nodes.nodes;
    return nodes.every(({ last }) => last < delegates.count + standby.count);
  }

  #refuse(at: Position, message: string, expected: string): undefined {
    this.#problems.add({ at, message, expected });
  }
}

function covers({ first, count }: NodeRange, node: number): boolean {
  return first <= node && node < first + count;
}

/** A budget that no node fits into is a mistake. */
export function checkStakes(
  adversaries: readonly (Adversary | undefined)[],
  given: GivenScenario,
  { stakes, problems }: { stakes: readonly string[]; problems: Problems },
): void {
  for (const [index, adversary] of adversaries.entries()) {
    const stake: Placed<number> | undefined = given.adversaries?.value[index]?.value.stake;
    if (adversary === undefined || stake === undefined) continue;
    const budget = stakeBudgetOf(stakes, stake.value);
    const fits = adversary.nodes.some(({ first, last }) =>
      stakes.slice(first, last + 1).some((each) => BigInt(each) <= budget),
    );
    if (fits) continue;
    const least = stakes.reduce((least, each) => (BigInt(each) < least ? BigInt(each) : least), totalOf(stakes));
    const percent = Number((least * 10_000n) / totalOf(stakes)) / 100;
    problems.add({ at: stake.at, message: "no node has so little stake", expected: `at least ${percent} %` });
  }
}
