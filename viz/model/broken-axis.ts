/** A gap longer than this part of all time shown is drawn shortened. */
const LONG_GAP = 0.25;

/** Times to places, piece by piece: corresponding points of a polyline. */
export interface BrokenAxis {
  readonly times: readonly number[];
  readonly places: readonly number[];
  /** Where quiet time was left out. */
  readonly breaks: readonly number[];
  /** Moments worth a label: the beginning of each stretch that is drawn to scale. */
  readonly marks: readonly number[];
}

/**
 * Lays moments out on an axis so that a long quiet time (a time-out, say) does not squeeze what took place before and after it.
 *
 * @param moments at least one, in any order
 * @param gapWidth what a shortened gap keeps of the axis
 */
export function brokenAxis(
  moments: readonly number[],
  [start, end]: readonly [number, number],
  gapWidth: number,
): BrokenAxis {
  const times = [...new Set(moments)].sort((a, b) => a - b);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  const isLong = (gap: number) => gap > LONG_GAP * span;
  const busy = gaps.reduce((sum, gap) => sum + (isLong(gap) ? 0 : gap), 0);
  // Without anything busy there is nothing to make room for.
  if (busy === 0)
    return {
      times: [times[0] ?? 0, (times[0] ?? 0) + Math.max(1, span)],
      places: [start, end],
      breaks: [],
      marks: times,
    };
  const room = end - start - gapWidth * gaps.filter(isLong).length;
  const places = [start];
  const breaks: number[] = [];
  const marks = [times[0] as number];
  gaps.forEach((gap, i) => {
    const before = places[i] as number;
    places.push(before + (isLong(gap) ? gapWidth : (gap / busy) * room));
    if (!isLong(gap)) return;
    breaks.push(before + gapWidth / 2);
    marks.push(times[i + 1] as number);
  });
  return { times, places, breaks, marks: marks.length > 1 ? marks : [] };
}
