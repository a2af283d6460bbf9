import { MODES, POWER_NAMES, type StateTable } from "../../sim/trace/reader.ts";

/** How a node is doing, for its colour and its name. */
export const STATUSES = ["member", "idle", "silent", "down", "asleep", "empty"] as const;
export type NodeStatus = (typeof STATUSES)[number];

/** What each status means, for legends. */
export const STATUS_MEANINGS: Readonly<Record<NodeStatus, string>> = {
  member: "in the committee",
  idle: "follows the chain",
  silent: "lost its disk, may not vote",
  down: "crashed",
  asleep: "a device asleep",
  empty: "a device whose battery is empty",
};

/** @returns the status of a node in a table of observed state */
export function statusOf(state: StateTable, node: number): NodeStatus {
  const power = POWER_NAMES[state.get(node, "up")] ?? "up";
  if (power !== "up") return power;
  return MODES[state.get(node, "mode")] ?? "idle";
}

/** @returns the highest final height that any of the nodes holds */
export function highestFinal(state: StateTable, nodes: readonly number[]): number {
  let highest = 0;
  for (const node of nodes) highest = Math.max(highest, state.get(node, "finalHeight"));
  return highest;
}

/**
 * The height that a node works on or waits for, and the view it has reached there. A trace tells when a node enters a later
 * view; until then it is in view 0 of the height above its last final one.
 */
export function workOf(state: StateTable, node: number): { readonly height: number; readonly view: number } {
  const next = state.get(node, "finalHeight") + 1;
  const entered = state.get(node, "height");
  return entered < next ? { height: next, view: 0 } : { height: entered, view: state.get(node, "view") };
}
