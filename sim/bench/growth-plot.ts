import path from "node:path";
import { writeWhole } from "../platform/node/run-folder.ts";

/** Figures of several sizes, to be drawn on two logarithmic axes, where a power law is a straight line. */
export interface Growth {
  readonly title: string;
  /** What is along each axis, with its unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  /** All above 0, of one length, sizes ascending. */
  readonly sizes: readonly number[];
  readonly values: readonly number[];
  /** Exponent of the line that the figures are held against. */
  readonly target: number;
  /** Whether the figures have to stay above that line, or below it. */
  readonly higherIsBetter: boolean;
}

/** @returns the slope of log(values) over log(sizes), by least squares */
export function exponentOf(sizes: readonly number[], values: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), values.map(Math.log)];
  const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = mean(x.map((each, at) => (each - meanX) * ((y[at] as number) - meanY)));
  return covariance / mean(x.map((each) => (each - meanX) ** 2));
}

const WIDTH = 640;
const HEIGHT = 440;
const LEFT = 80;
const RIGHT = 24;
const TOP = 64;
const BOTTOM = 56;

/** A logarithmic axis: what its ends are, and where a value lies on the page. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** @param from where the low end is on the page @param to where the high one is */
function axisOver(values: readonly number[], from: number, to: number): Axis {
  const [low, high] = [Math.min(...values) / 1.25, Math.max(...values) * 1.25];
  const at = (value: number) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
  return { low, high, at };
}

/** More labels than these would touch each other. */
const MAX_TICKS = 9;

/** @returns round values within an axis: powers of ten, and where there is room their doubles and halves */
function ticksOf({ low, high }: Axis): number[] {
  const decades = Array.from({ length: 31 }, (_, index) => Number(`1e${index - 15}`));
  const within = (factors: readonly number[]) =>
    decades.flatMap((decade) => factors.map((factor) => factor * decade)).filter((tick) => tick >= low && tick <= high);
  const [dense, sparse] = [within([1, 2, 5]), within([1])];
  return dense.length <= MAX_TICKS ? dense : sparse;
}

/** @returns 1 200 000 as 1.2 M */
function tickText(value: number): string {
  const [scale, letter] = value >= 1e6 ? [1e6, " M"] : value >= 1e4 ? [1e3, " k"] : [1, ""];
  return `${Number((value / scale).toPrecision(3))}${letter}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function textAt(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes}>${escapeText(content)}</text>`;
}

function lineOf(points: readonly (readonly [x: number, y: number])[], style: string): string {
  const path = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
  return `<path d="${path}" fill="none" ${style}/>`;
}

/** Both axes, and where a figure of a size lies between them. */
interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly place: (size: number, value: number) => readonly [x: number, y: number];
}

function gridOf({ x, y }: Frame): string[] {
  const style = 'stroke="#ddd"';
  const below = HEIGHT - BOTTOM;
  return [
    ...ticksOf(x).flatMap((tick) => [
      lineOf(
        [
          [x.at(tick), TOP],
          [x.at(tick), below],
        ],
        style,
      ),
      textAt(x.at(tick), below + 18, tickText(tick), ' text-anchor="middle"'),
    ]),
    ...ticksOf(y).flatMap((tick) => [
      lineOf(
        [
          [LEFT, y.at(tick)],
          [WIDTH - RIGHT, y.at(tick)],
        ],
        style,
      ),
      textAt(LEFT - 8, y.at(tick) + 4, tickText(tick), ' text-anchor="end"'),
    ]),
    `<rect x="${LEFT}" y="${TOP}" width="${WIDTH - RIGHT - LEFT}" height="${below - TOP}" fill="none" stroke="#888"/>`,
  ];
}

const MEASURED = 'stroke="#1f5fa8" stroke-width="1.5"';
const TARGET = 'stroke="#c0392b" stroke-width="1.5" stroke-dasharray="6 4"';

function headingOf({ title, xLabel, yLabel, target, higherIsBetter }: Growth, slope: number): string[] {
  const middleY = (TOP + HEIGHT - BOTTOM) / 2;
  const word = higherIsBetter ? "at least" : "at most";
  return [
    `<title>${escapeText(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    textAt(LEFT, 22, title, ' font-size="15" font-weight="bold"'),
    lineOf(
      [
        [LEFT, 40],
        [LEFT + 24, 40],
      ],
      MEASURED,
    ),
    textAt(LEFT + 30, 44, `measured: exponent ${slope.toFixed(2)}`),
    lineOf(
      [
        [LEFT + 210, 40],
        [LEFT + 234, 40],
      ],
      TARGET,
    ),
    textAt(LEFT + 240, 44, `target: ${word} ${target}, from the first point`),
    textAt((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, xLabel, ' text-anchor="middle"'),
    textAt(20, middleY, yLabel, ` text-anchor="middle" transform="rotate(-90 20 ${middleY})"`),
  ];
}

/**
 * Draws growth as an SVG document that needs nothing beside it: points, their least-squares power law, and the line of the
 * target's exponent through the first point.
 */
export function growthPlot(growth: Growth): string {
  const { sizes, values, target } = growth;
  const [firstSize, lastSize] = [sizes[0] as number, sizes.at(-1) as number];
  const slope = exponentOf(sizes, values);
  const logs = values.map((value, at) => Math.log(value) - slope * Math.log(sizes[at] as number));
  const fitted = (size: number) => Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length) * size ** slope;
  const bound = (size: number) => (values[0] as number) * (size / firstSize) ** target;
  const x = axisOver(sizes, LEFT, WIDTH - RIGHT);
  const y = axisOver([...values, bound(lastSize), fitted(firstSize), fitted(lastSize)], HEIGHT - BOTTOM, TOP);
  const frame: Frame = { x, y, place: (size, value) => [x.at(size), y.at(value)] };
  const straight = (of: (size: number) => number, style: string) =>
    lineOf([frame.place(firstSize, of(firstSize)), frame.place(lastSize, of(lastSize))], style);
  const points = values.map((value, at) => {
    const [cx, cy] = frame.place(sizes[at] as number, value);
    return `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="4" fill="#1f5fa8"><title>${sizes[at]}: ${value}</title></circle>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222" role="img">`,
    ...headingOf(growth, slope),
    ...gridOf(frame),
    straight(bound, TARGET),
    straight(fitted, MEASURED),
    ...points,
    "</svg>\n",
  ].join("\n");
}

/** Draws growth into a file under results/. @returns the file, as a reader is told it */
export function leavePlot(name: string, growth: Growth): string {
  const file = path.join("results", "bench", `${name}.svg`);
  writeWhole(file, growthPlot(growth));
  return file;
}
