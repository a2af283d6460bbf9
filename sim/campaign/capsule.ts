import { stringify } from "yaml";
import type { Scenario } from "../scenario/index.ts";
import type { Located } from "../scenario/located.ts";
import { Problems, UserError } from "../scenario/problems.ts";
import { readYaml } from "../scenario/yaml.ts";
import { capsuleShape, holdAgainst } from "./capsule-shape.ts";
import { FAILURE_KINDS, type FailureSignature } from "./failure.ts";

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
  holdAgainst(tree, capsuleShape(FAILURE_KINDS), problems);
  refusePlugins(tree, problems);
  refuseVersion(tree, problems);
  problems.throwIfAny();
  return plain(tree) as Capsule;
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
