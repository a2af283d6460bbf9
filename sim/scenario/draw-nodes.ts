import { assert } from "../../protocol/core/assert.ts";
import type { NodeGroup, NodeSelection } from "./scenario.ts";

/**
 * Picks the nodes of groups that share none: selections are served in order, each from what is left of its range, and "rest"
 * last of all.
 *
 * @param groups as a fault or all adversaries together give them
 * @param draw yields a whole number 0 … below − 1 from a stream of the run's seed
 * @returns node numbers of each group, ascending
 */
export function drawNodes(groups: readonly NodeGroup[], draw: (below: number) => number): number[][] {
  const taken = new Set<number>();
  const picked: number[][] = groups.map(() => []);
  const serve = (selection: NodeSelection, group: number): void => {
    const free = freeNodes(selection, taken);
    const count = selection.count === "rest" ? free.length : selection.count;
    assert(count <= free.length, "the loader lets no selection ask for more nodes than its range has left");
    for (const node of pick(free, count, draw)) {
      taken.add(node);
      picked[group]?.push(node);
    }
  };
  const inOrder = groups.flatMap((selections, group) => selections.map((selection) => ({ selection, group })));
  const isRest = ({ selection }: { selection: NodeSelection }) => selection.count === "rest";
  for (const { selection, group } of inOrder.filter((each) => !isRest(each))) serve(selection, group);
  for (const { selection, group } of inOrder.filter(isRest)) serve(selection, group);
  return picked.map((nodes) => nodes.toSorted((a, b) => a - b));
}

function freeNodes({ first, last }: NodeSelection, taken: ReadonlySet<number>): number[] {
  const free: number[] = [];
  for (let node = first; node <= last; node++) if (!taken.has(node)) free.push(node);
  return free;
}

/** A partial Fisher–Yates shuffle; taking everything draws nothing. */
function pick(nodes: number[], count: number, draw: (below: number) => number): number[] {
  if (count === nodes.length) return nodes;
  for (let index = 0; index < count; index++) {
    const other = index + draw(nodes.length - index);
    const [a, b] = [nodes[index], nodes[other]];
    assert(a !== undefined && b !== undefined, "draw stays below its bound");
    [nodes[index], nodes[other]] = [b, a];
  }
  return nodes.slice(0, count);
}
