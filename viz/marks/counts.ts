import { area, curveStepAfter, max, type ScaleLinear, type Selection, scaleSqrt } from "d3";
import type { Overview } from "../../sim/trace/reader.ts";

type Group = Selection<SVGGElement, unknown, null, undefined>;

/** Draws the pyramid's counts over the run: messages, those dropped, and view changes as ticks. */
export function drawCounts(group: Group, overview: Overview, x: ScaleLinear<number, number>, height: number): void {
  const { sent, dropped, viewChanges } = overview.counts;
  const y = scaleSqrt([0, max(sent) || 1], [height, 4]);
  const shape = area<number>()
    .x((_, bucket) => x(bucket * overview.bucketUs))
    .y0(height)
    .y1((count) => y(count))
    .curve(curveStepAfter);
  group.selectAll("*").remove();
  group
    .append("path")
    .attr("class", "count-sent")
    .attr("d", shape([...sent, 0]));
  group
    .append("path")
    .attr("class", "count-dropped")
    .attr("d", shape([...dropped, 0]));
  const changes = [...viewChanges].flatMap((count, bucket) => (count > 0 ? [{ count, bucket }] : []));
  group
    .selectAll("line")
    .data(changes)
    .join("line")
    .attr("class", "count-view-change")
    .attr("x1", ({ bucket }) => x((bucket + 0.5) * overview.bucketUs))
    .attr("x2", ({ bucket }) => x((bucket + 0.5) * overview.bucketUs))
    .attr("y1", 0)
    .attr("y2", 7);
}
