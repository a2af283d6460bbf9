import type { SweepCellResult } from "../campaign/index.ts";
import type { Column } from "./table-files.ts";

/** The tables that a sweep leaves, by name. */
export type SweepTables = Readonly<Record<"sweep" | "samples" | "runs", readonly Column[]>>;

/** One row's cell and seed or figure, before its own columns. */
interface Row {
  readonly result: SweepCellResult;
}

/** @returns the table of intervals, the samples behind it, and how each run ended */
export function sweepTables(axes: readonly string[], results: readonly SweepCellResult[]): SweepTables {
  const figures = results.flatMap((result) => result.figures.map((figure) => ({ result, ...figure })));
  const runs = results.flatMap((result) => result.runs.map((run) => ({ result, ...run })));
  const samples = runs.flatMap((run) =>
    run.figures.map((figure) => ({ result: run.result, seed: run.seed, ...figure })),
  );
  return {
    sweep: [
      ...cellColumns(axes, figures),
      text("figure", figures, ({ name }) => name),
      text("unit", figures, ({ unit }) => unit),
      count("samples", figures, (figure) => figure.samples),
      number("mean", figures, ({ mean }) => mean),
      number("deviation", figures, ({ deviation }) => deviation),
      number("low95", figures, ({ low }) => low),
      number("high95", figures, ({ high }) => high),
    ],
    samples: [
      ...cellColumns(axes, samples),
      text("seed", samples, ({ seed }) => seed),
      text("figure", samples, ({ name }) => name),
      text("unit", samples, ({ unit }) => unit),
      number("value", samples, ({ value }) => value),
    ],
    runs: [
      ...cellColumns(axes, runs),
      text("seed", runs, ({ seed }) => seed),
      text("verdict", runs, ({ verdict }) => verdict),
      text("digest", runs, ({ digest }) => (digest === "" ? null : digest)),
      text("detail", runs, ({ detail }) => (detail === "" ? null : detail)),
      text("command", runs, ({ reproduce }) => reproduce),
    ],
  };
}

/** An axis of bare numbers is a column of numbers, any other one of texts. */
function cellColumns(axes: readonly string[], rows: readonly Row[]): Column[] {
  const columns = axes.map((name, axis): Column => {
    const values = rows.map(({ result }) => result.values[axis] ?? "");
    const areNumbers = values.every((value) => /^-?\d+(\.\d+)?$/u.test(value));
    return areNumbers ? { name, type: "number", values: values.map(Number) } : { name, type: "text", values };
  });
  return [count("cell", rows, ({ result }) => result.cell), ...columns];
}

function text<R>(name: string, rows: readonly R[], of: (row: R) => string | null): Column {
  return { name, type: "text", values: rows.map(of) };
}

function number<R>(name: string, rows: readonly R[], of: (row: R) => number | null): Column {
  return { name, type: "number", values: rows.map(of) };
}

function count<R>(name: string, rows: readonly R[], of: (row: R) => number): Column {
  return { name, type: "count", values: rows.map(of) };
}
