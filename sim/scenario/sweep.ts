import { flattenKeys, type LoadRequest, openScenario, resolveTree, wholeOf } from "./load.ts";
import { type Located, overlay } from "./located.ts";
import { type PartPlaces, partPlaces } from "./part-places.ts";
import { type Problem, Problems, UserError } from "./problems.ts";
import type { Scenario } from "./scenario.ts";
import { type Position, placeName } from "./source.ts";
import type { GivenAxis } from "./sweep-keys.ts";
import { inlineYaml, plainText, type SweepPlan } from "./sweep-plan.ts";

/** One combination of values, and the scenario that it makes. */
export interface SweepCell {
  /** From 1, in the order of the file. */
  readonly number: number;
  /** By axis, as the file has them. */
  readonly values: readonly string[];
  /** What `--set` would be told to make the same scenario. */
  readonly settings: readonly string[];
  /** With the seed of the first replication. */
  readonly scenario: Scenario;
}

/** A grid of runs: every cell with every seed. */
export interface Sweep {
  readonly scenario: string;
  readonly question: string;
  /** Paths of what varies. */
  readonly axes: readonly string[];
  readonly cells: readonly SweepCell[];
  /** One a replication, the same in all cells. */
  readonly seeds: readonly string[];
  /** Figures to show first: those that the file names, or that its expectations compare. */
  readonly figures: readonly string[];
}

/** A sweep, and where its file says how much there is of each part of a cell's scenario. */
export interface OpenedSweep {
  readonly sweep: Sweep;
  /** @param number of the cell, from 1 */
  placesIn(number: number): PartPlaces;
}

/** Loads every cell of a scenario file's sweep. @throws UserError as `openSweep` does */
export function loadSweep(request: LoadRequest): Sweep {
  return openSweep(request).sweep;
}

/**
 * Reads a scenario file's sweep and resolves the scenario of every cell.
 *
 * @throws UserError with every problem, its place and the cells that have it; the user's fault
 */
export function openSweep(request: LoadRequest): OpenedSweep {
  const { scenario, tree, given, plan } = openScenario(request);
  if (plan === null)
    throw new UserError(`${tree.at.source.name}: there is nothing to sweep; expected sweep: or replications: in it`);
  refuseSettings(request.settings, plan.axes);
  const everywhere: Position = given.sweep?.at ?? { ...tree.at, end: tree.at.start };
  const found = new CellProblems(plan);
  const cells = plan.rows.map((row, index) => {
    const problems = new Problems(everywhere);
    const resolved = resolveTree(cellTree(tree, plan.axes, row), request, problems).scenario;
    found.add(index, problems.found);
    const settings = plan.axes.map(({ path }, axis) => `${path.value}=${inlineYaml(row[axis] as Located)}`);
    return { number: index + 1, values: row.map(plainText), settings, scenario: resolved };
  });
  found.throwIfAny();
  const compared = scenario.expect.flatMap((each) => (each.kind === "comparison" ? [each.name] : []));
  const sweep: Sweep = {
    scenario: scenario.name,
    question: scenario.question,
    axes: plan.axes.map(({ path }) => path.value),
    cells,
    seeds: plan.seeds,
    figures: plan.figures.length > 0 ? plan.figures : [...new Set(compared)],
  };
  return {
    sweep,
    placesIn: (number) => {
      const cell = cellTree(tree, plan.axes, plan.rows[number - 1] ?? []);
      // Read once more, and only for a cell that is refused: thousands of cells would keep what nobody asks for.
      return partPlaces(resolveTree(cell, request, new Problems()).given, wholeOf(tree));
    },
  };
}

/** A setting would be lost below an axis. */
function refuseSettings(settings: readonly string[], axes: readonly GivenAxis[]): void {
  for (const setting of settings) {
    const path = setting.slice(0, setting.indexOf("="));
    const axis = axes.find((each) => `${path}.`.startsWith(`${each.path.value}.`));
    if (axis !== undefined)
      throw new UserError(
        `--set ${setting}: the sweep varies ${axis.path.value}; expected --set sweep.grid.${axis.path.value}=[…], or another key`,
      );
  }
}

/** @returns the file with a cell's values over it; each keeps its place in the sweep */
function cellTree(tree: Located, axes: readonly GivenAxis[], row: readonly Located[]): Located {
  return axes.reduce((below, { keys }, axis) => {
    const value = keys.reduceRight<Located>(
      (inner, key) => ({ kind: "map", entries: [{ key, value: inner }], at: key.at }),
      row[axis] as Located,
    );
    return overlay(below, flattenKeys(value));
  }, tree);
}

/** Problems of cells, each told once, with the first cell that has it. */
class CellProblems {
  readonly #plan: SweepPlan;
  readonly #found = new Map<string, { problem: Problem; first: number; cells: number }>();

  constructor(plan: SweepPlan) {
    this.#plan = plan;
  }

  add(cell: number, problems: readonly Problem[]): void {
    const keys = new Map(problems.map((problem) => [`${placeName(problem.at)}: ${problem.message}`, problem]));
    for (const [key, problem] of keys) {
      const { cells = 0, first = cell } = this.#found.get(key) ?? {};
      this.#found.set(key, { problem, first, cells: cells + 1 });
    }
  }

  throwIfAny(): void {
    const all = new Problems();
    for (const { problem, first, cells } of this.#found.values()) {
      const others = cells > 1 ? `, and ${cells - 1} more` : "";
      all.add({ ...problem, note: `in the cell ${this.#name(first)}${others}` });
    }
    all.throwIfAny();
  }

  #name(cell: number): string {
    const row = this.#plan.rows[cell] ?? [];
    return this.#plan.axes.map(({ path }, axis) => `${path.value} = ${plainText(row[axis] as Located)}`).join(", ");
  }
}
