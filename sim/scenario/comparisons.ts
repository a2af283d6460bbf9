import { METRICS, type MetricUnit, type Operator } from "./expectation.ts";
import { type Kind, quote, type Refusal, scalarKind } from "./kinds.ts";
import type { LocatedScalar } from "./located.ts";
import { Problems } from "./problems.ts";
import { amountOrNothing, energy, share, signedDuration, size } from "./quantities.ts";

/** A comparison as it was written; a count may be in terms of f, the faulty members a committee bears. */
export interface Comparison {
  readonly operator: Operator;
  readonly value: number;
  /** Multiples of f to add to the value. */
  readonly timesF: number;
  /** Key of another figure that `value` is a part of, as the file has it; empty where the value is all. */
  readonly of: string;
  readonly outsideFaults: boolean;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "<": "<",
  "<=": "<=",
  "≤": "<=",
  "=": "=",
  "==": "=",
  ">=": ">=",
  "≥": ">=",
  ">": ">",
};
const GRAMMAR = String.raw`^(<=|>=|==|[<>=≤≥])?\s*(.*?)(\s+outside faults)?$`;

const EXAMPLES: Readonly<Record<MetricUnit, string>> = {
  time: '"< 6 s"',
  share: '"= 100 %"',
  count: '">= 20"',
  size: '"< 8 KiB"',
  amount: '">= 5 IOTX"',
  rate: '">= 20/s"',
  energy: '"< 5 J"',
};

/** The operator that is most likely meant. */
const USUAL: Readonly<Record<MetricUnit, Operator>> = {
  time: "<",
  share: ">=",
  count: ">=",
  size: "<",
  amount: ">=",
  rate: ">=",
  energy: "<",
};

/** `OPERATOR VALUE [outside faults]`, the value in the metric's unit, or another figure: `< [80 % of] naive.latency.p50`. */
export function comparison(unit: MetricUnit): Kind<Comparison> {
  const expected = `a comparison such as ${EXAMPLES[unit]}`;
  return scalarKind(expected, { type: "string", pattern: "^(<|<=|=|>=|>|≤|≥) ?[^ ].*$" }, (scalar) => {
    const [, sign, operand = "", outside] = new RegExp(GRAMMAR, "u").exec(scalar.text.trim()) ?? [];
    const operator = sign === undefined ? undefined : OPERATORS[sign];
    if (operator === undefined)
      return { refused: `${quote(scalar.text)} has no operator`, suggestion: `${USUAL[unit]} ${scalar.text.trim()}` };
    const value = readOperand(
      { ...scalar, text: operand, value: /^\d/u.test(operand) ? Number(operand) : operand },
      unit,
    );
    if ("refused" in value) return { ...value, suggestion: value.suggestion && `${operator} ${value.suggestion}` };
    return { value: { operator, ...value, outsideFaults: outside !== undefined } };
  });
}

type Operand = Pick<Comparison, "value" | "timesF" | "of">;

/** Reads `naive.bytes` and `80 % of naive.bytes`. @returns null where the text names no figure */
function readReference(text: string): Operand | null {
  const [, percent, key = ""] = /^(?:(\d+(?:\.\d+)?)\s*%\s+of\s+)?([A-Za-z][\w.-]*)$/u.exec(text) ?? [];
  if (!key.includes(".") && !(key in METRICS)) return null;
  return { value: percent === undefined ? 1 : Number(percent) / 100, timesF: 0, of: key };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** A number of times a second. */
const perSecond: Kind<number> = scalarKind("a rate such as 20/s", { type: "string" }, ({ text, value }) => {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min|h)$/u.exec(text) ?? [];
  if (count !== undefined) return { value: Number(count) / (SECONDS[unit] ?? 1) };
  return typeof value === "number"
    ? { refused: `${text} has no unit`, suggestion: `${text}/s` }
    : { refused: `${quote(text)} is no rate` };
});

/** An amount in IOTX, as near as a double comes. */
const iotx: Kind<number> = {
  ...amountOrNothing,
  read: (node, problems) => {
    const base = amountOrNothing.read(node, problems);
    return base === undefined ? undefined : Number(base) / 1e18;
  },
};

const OPERANDS: Readonly<Record<Exclude<MetricUnit, "count">, Kind<number>>> = {
  time: signedDuration,
  share,
  size,
  amount: iotx,
  rate: perSecond,
  energy,
};

function readOperand(scalar: LocatedScalar, unit: MetricUnit): Operand | Refusal {
  const reference = readReference(scalar.text);
  if (reference !== null) return reference;
  if (unit === "count") return readCount(scalar.text);
  const problems = new Problems();
  const value = OPERANDS[unit].read(scalar, problems);
  const [problem] = problems.found;
  return value === undefined
    ? { refused: problem?.message ?? "not a value", suggestion: problem?.suggestion }
    : { value, timesF: 0, of: "" };
}

function readCount(text: string): Operand | Refusal {
  const [all, timesF, plus, plain] = /^(?:(\d*)\s*f(?:\s*\+\s*(\d+))?|(\d+(?:\.\d+)?))$/u.exec(text) ?? [];
  if (all === undefined) return { refused: `${quote(text)} is not a count` };
  if (plain !== undefined) return { value: Number(plain), timesF: 0, of: "" };
  return { value: Number(plus ?? 0), timesF: timesF === "" ? 1 : Number(timesF), of: "" };
}
