import type { Operator } from "./expectation.ts";
import { METRICS, type Metric, type MetricUnit } from "./expectation.ts";
import { type Kind, quote, type Refusal, scalarKind } from "./kinds.ts";
import type { LocatedScalar } from "./located.ts";
import { Problems } from "./problems.ts";
import { share, signedDuration } from "./quantities.ts";

/** A comparison as it was written; a count may be in terms of f, the faulty members a committee bears. */
export interface Comparison {
  readonly operator: Operator;
  readonly value: number;
  /** Multiples of f to add to the value. */
  readonly timesF: number;
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

const EXAMPLES: Readonly<Record<MetricUnit, string>> = { time: '"< 6 s"', share: '"= 100 %"', count: '">= 20"' };

/** The operator that is most likely meant. */
const USUAL: Readonly<Record<MetricUnit, Operator>> = { time: "<", share: ">=", count: ">=" };

/** `OPERATOR VALUE [outside faults]`, the value in the metric's unit. */
export function comparison(metric: Metric): Kind<Comparison> {
  const { unit } = METRICS[metric];
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

type Operand = Pick<Comparison, "value" | "timesF">;

function readOperand(scalar: LocatedScalar, unit: MetricUnit): Operand | Refusal {
  if (unit === "count") return readCount(scalar.text);
  const problems = new Problems();
  const value = (unit === "time" ? signedDuration : share).read(scalar, problems);
  const [problem] = problems.found;
  return value === undefined
    ? { refused: problem?.message ?? "not a value", suggestion: problem?.suggestion }
    : { value, timesF: 0 };
}

function readCount(text: string): Operand | Refusal {
  const [all, timesF, plus, plain] = /^(?:(\d*)\s*f(?:\s*\+\s*(\d+))?|(\d+))$/u.exec(text) ?? [];
  if (all === undefined) return { refused: `${quote(text)} is not a count` };
  if (plain !== undefined) return { value: Number(plain), timesF: 0 };
  return { value: Number(plus ?? 0), timesF: timesF === "" ? 1 : Number(timesF) };
}
