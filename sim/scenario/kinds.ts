import { isNull, type Located, type LocatedScalar } from "./located.ts";
import type { Problem, Problems } from "./problems.ts";
import type { Placed } from "./source.ts";
import { nearest } from "./suggest.ts";

/** A fragment of JSON Schema (draft 2020-12). */
export type JsonSchema = { readonly [key: string]: unknown };

/** One kind of value in a scenario file: validates, resolves to `T`, and describes itself to editors, from one definition. */
export interface Kind<T> {
  /** What a reader is told was expected. */
  readonly expected: string;
  readonly schema: JsonSchema;
  /** @returns undefined when the value is wrong; the reasons are then in `problems` */
  read(node: Located, problems: Problems): T | undefined;
}

/** Why a scalar is refused. */
export interface Refusal {
  readonly refused: string;
  readonly suggestion?: string | undefined;
}

const SHAPES: Readonly<Record<Located["kind"], string>> = { scalar: "a single value", list: "a list", map: "a map" };

/** A kind written as one word or number. @param parse yields the value or why not */
export function scalarKind<T>(
  expected: string,
  schema: JsonSchema,
  parse: (scalar: LocatedScalar) => { readonly value: T } | Refusal,
): Kind<T> {
  const read = (node: Located, problems: Problems): T | undefined => {
    const result =
      node.kind === "scalar" ? parse(node) : { refused: `${SHAPES[node.kind]} in place of a single value` };
    if ("value" in result) return result.value;
    problems.add({ at: node.at, message: result.refused, expected, suggestion: result.suggestion });
    return undefined;
  };
  return { expected, schema, read };
}

/** A whole number within bounds, both included. */
export function integer(minimum: number, maximum: number): Kind<number> {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return scalarKind(expected, { type: "integer", minimum, maximum }, ({ value, text }) => {
    if (typeof value !== "number" || !Number.isInteger(value))
      return { refused: `${quote(text)} is not a whole number` };
    return value < minimum || value > maximum ? { refused: `${text} is out of range` } : { value };
  });
}

/** A number within bounds, both included. */
export function number(minimum: number, maximum: number): Kind<number> {
  const expected = `a number from ${minimum} to ${maximum}`;
  return scalarKind(expected, { type: "number", minimum, maximum }, ({ value, text }) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return { refused: `${quote(text)} is not a number` };
    return value < minimum || value > maximum ? { refused: `${text} is out of range` } : { value };
  });
}

/** true or false. */
export const truth: Kind<boolean> = scalarKind("true or false", { type: "boolean" }, ({ value, text }) =>
  typeof value === "boolean" ? { value } : { refused: `${quote(text)} is neither true nor false` },
);

