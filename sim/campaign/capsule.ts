import { stringify } from "yaml";
import { numberNodes, type Scenario } from "../scenario/index.ts";
import type { Located } from "../scenario/located.ts";
import { Problems, UserError } from "../scenario/problems.ts";
import { readYaml } from "../scenario/yaml.ts";
import { capsuleShape } from "./capsule-shape.ts";
import { FAILURE_KINDS, type FailureSignature } from "./failure.ts";
import { holdAgainst } from "./shape.ts";

const FORMAT = "orrery-capsule";
const VERSION = 1;

/** One failure, whole: a scenario with nothing left to default, and what running it must show. */
export interface Capsule {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly scenario: Scenario;
  /** Of the code that failed. */
  readonly codeVersion: string;
  readonly expected: {
    /** 64 hex digits; "" where the run never ended. */
    readonly digest: string;
    readonly failure: FailureSignature;
  };
  /** Where the failure was met, as a command. */
  readonly origin: string;
}

/** @returns a capsule of this version */
export function makeCapsule(content: Omit<Capsule, "format" | "version">): Capsule {
  return { format: FORMAT, version: VERSION, ...content };
}

/** @returns YAML that `readCapsule` reads back; what failed stands first, the scenario below it */
export function writeCapsule({ format, version, codeVersion, origin, expected, scenario }: Capsule): string {
  const ordered = { format, version, origin, codeVersion, expected, scenario };
  return stringify(ordered, { aliasDuplicateObjects: false, lineWidth: 0, version: "1.2" });
}

/**
 * Reads a capsule; nothing in it is ever loaded as code.
 *
 * @param file its name, for messages
 * @throws UserError with every problem and its place; the user's fault
 */
export function readCapsule(text: string, file: string): Capsule {
  const problems = new Problems();
  const source = { name: file, kind: "file", text } as const;
  const tree = readYaml(source, problems);
  problems.throwIfAny();
  if (tree === undefined) throw new UserError(`${file}:1:1: an empty file; expected a capsule`);
  refusePlugins(tree, problems);
  refuseVersion(tree, problems);
  problems.throwIfAny();
  holdAgainst(tree, capsuleShape(FAILURE_KINDS), problems);
  problems.throwIfAny();
  const capsule = plain(tree) as Capsule;
  refuseStrangers(tree, numberNodes(capsule.scenario).total, problems);
  problems.throwIfAny();
  return capsule;
}

/** Notes nodes that the scenario does not have, wherever somebody is named by numbers. */
function refuseStrangers(node: Located, total: number, problems: Problems): void {
  if (node.kind === "scalar") return;
  if (node.kind === "list") {
    for (const item of node.items) refuseStrangers(item, total, problems);
    return;
  }
  for (const { key, value } of node.entries) {
    const isNode = key.value === "first" || key.value === "last" || key.value === "victim";
    if (!isNode || value.kind !== "scalar") refuseStrangers(value, total, problems);
    else if (Number(value.value) >= total)
      problems.add({ at: value.at, message: `there is no node ${value.text}`, expected: `a number below ${total}` });
  }
  const [first, last, count] = ["first", "last", "count"].map((key) => childOf(node, key)?.value);
  if (first?.kind !== "scalar" || last?.kind !== "scalar" || count?.kind !== "scalar") return;
  const size = Number(last.value) - Number(first.value) + 1;
  if (size < 1)
    problems.add({ at: last.at, message: "a range that ends before it begins", expected: `${first.text} or more` });
  else if (Number(count.value) > size)
    problems.add({ at: count.at, message: `${count.text} of ${size} nodes`, expected: `at most ${size}` });
}

function childOf(tree: Located, key: string) {
  return tree.kind === "map" ? tree.entries.find((entry) => entry.key.value === key) : undefined;
}

function refusePlugins(tree: Located, problems: Problems): void {
  const scenario = childOf(tree, "scenario")?.value;
  for (const map of scenario === undefined ? [tree] : [tree, scenario]) {
    const plugins = childOf(map, "plugins");
    if (plugins === undefined) continue;
    const expected = "a capsule without code of its own";
    problems.add({ at: plugins.key.at, message: "plugins are never run from a capsule", expected });
  }
}

function refuseVersion(tree: Located, problems: Problems): void {
  const version = childOf(tree, "version")?.value;
  if (version?.kind !== "scalar" || typeof version.value !== "number" || version.value === VERSION) return;
  problems.add({ at: version.at, message: `version ${version.text} of capsules is unknown`, expected: `${VERSION}` });
}

/** @returns the value without its places */
function plain(node: Located): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.value, plain(value)]));
}
