import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, parseDocument, type YAMLMap } from "yaml";
import type { Located, LocatedEntry } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position, Source } from "./source.ts";
import { explainSyntax } from "./yaml-syntax.ts";

/** Characters of one scenario file. */
export const MAX_SOURCE_LENGTH = 1 << 20;
/** Values of one file with its aliases written out. */
export const MAX_VALUES = 20_000;
/** Nesting of lists and maps. */
export const MAX_DEPTH = 32;

/** Names that would reach into an object's prototype. */
const FORBIDDEN_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

/**
 * Reads YAML 1.2 into values that know their places.
 *
 * @param offset where in the source's text the YAML begins
 * @returns undefined when the text is empty or not sound; every reason is then in `problems`
 */
export function readYaml(source: Source, problems: Problems, offset = 0): Located | undefined {
  if (source.text.length > MAX_SOURCE_LENGTH) {
    const message = `the file is longer than ${MAX_SOURCE_LENGTH} characters`;
    problems.add({ at: { source, start: 0, end: 1 }, message, expected: "a scenario" });
    return undefined;
  }
  const text = source.text.slice(offset);
  const document = parseDocument(text, { version: "1.2", prettyErrors: false, uniqueKeys: true, logLevel: "error" });
  const place = (start: number, end: number): Position => ({ source, start: offset + start, end: offset + end });
  const faults = [...document.errors, ...document.warnings];
  const first = faults[0];
  if (first !== undefined) {
    for (const fault of faults.filter((other) => other.code === "DUPLICATE_KEY" || other === first)) {
      const { range, ...problem } = explainSyntax(fault, text);
      problems.add({ at: place(...range), ...problem });
    }
    return undefined;
  }
  return document.contents === null ? undefined : new TreeReader(place, problems).read(document.contents, 0);
}

/** Turns one document's nodes into located values, within bounds that aliases cannot escape. */
class TreeReader {
  readonly #place: (start: number, end: number) => Position;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, { value: Located; size: number }>();
  #values = 0;

  constructor(place: (start: number, end: number) => Position, problems: Problems) {
    this.#place = place;
    this.#problems = problems;
  }

  read(node: ParsedNode, depth: number): Located | undefined {
    const at = this.#place(node.range[0], node.range[1]);
    if (depth > MAX_DEPTH) return this.#refuse(at, `nested deeper than ${MAX_DEPTH} levels`, "fewer levels");
    if (++this.#values > MAX_VALUES) return this.#tooMany(at);
    if (isAlias(node)) return this.#readAlias(node.source, at);
    const before = this.#values;
    const value = this.#readPlain(node, at, depth);
    if (value !== undefined && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, { value, size: this.#values - before + 1 });
    }
    return value;
  }

  #readPlain(node: ParsedNode, at: Position, depth: number): Located | undefined {
    if (isMap(node)) return this.#readMap(node as YAMLMap.Parsed, at, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item as ParsedNode, depth + 1));
      return { kind: "list", items: items.filter((item) => item !== undefined), at };
    }
    if (!isScalar(node) || (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:str")) {
      return this.#refuse(at, "tags are not allowed", "a plain value");
    }
    const { value } = node;
    if (value !== null && typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      return this.#refuse(at, "not a plain value", "text, a number, true or false");
    }
    return { kind: "scalar", value, text: node.source ?? String(value), at };
  }

  #readMap(map: YAMLMap.Parsed, at: Position, depth: number): Located {
    const entries: LocatedEntry[] = [];
    for (const pair of map.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const key = this.#readKey(pair.key);
      if (key === undefined) continue;
      const value = pair.value === null ? nullAt(key.at) : this.read(pair.value, depth + 1);
      if (value !== undefined) entries.push({ key, value });
    }
    return { kind: "map", entries, at };
  }

  #readKey(node: ParsedNode): Placed<string> | undefined {
    const at = this.#place(node.range[0], node.range[1]);
    if (!isScalar(node)) return this.#refuse(at, "a list or map as a key", "a plain word");
    const value = node.source ?? String(node.value);
    if (FORBIDDEN_KEYS.includes(value))
      return this.#refuse(at, `the key ${value} is never allowed`, "a key of the scenario");
    return { value, at };
  }

  #readAlias(name: string, at: Position): Located | undefined {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined)
      return this.#refuse(at, `no finished anchor &${name} stands before this alias`, "an alias of something above it");
    this.#values += anchored.size;
    if (this.#values > MAX_VALUES) return this.#tooMany(at);
    return { ...anchored.value, at };
  }

  #tooMany(at: Position): undefined {
    const first = this.#values <= MAX_VALUES + 1;
    this.#values = MAX_VALUES * 2;
    if (first || !this.#problems.found.some(({ message }) => message === TOO_MANY))
      this.#refuse(at, TOO_MANY, "fewer, or several scenarios");
  }

  #refuse(at: Position, message: string, expected: string): undefined {
    this.#problems.add({ at, message, expected });
  }
}

const TOO_MANY = `more than ${MAX_VALUES} values, aliases written out`;

function nullAt(at: Position): Located {
  return { kind: "scalar", value: null, text: "", at };
}
