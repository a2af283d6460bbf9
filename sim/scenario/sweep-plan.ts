import type { GivenScenario } from "./definition.ts";
import { parseMetricKey } from "./expect-keys.ts";
import { METRICS } from "./expectation.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";
import { nearest } from "./suggest.ts";
import { type Condition, keepsAll, readConditions } from "./sweep-conditions.ts";
import type { GivenAxis, GivenSweep } from "./sweep-keys.ts";

/** Cells of one sweep before conditions take some out, and runs of what is left. */
export const MAX_CELLS = 10_000;
export const MAX_RUNS = 100_000;
const DEFAULT_REPLICATIONS = 5;

/** What a sweep varies, and how: nothing in it has been tried on the scenario yet. */
export interface SweepPlan {
  readonly axes: readonly GivenAxis[];
  /** Each cell's values, by axis. */
  readonly rows: readonly (readonly Located[])[];
  /** Of each cell's replications. */
  readonly seeds: readonly string[];
  /** Figures that a reader wants to see first; empty where the file names none. */
  readonly figures: readonly string[];
}

/**
 * Reads which cells a sweep has, the first axis changing slowest.
 *
 * @param seed of the first replication
 * @returns null where the file asks for no sweep; what is wrong is in `problems`
 */
export function planSweep(given: GivenScenario, seed: string, problems: Problems): SweepPlan | null {
  if (given.sweep === undefined && given.replications === undefined) return null;
  const replications = given.replications?.value ?? DEFAULT_REPLICATIONS;
  const sweep = given.sweep?.value ?? {};
  const [grid, zip] = [sweep.grid?.value ?? [], sweep.zip?.value ?? []];
  const axes = [...grid, ...zip];
  const seeds = seedsFrom(seed, replications);
  checkFigures(sweep, problems);
  const conditions = readConditions(sweep.where?.value ?? [], axes, problems);
  const isSound = [checkApart(axes, problems), checkZip(zip, problems), checkSize(given, replications, problems)].every(
    Boolean,
  );
  if (!isSound) return { axes, rows: [], seeds, figures: [] };
  const rows = keptRows(rowsOf(grid, zip), conditions, { sweep, problems });
  return { axes, rows, seeds, figures: (sweep.figures?.value ?? []).map(({ value }) => value) };
}

/** Every replication has a seed of its own, the same in all cells, so that cells differ by what is varied alone. */
function seedsFrom(seed: string, count: number): string[] {
  const isNumber = /^(0|[1-9]\d{0,9})$/u.test(seed);
  const next = (index: number) =>
    isNumber ? String(Number(seed) + index) : index === 0 ? seed : `${seed}-${index + 1}`;
  return Array.from({ length: count }, (_, index) => next(index));
}

function checkFigures({ figures }: GivenSweep, problems: Problems): void {
  for (const { value, at } of figures?.value ?? []) {
    if (parseMetricKey(value) !== undefined) continue;
    const suggestion = nearest(value, Object.keys(METRICS));
    problems.add({
      at,
      message: `there is no figure ${value}`,
      expected: "a figure (orrery list names them all)",
      suggestion,
    });
  }
}

/** No axis may change what another one changes. */
function checkApart(axes: readonly GivenAxis[], problems: Problems): boolean {
  const covers = (outer: GivenAxis, inner: GivenAxis) => `${inner.path.value}.`.startsWith(`${outer.path.value}.`);
  const wrong = axes.flatMap((axis, index) => {
    const other = axes.slice(0, index).find((each) => covers(each, axis) || covers(axis, each));
    return other === undefined ? [] : [{ axis, other }];
  });
  for (const { axis, other } of wrong) {
    const message = `${axis.path.value} changes what ${other.path.value} changes`;
    problems.add({ at: axis.path.at, message, expected: "axes apart from each other" });
  }
  return wrong.length === 0;
}

function checkZip([first, ...others]: readonly GivenAxis[], problems: Problems): boolean {
  if (first === undefined) return true;
  const wrong = others.filter(({ values }) => values.length !== first.values.length);
  for (const { values, at } of wrong) {
    const message = `${values.length} values beside ${first.values.length} of ${first.path.value}`;
    problems.add({ at, message, expected: "lists of one length under zip" });
  }
  return wrong.length === 0;
}

function checkSize({ sweep, replications: given }: GivenScenario, replications: number, problems: Problems): boolean {
  const lengths = (sweep?.value.grid?.value ?? []).map(({ values }) => values.length);
  const cells = lengths.reduce((product, length) => product * length, sweep?.value.zip?.value[0]?.values.length ?? 1);
  const at = (cells > MAX_CELLS ? undefined : given?.at) ?? sweep?.at ?? given?.at;
  const tooMany = cells > MAX_CELLS ? `${cells} cells` : `${cells * replications} runs`;
  if (at === undefined || (cells <= MAX_CELLS && cells * replications <= MAX_RUNS)) return true;
  problems.add({ at, message: tooMany, expected: `at most ${MAX_CELLS} cells and ${MAX_RUNS} runs` });
  return false;
}

/** @returns every combination of the grid with every step of the zip */
function rowsOf(grid: readonly GivenAxis[], zip: readonly GivenAxis[]): Located[][] {
  const steps = zip[0]?.values.map((_, index) => zip.map(({ values }) => values[index] as Located)) ?? [[]];
  const combinations = grid.reduce<Located[][]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  return combinations.flatMap((row) => steps.map((step) => [...row, ...step]));
}

function keptRows(
  rows: Located[][],
  conditions: readonly Placed<Condition>[],
  { sweep, problems }: { sweep: GivenSweep; problems: Problems },
): Located[][] {
  const kept = rows.filter((row) => keepsAll(conditions, row, problems));
  const at = sweep.where?.at;
  if (kept.length === 0 && at !== undefined && !problems.within(at)) {
    problems.add({ at, message: `none of ${rows.length} cells is left`, expected: "conditions that some cell meets" });
  }
  return kept;
}

/** @returns the value as YAML on one line, as `--set` reads it back */
export function inlineYaml(node: Located): string {
  if (node.kind === "list") return `[${node.items.map(inlineYaml).join(", ")}]`;
  if (node.kind === "map")
    return `{${node.entries.map(({ key, value }) => `${scalarText(key.value)}: ${inlineYaml(value)}`).join(", ")}}`;
  return typeof node.value === "string" ? scalarText(node.value) : node.text === "" ? "null" : node.text;
}

/** Words, and numbers with a unit, stand for themselves; anything else is quoted. */
function scalarText(text: string): string {
  const isWord = /^[A-Za-z][\w-]*$/u.test(text) && !/^(true|false|null)$/iu.test(text);
  const isQuantity = /^[+-]?\d+(\.\d+)? ([A-Za-zµ][\w/]*|%)$/u.test(text);
  return isWord || isQuantity ? text : JSON.stringify(text);
}

/** @returns the value as a table shows it */
export function plainText(node: Located): string {
  return node.kind === "scalar" ? node.text : inlineYaml(node);
}
