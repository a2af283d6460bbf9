import type { Problems } from "./problems.ts";
import type { NodeGroup, NodeSelection } from "./scenario.ts";
import type { Placed } from "./source.ts";

/**
 * Groups that are drawn together must not compete for nodes: their ranges are equal or apart, and hold enough for all.
 *
 * @returns whether that is so; what is wrong is told at the first group that takes what another has
 */
export function areDisjoint(groups: readonly Placed<NodeGroup>[], problems: Problems): boolean {
  const earlier: NodeSelection[] = [];
  for (const { value, at } of groups) {
    for (const selection of value.filter(({ count }) => count !== "rest")) {
      earlier.push(selection);
      if (!competes(selection, earlier)) continue;
      const { first, last } = selection;
      problems.add({ at, message: `${nodes(first, last)} claimed more than once`, expected: "each node in one place" });
      return false;
    }
  }
  return true;
}

function nodes(first: number, last: number): string {
  return first === last ? `node ${first} is` : `nodes ${first} to ${last} are`;
}

/** @param all selections so far, this one among them */
function competes({ first, last }: NodeSelection, all: readonly NodeSelection[]): boolean {
  const touching = all.filter((other) => other.first <= last && first <= other.last);
  const wanted = touching.reduce((sum, { count }) => sum + Number(count), 0);
  const same = touching.every((other) => other.first === first && other.last === last);
  return touching.length > 1 && (!same || wanted > last - first + 1);
}

/** Groups that divide the network speak of every node, and of none twice. @param whole place of their list */
export function areAllNodes(
  groups: readonly Placed<NodeGroup>[],
  total: number,
  whole: Placed<unknown>,
  problems: Problems,
): boolean {
  if (!areDisjoint(groups, problems)) return false;
  const counts = groups.flatMap(({ value }) => value.map(({ count }) => count));
  const named = counts.reduce<number>((sum, count) => sum + (count === "rest" ? 0 : count), 0);
  const rests = counts.filter((count) => count === "rest").length;
  const left = total - named;
  const refuse = (message: string, expected: string): false => {
    problems.add({ at: whole.at, message, expected });
    return false;
  };
  if (rests > 1) return refuse("two groups take the rest", "rest once");
  if (rests === 1 && left === 0) return refuse("no node is left for the rest", "no rest");
  if (rests === 0 && left > 0)
    return refuse(`${left} of ${total} nodes are in no group`, "every node once; rest takes what is left");
  return true;
}
