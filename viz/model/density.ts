import type { Places } from "./arrangement.ts";
import { type NodeStatus, STATUSES } from "./node-status.ts";

/** Nodes too close together to be told apart. */
export interface Bin {
  /** In the middle of its nodes. */
  readonly x: number;
  readonly y: number;
  readonly count: number;
  /** Status of most of them; at equal numbers the one named first. */
  readonly status: NodeStatus;
  /** Of them, such as are down or have an empty battery. */
  readonly failed: number;
}

/** Cells to each side of the first column; pictures are smaller. */
const COLUMNS = 65_536;

interface Cell {
  x: number;
  y: number;
  count: number;
  readonly of: number[];
}

/** Gathers nodes in square cells. @param cell side in pixels @returns a bin for each cell with nodes, those with most first */
export function binsOf(
  nodes: readonly number[],
  { x, y }: Pick<Places, "x" | "y">,
  cell: number,
  statusOf: (node: number) => NodeStatus,
): Bin[] {
  const cells = new Map<number, Cell>();
  for (const node of nodes) {
    const [atX, atY] = [x[node] as number, y[node] as number];
    const key = Math.floor(atY / cell) * COLUMNS + Math.floor(atX / cell);
    let found = cells.get(key);
    if (found === undefined) {
      found = { x: 0, y: 0, count: 0, of: STATUSES.map(() => 0) };
      cells.set(key, found);
    }
    found.x += atX;
    found.y += atY;
    found.count++;
    const status = STATUSES.indexOf(statusOf(node));
    found.of[status] = (found.of[status] as number) + 1;
  }
  const count = (of: readonly number[], status: NodeStatus) => of[STATUSES.indexOf(status)] as number;
  return [...cells.values()]
    .map((each) => ({
      x: each.x / each.count,
      y: each.y / each.count,
      count: each.count,
      status: STATUSES[each.of.indexOf(Math.max(...each.of))] as NodeStatus,
      failed: count(each.of, "down") + count(each.of, "empty"),
    }))
    .sort((a, b) => b.count - a.count);
}