/** One of a few names. */
export function choice<const Name extends string>(names: readonly Name[]): Kind<Name> {
  const expected = names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`;
  return scalarKind(expected, { type: "string", enum: names }, ({ text }) => {
    const value = names.find((name) => name === text);
    return value !== undefined
      ? { value }
      : { refused: `unknown name ${quote(text)}`, suggestion: nearest(text, names) };
  });
}

/** Text that matches a pattern (given without flags). */
export function text(expected: string, pattern: string): Kind<string> {
  const expression = new RegExp(pattern, "u");
  return scalarKind(expected, { type: ["string", "integer"], pattern }, (scalar) =>
    expression.test(scalar.text) ? { value: scalar.text } : { refused: `${quote(scalar.text)} does not fit here` },
  );
}

/** A list of one kind; `orSingle` also takes an item without the brackets. */
export function list<T>(item: Kind<T>, options: { maximum: number; orSingle?: boolean }): Kind<readonly Placed<T>[]> {
  const expected = `a list, each item ${item.expected}`;
  const array: JsonSchema = { type: "array", items: item.schema, maxItems: options.maximum };
  const schema = options.orSingle === true ? { anyOf: [array, item.schema] } : array;
  const read = (node: Located, problems: Problems): Placed<T>[] | undefined => {
    if (node.kind !== "list" && options.orSingle !== true) {
      problems.add({ at: node.at, message: `${SHAPES[node.kind]} in place of a list`, expected });
      return undefined;
    }
    const nodes = node.kind === "list" ? node.items : [node];
    if (nodes.length > options.maximum) {
      problems.add({ at: node.at, message: `${nodes.length} items`, expected: `at most ${options.maximum}` });
      return undefined;
    }
    const placed = nodes.map((each) => ({ value: item.read(each, problems), at: each.at }));
    return placed.every((each): each is Placed<T> => each.value !== undefined) ? placed : undefined;
  };
  return { expected, schema, read };
}

/** One kind when the value is a map or list of that shape, else the other. */
export function either<A, B>(scalar: Kind<A>, structure: Kind<B>): Kind<A | B> {
  return {
    expected: `${scalar.expected}, or ${structure.expected}`,
    schema: { anyOf: [scalar.schema, structure.schema] },
    read: (node, problems) => (node.kind === "scalar" ? scalar : structure).read(node, problems),
  };
}

/** One key of a record: its kind and a line for editors. */
export interface Field<T> {
  readonly kind: Kind<T>;
  readonly about: string;
}

export function field<T>(kind: Kind<T>, about: string): Field<T> {
  return { kind, about };
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a record of these fields reads as: the keys that were given, each with its place, and the place of the whole. */
export type RecordOf<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? Placed<T> : never;
};

/** A map with known keys, all optional. @param later keys of features that are not built yet, and what they will be */
export function record<F extends Fields>(fields: F, later: Readonly<Record<string, string>> = {}): Kind<RecordOf<F>> {
  const names = Object.keys(fields);
  const expected = `a map of ${names.join(", ")}`;
  const read = (node: Located, problems: Problems): RecordOf<F> | undefined => {
    if (node.kind !== "map") {
      problems.add({ at: node.at, message: `${SHAPES[node.kind]} in place of a map`, expected });
      return undefined;
    }
    const result: Record<string, Placed<unknown>> = {};
    for (const { key, value } of node.entries) {
      const known = Object.hasOwn(fields, key.value) ? fields[key.value] : undefined;
      if (known === undefined) problems.add({ at: key.at, ...unknownKey(key.value, names, later) });
      else if (!isNull(value)) {
        const read = known.kind.read(value, problems);
        if (read !== undefined) result[key.value] = { value: read, at: value.at };
      }
    }
    return result as RecordOf<F>;
  };
  return { expected, schema: recordSchema(fields), read };
}

/** A map that holds exactly one of its known keys: what it is, and what is given of that. */
export function one<F extends Fields>(fields: F): Kind<RecordOf<F>> {
  const { schema, read: readAll } = record(fields);
  const expected = `one of ${Object.keys(fields).join(", ")}`;
  const read = (node: Located, problems: Problems): RecordOf<F> | undefined => {
    const result = readAll(node, problems);
    if (result === undefined || node.kind !== "map" || problems.within(node.at)) return result;
    const [first, second] = Object.keys(result);
    if (first !== undefined && second === undefined) return result;
    const isEmpty = first === undefined;
    const message = isEmpty ? "a map without anything in it" : `${first} and ${second} at once`;
    problems.add({ at: node.at, message, expected: isEmpty ? expected : "one of them" });
    return undefined;
  };
  return { expected: `a map of ${expected}`, schema: { ...schema, minProperties: 1, maxProperties: 1 }, read };
}

function unknownKey(
  key: string,
  names: readonly string[],
  later: Readonly<Record<string, string>>,
): Omit<Problem, "at"> {
  if (Object.hasOwn(later, key))
    return { message: `${key}: not built yet; ${later[key]}`, expected: `one of ${names.join(", ")}` };
  return {
    message: `unknown key ${quote(key)}`,
    expected: `one of ${names.join(", ")}`,
    suggestion: nearest(key, names),
  };
}

function recordSchema(fields: Fields): JsonSchema {
  const properties = Object.entries(fields).map(([name, { kind, about }]) => [
    name,
    { ...kind.schema, description: about },
  ]);
  return { type: "object", additionalProperties: false, properties: Object.fromEntries(properties) };
}

export function quote(text: string): string {
  return `"${text}"`;
}
