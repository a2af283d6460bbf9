import { area, curveStepAfter, max, type ScaleLinear, type Selection } from "d3";
import { type Chain, transactionDensity } from "../model/chains.ts";
import { chainColour } from "./chain-colour.ts";

/** Width of one bar, in pixels, and the part of the height they fill. */
const BAR = 5;
const PART = 0.55;

/** Draws what one chain took in over the run: blocks and their transactions. */
export function drawChainCounts(
  group: Selection<SVGGElement, unknown, null, undefined>,
  chain: Chain,
  { x, untilUs, height }: { x: ScaleLinear<number, number>; untilUs: number; height: number },
): void {
  const buckets = Math.max(8, Math.floor((x(untilUs) - x(0)) / BAR));
  const counts = transactionDensity(chain, buckets, untilUs);
  const most = max(counts) || 1;
  const shape = area<number>()
    .x((_, bucket) => x((bucket / buckets) * untilUs))
    .y0(height)
    .y1((count) => height - (count / most) * height * PART)
    .curve(curveStepAfter);
  group.selectAll("*").remove();
  group
    .append("path")
    .style("fill", chainColour(chain.index))
    .attr("d", shape([...counts, 0]));
  group
    .append("text")
    .attr("x", x(0) + 6)
    .attr("y", 13)
    .text(`transactions of ${chain.name}`);
}
