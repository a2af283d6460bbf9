import { type ScaleLinear, type Selection, scaleLinear, symbol, symbolCircle, symbolDiamond, symbolStar } from "d3";
import { type BrokenAxis, brokenAxis } from "../model/broken-axis.ts";
import type { HeightStory, SeatStory } from "../model/height-story.ts";
import { durationText } from "../model/wording.ts";

type Root = Selection<SVGSVGElement, unknown, null, undefined>;

const ROW = 19;
const TOP = 22;
const NAMES = 112;
const RIGHT = 26;
/** What is left of a long quiet time. */
const GAP = 46;

const glyph = {
  proposed: symbol(symbolStar, 52)() ?? "",
  prepared: symbol(symbolDiamond, 40)() ?? "",
  final: symbol(symbolCircle, 38)() ?? "",
};

/** Moments of a story that are drawn, so that time begins with the first of them. */
function moments(story: HeightStory): readonly number[] {
  return story.seats.flatMap((seat) => [
    ...seat.views.map(({ atUs }) => atUs),
    ...seat.prepared.map(({ atUs }) => atUs),
    ...(seat.finalUs === null ? [] : [seat.finalUs]),
  ]);
}

function drawSeat(row: Selection<SVGGElement, SeatStory, SVGSVGElement, unknown>, x: (timeUs: number) => number): void {
  const place = (timeUs: number) => `translate(${x(timeUs)},0)`;
  row
    .selectAll(".vote-view")
    .data((seat) => seat.views)
    .join("g")
    .attr("class", (entry) => (entry.view > 0 ? "vote-view later" : "vote-view"))
    .attr("transform", (entry) => place(entry.atUs))
    .call((views) => views.append("line").attr("y1", -6).attr("y2", 6))
    .call((views) =>
      views
        .filter((entry) => entry.view > 0)
        .append("text")
        .attr("x", 3)
        .attr("y", -1)
        .text((entry) => `v${entry.view}`),
    );
  row
    .selectAll(".vote-prepared")
    .data((seat) => seat.prepared)
    .join("path")
    .attr("class", "vote-prepared")
    .attr("d", glyph.prepared)
    .attr("transform", (entry) => place(entry.atUs));
  row
    .filter((seat) => seat.finalUs !== null)
    .append("path")
    .attr("class", (seat) => `vote-final ${seat.finalBy}`)
    .attr("d", glyph.final)
    .attr("transform", (seat) => place(seat.finalUs ?? 0));
}

function drawNames(
  row: Selection<SVGGElement, SeatStory, SVGSVGElement, unknown>,
  names: readonly string[],
  width: number,
) {
  row
    .append("rect")
    .attr("class", "vote-row")
    .attr("x", 0)
    .attr("y", -ROW / 2)
    .attr("width", width)
    .attr("height", ROW);
  row
    .filter((seat) => seat.proposed)
    .append("path")
    .attr("class", "vote-proposed")
    .attr("d", glyph.proposed)
    .attr("transform", "translate(8,0)");
  row
    .append("text")
    .attr("class", "vote-name")
    .attr("x", 18)
    .attr("dy", "0.32em")
    .text((seat) => (names[seat.node] ?? `node ${seat.node}`).slice(0, 15));
  row
    .filter((seat) => seat.committed)
    .append("text")
    .attr("class", "vote-committed")
    .attr("x", width - 8)
    .attr("text-anchor", "end")
    .attr("dy", "0.35em")
    .text("✓");
}

/** Labels the axis with the time since the first moment, and shows where quiet time is left out. */
function drawAxis(root: Root, axis: BrokenAxis, x: ScaleLinear<number, number>, height: number): void {
  const first = axis.times[0] ?? 0;
  const spanUs = (axis.times.at(-1) ?? first) - first;
  const even = scaleLinear([0, spanUs], [0, 1]).ticks(3);
  const labelled = axis.marks.length > 0 ? axis.marks : even.map((sinceUs) => first + sinceUs);
  for (const timeUs of labelled) {
    const tick = root
      .append("g")
      .attr("class", "vote-tick")
      .attr("transform", `translate(${x(timeUs)},0)`);
    tick
      .append("line")
      .attr("y1", TOP - 6)
      .attr("y2", height);
    tick
      .append("text")
      .attr("y", 10)
      .attr("text-anchor", "middle")
      .text(`+${durationText(timeUs - first)}`);
  }
  for (const place of axis.breaks) {
    root
      .append("line")
      .attr("class", "vote-break")
      .attr("x1", place)
      .attr("x2", place)
      .attr("y1", TOP - 6)
      .attr("y2", height);
  }
}

/** Draws each member's part in a height as a row: views entered, prepared, final, and whether its commit vote is in. */
export function drawVotes(
  root: Root,
  story: HeightStory,
  { names, width, select }: { names: readonly string[]; width: number; select: (node: number) => void },
): void {
  const height = TOP + story.seats.length * ROW + 4;
  const all = moments(story);
  const axis = brokenAxis(all.length === 0 ? [story.fromUs, story.toUs] : all, [NAMES + 8, width - RIGHT], GAP);
  const x = scaleLinear(axis.times, axis.places);
  root.selectAll("*").remove();
  root.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
  drawAxis(root, axis, x, height);
  const rows = root
    .selectAll<SVGGElement, SeatStory>(".vote-seat")
    .data(story.seats)
    .join("g")
    .attr("class", "vote-seat")
    .attr("transform", (_, i) => `translate(0,${TOP + (i + 0.5) * ROW})`)
    .on("click", (_, seat) => select(seat.node));
  drawNames(rows, names, width);
  drawSeat(rows, x);
}
