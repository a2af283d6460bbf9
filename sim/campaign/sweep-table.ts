import type { Sweep } from "../scenario/index.ts";
import type { CheckRun } from "./check-run.ts";
import { studentQuantile95 } from "./student.ts";

/** A run of a sweep that ended in whichever way. */
export interface SweepRun extends CheckRun {
  /** Number of its cell, from 1. */
  readonly cell: number;
}

/** One figure of one cell, over its replications. */
export interface SweepFigure {
  readonly name: string;
  readonly unit: string;
  /** Replications that measured it. */
  readonly samples: number;
  readonly mean: number;
  /** Of the samples; null for a single one. */
  readonly deviation: number | null;
  /** Ends of the 95 % confidence interval of the mean, by Student's t; null for a single sample. */
  readonly low: number | null;
  readonly high: number | null;
}

/** What the runs of one cell came to. */
export interface SweepCellResult {
  readonly cell: number;
  readonly values: readonly string[];
  readonly runs: readonly SweepRun[];
  readonly figures: readonly SweepFigure[];
}

/** @returns mean, deviation and interval of samples, of which there is at least one */
export function estimate(samples: readonly number[]): Omit<SweepFigure, "name" | "unit"> {
  const count = samples.length;
  const mean = samples.reduce((sum, each) => sum + each, 0) / count;
  if (count < 2) return { samples: count, mean, deviation: null, low: null, high: null };
  const squares = samples.reduce((sum, each) => sum + (each - mean) * (each - mean), 0);
  const deviation = Math.sqrt(squares / (count - 1));
  const margin = (studentQuantile95(count - 1) * deviation) / Math.sqrt(count);
  return { samples: count, mean, deviation, low: mean - margin, high: mean + margin };
}

/** @returns the figures of all runs, in the order in which runs tell them, each over the runs that have it */
function figuresOf(runs: readonly SweepRun[]): SweepFigure[] {
  const byName = new Map<string, { unit: string; values: number[] }>();
  for (const { name, unit, value } of runs.flatMap(({ figures }) => figures)) {
    const found = byName.get(name) ?? { unit, values: [] };
    found.values.push(value);
    byName.set(name, found);
  }
  return [...byName].map(([name, { unit, values }]) => ({ name, unit, ...estimate(values) }));
}

/**
 * Gathers runs by cell, those of a cell in the order of its seeds, so that it does not matter in which order they ended. A run
 * that was lost has no figures.
 */
export function sweepResults(
  { cells, seeds }: Pick<Sweep, "cells" | "seeds">,
  runs: readonly SweepRun[],
): SweepCellResult[] {
  const place = new Map(seeds.map((seed, index) => [seed, index]));
  const order = ({ seed }: SweepRun) => place.get(seed) ?? seeds.length;
  return cells.map(({ number, values }) => {
    const own = runs.filter(({ cell }) => cell === number).toSorted((a, b) => order(a) - order(b));
    return { cell: number, values, runs: own, figures: figuresOf(own) };
  });
}

/** Digits of a mean on a terminal. */
const DIGITS = 4;

/** @returns a mean with its interval, in the figure's unit: `3.02 ± 0.01 s`; a dash where nothing measured it */
export function intervalText(figure: SweepFigure | undefined): string {
  if (figure === undefined) return "–";
  const { mean, high, unit, samples } = figure;
  const scale = unit === "share" ? 100 : 1;
  const short = (value: number, digits: number) => String(Number((value * scale).toPrecision(digits)));
  const margin = high === null ? "" : ` ± ${short(high - mean, 2)}`;
  const suffix = unit === "count" ? "" : unit === "share" ? " %" : unit === "1/s" ? " /s" : ` ${unit}`;
  return `${short(mean, DIGITS)}${margin}${suffix} (${samples})`;
}
