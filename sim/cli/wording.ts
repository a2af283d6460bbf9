import type { Budget } from "../scenario/index.ts";

/** @returns digits in groups of three, with narrow spaces */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/gu, "\u202f");
}

/** @returns seconds as a reader wants them: 3.2 s, 4 min 5 s, 2 h 3 min */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** @returns what a run will take, no more precise than an estimate is */
export function budgetText({ memoryBytes, cpuSeconds }: Budget): string {
  const memory = Math.round(memoryBytes / 2 ** 20);
  return `budget: about ${Number(memory.toPrecision(2))} MiB of memory at the most, about ${duration(Number(cpuSeconds.toPrecision(1)))} of one core`;
}

/** @returns a figure, or a dash where there were no samples */
export function seconds(value: number | null): string {
  return value === null ? "–" : `${Number(value.toFixed(3))} s`;
}

/** @returns a share with three digits that count: 0.123 %, 45.6 % */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** @returns energy in the unit that suits it */
export function energy(value: number): string {
  if (value < 1) return `${Number((1000 * value).toPrecision(3))} mJ`;
  return value < 1000 ? `${Number(value.toPrecision(3))} J` : `${Number((value / 1000).toPrecision(3))} kJ`;
}

type Style = "good" | "bad" | "doubtful" | "faint" | "strong";
const CODES: Readonly<Record<Style, number>> = { good: 32, bad: 31, doubtful: 33, faint: 2, strong: 1 };

/** @returns what colours text, or leaves it alone on a pipe and under NO_COLOR */
export function painter(stream: NodeJS.WriteStream): (style: Style, text: string) => string {
  const colours = stream.isTTY && (process.env.NO_COLOR ?? "") === "";
  return (style, text) => (colours ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);
}
