import { field, type JsonSchema, type Kind, list, quote, record, scalarKind, text } from "./kinds.ts";
import { isNull, type Located, type LocatedEntry } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position } from "./source.ts";

/** Bounds of one sweep. */
export const MAX_AXES = 16;
export const MAX_AXIS_VALUES = 1_000;
export const MAX_REPLICATIONS = 1_000;
const MAX_CONDITIONS = 32;
const MAX_FIGURES = 32;

/** One value of the scenario that a sweep varies. */
export interface GivenAxis {
  /** As `--set` names it: `rootchain.committee`, `devices.0.count`. */
  readonly path: Placed<string>;
  readonly keys: readonly Placed<string>[];
  readonly values: readonly Located[];
  /** Place of the list of values. */
  readonly at: Position;
}

export type ConditionOperator = "<" | "<=" | "=" | "!=" | ">=" | ">";

/** `LEFT OPERATOR RIGHT`, each side an axis or a value. */
export interface GivenCondition {
  readonly left: string;
  readonly operator: ConditionOperator;
  readonly right: string;
}

/** What no cell may change, and why. */
const FIXED: Readonly<Record<string, string>> = {
  name: "all cells are one scenario's",
  question: "all cells are one scenario's",
  tier: "all cells are one scenario's",
  extends: "all cells extend the same file",
  seed: "replications vary the seed in every cell",
  replications: "every cell has as many",
  sweep: "a sweep has no sweep in it",
};

/** @returns the places of the words of a dotted path; those that stand further out have the place of the last */
function keysOf({ value, at }: Placed<string>): Placed<string>[] {
  const written = at.source.text.slice(at.start, at.end);
  const quoted = /^["']/u.test(written) ? 1 : 0;
  let end = at.start + written.length - quoted;
  return value
    .split(".")
    .reverse()
    .map((key) => {
      const start = end - key.length;
      const isHere = start >= at.start + quoted && at.source.text.slice(start, end) === key;
      end = start - 1;
      return { value: key, at: isHere ? { source: at.source, start, end: start + key.length } : at };
    })
    .reverse();
}

const AXIS_VALUES = "a list of values, such as [7, 11, 15]";

function readAxis({ key, value }: LocatedEntry, problems: Problems): GivenAxis[] {
  const keys = keysOf(key);
  const refuse = (at: Position, message: string, expected: string): GivenAxis[] => {
    problems.add({ at, message, expected });
    return [];
  };
  const wrong = keys.find((each) => !/^[A-Za-z0-9-]+$/u.test(each.value));
  if (wrong !== undefined)
    return refuse(wrong.at, `${quote(key.value)} names no value`, "a path such as devices.0.count");
  const [first] = keys as [Placed<string>];
  const reason = Object.hasOwn(FIXED, first.value) ? FIXED[first.value] : undefined;
  if (reason !== undefined) return refuse(first.at, `${first.value} cannot be swept: ${reason}`, "another key");
  if (value.kind !== "list") return refuse(value.at, `${quote(key.value)} has no list of values`, AXIS_VALUES);
  if (value.items.length === 0) return refuse(value.at, "an axis without values", AXIS_VALUES);
  if (value.items.length > MAX_AXIS_VALUES)
    return refuse(value.at, `${value.items.length} values`, `at most ${MAX_AXIS_VALUES}`);
  return [{ path: key, keys, values: value.items, at: value.at }];
}

const AXES_SCHEMA: JsonSchema = {
  type: "object",
  maxProperties: MAX_AXES,
  additionalProperties: { anyOf: [{ type: "array", minItems: 1, maxItems: MAX_AXIS_VALUES }, { type: "object" }] },
};

/** A map of paths, as `--set` has them, to lists of values. */
const axes: Kind<readonly GivenAxis[]> = {
  expected: "a map of paths to lists of values, such as rootchain.committee: [7, 11]",
  schema: AXES_SCHEMA,
  read(node, problems) {
    if (node.kind !== "map") {
      problems.add({ at: node.at, message: "no map of axes", expected: axes.expected });
      return undefined;
    }
    const given = node.entries.filter(({ value }) => !isNull(value));
    if (given.length > MAX_AXES) {
      problems.add({ at: node.at, message: `${given.length} axes`, expected: `at most ${MAX_AXES}` });
      return undefined;
    }
    return given.flatMap((entry) => readAxis(entry, problems));
  },
};

const OPERATORS: Readonly<Record<string, ConditionOperator>> = {
  "<": "<",
  "<=": "<=",
  "≤": "<=",
  "=": "=",
  "==": "=",
  "!=": "!=",
  "≠": "!=",
  ">=": ">=",
  "≥": ">=",
  ">": ">",
};

const condition: Kind<GivenCondition> = scalarKind(
  'a condition such as "rootchain.committee <= rootchain.delegates"',
  { type: "string", pattern: "^[^<>=!≤≥≠]+(<=|>=|==|!=|[<>=≤≥≠])[^<>=!≤≥≠]+$" },
  ({ text: written }) => {
    const [, left, sign = "", right] = /^([^<>=!≤≥≠]+)(<=|>=|==|!=|[<>=≤≥≠])([^<>=!≤≥≠]+)$/u.exec(written.trim()) ?? [];
    const operator = Object.hasOwn(OPERATORS, sign) ? OPERATORS[sign] : undefined;
    if (left === undefined || right === undefined || operator === undefined)
      return { refused: `${quote(written)} compares nothing` };
    return { value: { left: left.trim(), operator, right: right.trim() } };
  },
);

/** The section `sweep:`. */
export const sweep = record({
  grid: field(axes, "Values by path, as --set names them: every combination is a cell."),
  zip: field(axes, "Values by path that change together, the first with the first: lists of one length."),
  where: field(
    list(condition, { maximum: MAX_CONDITIONS, orSingle: true }),
    "Keeps only the cells in which all of these hold; each compares an axis with another one or with a value.",
  ),
  figures: field(
    list(text("the name of a figure, as expect has it", "^[A-Za-z][A-Za-z0-9.-]{0,127}$"), {
      maximum: MAX_FIGURES,
      orSingle: true,
    }),
    "What the table on the terminal shows; default those that expect compares. The files hold all.",
  ),
});

export type GivenSweep = typeof sweep extends Kind<infer T> ? T : never;
