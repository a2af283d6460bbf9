import type { Located } from "../scenario/located.ts";
import type { Problems } from "../scenario/problems.ts";
import { nearest, oneOf } from "../scenario/suggest.ts";

/** What a value must look like; a map has the keys that its shape names, and no other. */
export type Shape =
  /** whole: 0, 1, 2 … as far as a double is exact. signed: the same below 0. part: 0 … 1. digits: a whole number as text. */
  | { readonly is: "text" | "number" | "whole" | "signed" | "part" | "digits" | "truth" }
  | { readonly is: "choice"; readonly of: readonly string[] }
  /** One of a few words, or something else. */
  | { readonly is: "word"; readonly words: readonly string[]; readonly of: Shape }
  | { readonly is: "list" | "optional" | "nullable"; readonly of: Shape }
  | { readonly is: "map"; readonly of: Readonly<Record<string, Shape>> }
  /** A map whose key `by` says which of several shapes it has. */
  | { readonly is: "variants"; readonly by: string; readonly of: Readonly<Record<string, Shape>> };

export const text: Shape = { is: "text" };
export const number: Shape = { is: "number" };
export const whole: Shape = { is: "whole" };
export const signed: Shape = { is: "signed" };
export const part: Shape = { is: "part" };
export const digits: Shape = { is: "digits" };
export const truth: Shape = { is: "truth" };
export const list = (of: Shape): Shape => ({ is: "list", of });
export const nullable = (of: Shape): Shape => ({ is: "nullable", of });
export const optional = (of: Shape): Shape => ({ is: "optional", of });
export const choice = (...of: readonly string[]): Shape => ({ is: "choice", of });
export const wordOr = (word: string, of: Shape): Shape => ({ is: "word", words: [word], of });
export const map = (of: Readonly<Record<string, Shape>>): Shape => ({ is: "map", of });

const WORDS = {
  text: "text",
  number: "a finite number",
  whole: "a whole number from 0 on",
  signed: "a whole number",
  part: "a number from 0 to 1",
  digits: "a whole number as text",
  truth: "true or false",
  list: "a list",
  map: "a map",
} as const;

/** Notes where a value departs from its shape. */
export function holdAgainst(node: Located, shape: Shape, problems: Problems): void {
  switch (shape.is) {
    case "optional":
      return holdAgainst(node, shape.of, problems);
    case "nullable":
      if (node.kind !== "scalar" || node.value !== null) holdAgainst(node, shape.of, problems);
      return;
    case "list":
      if (node.kind !== "list") return refuse(node, WORDS.list, problems);
      for (const item of node.items) holdAgainst(item, shape.of, problems);
      return;
    case "map":
      return holdMap(node, shape.of, problems);
    case "variants":
      return holdVariant(node, shape, problems);
    case "choice":
      if (!isWord(node, shape.of)) refuse(node, oneOf(shape.of), problems, shape.of);
      return;
    case "word":
      if (!isWord(node, shape.words)) holdAgainst(node, shape.of, problems);
      return;
    default:
      if (!isScalarOf(node, shape.is)) refuse(node, WORDS[shape.is], problems);
  }
}

function isWord(node: Located, words: readonly string[]): boolean {
  return node.kind === "scalar" && typeof node.value === "string" && words.includes(node.value);
}

type ScalarShape = Exclude<Shape, { readonly of: unknown }>["is"];

function isScalarOf(node: Located, is: ScalarShape): boolean {
  if (node.kind !== "scalar") return false;
  const { value } = node;
  switch (is) {
    case "text":
      return typeof value === "string";
    case "truth":
      return typeof value === "boolean";
    case "digits":
      return typeof value === "string" && /^(0|[1-9]\d{0,77})$/u.test(value);
    default:
      return typeof value === "number" && isNumberOf(value, is);
  }
}

function isNumberOf(value: number, is: "number" | "whole" | "signed" | "part"): boolean {
  switch (is) {
    case "number":
      return Number.isFinite(value);
    case "whole":
      return Number.isSafeInteger(value) && value >= 0;
    case "signed":
      return Number.isSafeInteger(value);
    case "part":
      return value >= 0 && value <= 1;
  }
}

function holdVariant(node: Located, { by, of }: Extract<Shape, { is: "variants" }>, problems: Problems): void {
  if (node.kind !== "map") return refuse(node, WORDS.map, problems);
  const named = node.entries.find(({ key }) => key.value === by)?.value;
  if (named === undefined) return lack(node, by, problems);
  const names = Object.keys(of);
  const shape = isWord(named, names) ? of[(named as { value: string }).value] : undefined;
  if (shape === undefined) refuse(named, oneOf(names), problems, names);
  else holdAgainst(node, shape, problems);
}

function holdMap(node: Located, shapes: Readonly<Record<string, Shape>>, problems: Problems): void {
  if (node.kind !== "map") return refuse(node, WORDS.map, problems);
  const names = Object.keys(shapes);
  for (const { key, value } of node.entries) {
    const shape = Object.hasOwn(shapes, key.value) ? shapes[key.value] : undefined;
    if (shape !== undefined) holdAgainst(value, shape, problems);
    else {
      const suggestion = nearest(key.value, names);
      problems.add({ at: key.at, message: `unknown key ${key.value}`, expected: oneOf(names), suggestion });
    }
  }
  const given = new Set(node.entries.map(({ key }) => key.value));
  for (const [key, { is }] of Object.entries(shapes))
    if (is !== "optional" && !given.has(key)) lack(node, key, problems);
}

function lack(node: Located, key: string, problems: Problems): void {
  problems.add({ at: firstLine(node), message: `the key ${key} is missing`, expected: `${key}: with a value` });
}

function firstLine({ at }: Located): Located["at"] {
  return { ...at, end: Math.min(at.end, at.start + 1) };
}

function refuse(node: Located, expected: string, problems: Problems, names: readonly string[] = []): void {
  const shown = node.kind === "scalar" ? `"${node.text}"` : `a ${node.kind}`;
  const at = node.kind === "scalar" ? node.at : firstLine(node);
  const suggestion = node.kind === "scalar" ? nearest(node.text, names) : undefined;
  problems.add({ at, message: `${shown} does not belong here`, expected, suggestion });
}
