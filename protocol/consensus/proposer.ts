import type { DelegateId } from "../core/ids.ts";

/**
 * The order in which members propose at one height (C3): those neither proposed nor passed over in this iteration first, then
 * the rest, each group by priority.
 *
 * @param members by priority
 * @param marks for each seat, whether it proposed or was passed over; only final headers set marks
 */
export function proposerOrder(members: readonly DelegateId[], marks: readonly boolean[]): DelegateId[] {
  return [...members.filter((_, seat) => marks[seat] !== true), ...members.filter((_, seat) => marks[seat] === true)];
}

/**
 * The marks after a final block: its proposer and all who were passed over before it; cleared once all are set.
 *
 * @param originalView the view of the final header
 */
export function marksAfter(
  members: readonly DelegateId[],
  marks: readonly boolean[],
  originalView: number,
): readonly boolean[] {
  const reached = new Set(proposerOrder(members, marks).slice(0, originalView + 1));
  const next = members.map((id, seat) => marks[seat] === true || reached.has(id));
  return next.every(Boolean) ? next.map(() => false) : next;
}
