/** What decides which of too many recorded headers makes room. */
export interface MilestoneRule {
  /** So many of the latest always stay: proofs that are being made start from them. */
  readonly recent: number;
  /** What is further back from the latest than this is no base for a proof any more, in the marks' own measure. */
  readonly reach: number;
}

/**
 * The header that makes room for a new one. The latest stay as they are; of those behind them the one goes whose neighbours
 * are closest together for their age, so that a few of them reach far back, and what happened long ago can still be proven by
 * a way from just below it.
 *
 * @param marks of all headers, times or heights, the latest first, falling; at least two of them
 * @returns the place of the one that goes
 */
export function placeToDrop(marks: readonly number[], { recent, reach }: MilestoneRule): number {
  const oldest = marks.length - 1;
  const latest = marks[0] as number;
  if (latest - (marks[oldest] as number) > reach) return oldest;
  let [place, least] = [oldest, Number.POSITIVE_INFINITY];
  for (let each = Math.max(1, recent); each < oldest; each++) {
    const [later, earlier] = [marks[each - 1] as number, marks[each + 1] as number];
    const closeness = (later - earlier) / (1 + latest - earlier);
    if (closeness >= least) continue;
    place = each;
    least = closeness;
  }
  return place;
}
