import { type GivenScenario, SCENARIO } from "./definition.ts";
import { entryOf, type Located, type LocatedEntry, overlay } from "./located.ts";
import { type PartPlaces, partPlaces } from "./part-places.ts";
import { Problems, UserError } from "./problems.ts";
import { resolveScenario } from "./resolve.ts";
import type { Scenario } from "./scenario.ts";
import { readSetFlag } from "./set-flag.ts";
import type { Position, Source } from "./source.ts";
import { planSweep, type SweepPlan } from "./sweep-plan.ts";
import { readYaml } from "./yaml.ts";

/** How deep `extends` may go. */
export const MAX_EXTENDS = 8;

/** Reads text files for the loader, which itself touches nothing. */
export interface ScenarioFiles {
  /**
   * @param path relative to the folder of the scenario that is loaded, with forward slashes and inside that folder
   * @returns the text, or null when there is no such file
   * @throws UserError when the path leads out of the folder or the bytes are no UTF-8; the user's fault
   */
  read(path: string): string | null;
}

/** What to load. */
export interface LoadRequest {
  /** The scenario's folder as the user gave it, for messages; empty for none. */
  readonly folder: string;
  /** The file's name inside the folder. */
  readonly file: string;
  /** Arguments of `--set`, later ones over earlier ones. */
  readonly settings: readonly string[];
  readonly files: ScenarioFiles;
  readonly totalMemoryBytes: number;
}

/** A scenario, and what it was made from. */
export interface OpenedScenario {
  readonly scenario: Scenario;
  /** The file over the file it extends, and settings over both. */
  readonly tree: Located;
  readonly given: GivenScenario;
  /** Where the file says how much there is of each part. */
  readonly places: PartPlaces;
  /** What `sweep:` and `replications:` ask for; null where the file has neither. */
  readonly plan: SweepPlan | null;
}

/**
 * Reads, merges, validates and resolves a scenario: the file over the file it extends, and settings over both. Its sweep is
 * read too, but no cell of it.
 *
 * @throws UserError with every problem and its place; the user's fault
 */
export function openScenario(request: LoadRequest): OpenedScenario {
  const problems = new Problems();
  const files = new FileChain(request, problems);
  const tree = files.load(request.file);
  problems.throwIfAny();
  if (tree === undefined)
    throw new UserError(`${files.displayName(request.file)}:1:1: an empty file; expected at least a name`);
  const settings = request.settings
    .map((setting) => readSetFlag(setting, problems))
    .filter((each) => each !== undefined);
  const merged = [tree, ...settings.map(flattenKeys)].reduce(overlay);
  const { given, scenario } = resolveTree(merged, request, problems);
  const plan = planSweep(given, scenario.seed, problems);
  problems.throwIfAny();
  return { scenario, tree: merged, given, places: partPlaces(given, wholeOf(merged)), plan };
}

/** Loads a scenario alone. @throws UserError with every problem and its place; the user's fault */
export function loadScenario(request: LoadRequest): Scenario {
  return openScenario(request).scenario;
}

/** @returns a place that stands for the whole file: its beginning */
export function wholeOf(tree: Located): Position {
  return { ...tree.at, end: tree.at.start + 1 };
}

/** @returns what is given in a whole tree, and the scenario of it, which may be run only when `problems` is empty */
export function resolveTree(
  tree: Located,
  request: LoadRequest,
  problems: Problems,
): Pick<OpenedScenario, "given" | "scenario"> {
  const given = SCENARIO.read(tree, problems) ?? {};
  const defaultName = request.file.replace(/^.*\//u, "").replace(/\.[^.]*$/u, "");
  const { totalMemoryBytes } = request;
  const read = (reference: string) => {
    const path = resolvePath(request.file, reference);
    return path === undefined ? null : request.files.read(path);
  };
  const context = { defaultName, whole: wholeOf(tree), totalMemoryBytes, read };
  return { given, scenario: resolveScenario(given, context, problems) };
}

/** Follows `extends` from file to file. */
class FileChain {
  readonly #request: LoadRequest;
  readonly #problems: Problems;
  readonly #visited: string[] = [];

  constructor(request: LoadRequest, problems: Problems) {
    this.#request = request;
    this.#problems = problems;
  }

  displayName(file: string): string {
    const { folder } = this.#request;
    return folder === "" ? file : `${folder.replace(/\/$/u, "")}/${file}`;
  }

  /** @returns the file over what it extends; undefined when empty or wrong */
  load(file: string): Located | undefined {
    const text = this.#request.files.read(file);
    if (text === null) throw new UserError(`${this.displayName(file)}: there is no such file`);
    this.#visited.push(file);
    const source: Source = { name: this.displayName(file), kind: "file", text };
    const read = readYaml(source, this.#problems);
    if (read === undefined) return undefined;
    const tree = flattenKeys(read);
    const base = this.#loadBase(tree, file);
    return base === undefined ? tree : overlay(base, tree);
  }

  #loadBase(tree: Located, file: string): Located | undefined {
    const named = entryOf(tree, "extends");
    if (named === undefined || named.kind !== "scalar") return undefined;
    const path = resolvePath(file, named.text);
    const refuse = (message: string, expected: string): undefined => {
      this.#problems.add({ at: named.at, message, expected });
    };
    if (path === undefined) return refuse("this path leads out of the scenario's folder", "a path below it");
    if (this.#visited.includes(path))
      return refuse("the files extend each other in a circle", "a file that does not lead back here");
    if (this.#visited.length >= MAX_EXTENDS) return refuse(`more than ${MAX_EXTENDS} files extend each other`, "fewer");
    if (this.#request.files.read(path) === null)
      return refuse("there is no such file", "the path of a file, from this file's folder");
    const base = this.load(path);
    return base && withoutKey(base, "name");
  }
}

/** @returns the path from the folder's root, or undefined when it leads out of it */
function resolvePath(from: string, reference: string): string | undefined {
  if (/^[/\\]|^[A-Za-z]:|\\|\0/u.test(reference)) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of reference.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** A file is never called what the file it extends is called. */
function withoutKey(tree: Located, key: string): Located {
  return tree.kind === "map" ? { ...tree, entries: tree.entries.filter((entry) => entry.key.value !== key) } : tree;
}

/** Sections whose keys may be nested or dotted: `finality: {p99: …}` under `expect` is `finality.p99: …`, so that both forms merge. */
function flattenSection({ key, value }: LocatedEntry): LocatedEntry {
  if (value.kind !== "map") return { key, value };
  if (key.value === "expect") return { key, value: { ...value, entries: value.entries.flatMap(flattenEntry) } };
  if (key.value !== "sweep") return { key, value };
  const flattenAxes = (part: LocatedEntry): LocatedEntry =>
    (part.key.value === "grid" || part.key.value === "zip") && part.value.kind === "map"
      ? { key: part.key, value: { ...part.value, entries: part.value.entries.flatMap(flattenEntry) } }
      : part;
  return { key, value: { ...value, entries: value.entries.map(flattenAxes) } };
}

/** @returns the tree with the keys of such sections dotted */
export function flattenKeys(tree: Located): Located {
  return tree.kind === "map" ? { ...tree, entries: tree.entries.map(flattenSection) } : tree;
}

function flattenEntry(entry: LocatedEntry): LocatedEntry[] {
  if (entry.value.kind !== "map" || entry.key.value === "liveness") return [entry];
  return entry.value.entries.flatMap((inner) =>
    flattenEntry({ key: { value: `${entry.key.value}.${inner.key.value}`, at: inner.key.at }, value: inner.value }),
  );
}
