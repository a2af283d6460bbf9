import type { ScaleLinear, Selection } from "d3";
import type { FaultSpan } from "../model/run-history.ts";
import { clockText } from "../model/wording.ts";

type Group = Selection<SVGGElement, unknown, null, undefined>;

const NARROWEST = 2;
/** Below the name of what the chain took in, which stands at the left end. */
const LABEL_Y = 29;
/** Room a letter of a label takes, in pixels. */
const LETTER = 6.2;

/** Shades the time during which each fault was at work, with its name where there is room. */
export function drawFaults(
  group: Group,
  faults: readonly FaultSpan[],
  x: ScaleLinear<number, number>,
  height: number,
): void {
  const width = (span: FaultSpan) => Math.max(NARROWEST, x(span.toUs) - x(span.fromUs));
  const bands = group.selectAll("g").data(faults).join("g").attr("class", "fault");
  bands.selectAll("*").remove();
  bands
    .append("rect")
    .attr("x", (span) => x(span.fromUs))
    .attr("width", width)
    .attr("y", 0)
    .attr("height", height)
    .append("title")
    .text((span) => `${span.name}, ${clockText(span.fromUs)} to ${clockText(span.toUs)}`);
  bands
    .filter((span) => span.name.length * LETTER < width(span))
    .append("text")
    .attr("x", (span) => x(span.fromUs) + 5)
    .attr("y", LABEL_Y)
    .text((span) => span.name);
}
