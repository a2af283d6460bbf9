import { quote } from "./kinds.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import { parseAnyQuantity } from "./quantities.ts";
import type { Placed } from "./source.ts";
import { nearest, oneOf } from "./suggest.ts";
import type { ConditionOperator, GivenAxis, GivenCondition } from "./sweep-keys.ts";

/** One side of a condition: the value of an axis by its place, or a text. */
type Side = { readonly axis: number } | { readonly text: string };

/** A condition whose axes are known. */
export interface Condition {
  readonly left: Side;
  readonly operator: ConditionOperator;
  readonly right: Side;
}

/** Finds the axes that conditions compare. @returns those that are sound */
export function readConditions(
  given: readonly Placed<GivenCondition>[],
  axes: readonly GivenAxis[],
  problems: Problems,
): Placed<Condition>[] {
  const paths = axes.map(({ path }) => path.value);
  return given.flatMap(({ value: { left, operator, right }, at }) => {
    const sideOf = (text: string): Side => (paths.includes(text) ? { axis: paths.indexOf(text) } : { text });
    const [one, other] = [sideOf(left), sideOf(right)];
    const stranger = [left, right].find((text) => !paths.includes(text) && /^[A-Za-z][\w-]*\./u.test(text));
    if (stranger === undefined && ("axis" in one || "axis" in other))
      return [{ value: { left: one, operator, right: other }, at }];
    const typed = stranger ?? left;
    const message = `the sweep has no axis ${quote(typed)}`;
    problems.add({ at, message, expected: oneOf(paths), suggestion: nearest(typed, paths) });
    return [];
  });
}

/** @returns whether a cell is kept; a condition whose sides cannot be compared is told once, in `problems` */
export function keepsAll(
  conditions: readonly Placed<Condition>[],
  row: readonly Located[],
  problems: Problems,
): boolean {
  return conditions.every(({ value: { left, operator, right }, at }) => {
    const textOf = (side: Side): string => {
      if ("text" in side) return side.text;
      const value = row[side.axis];
      return value?.kind === "scalar" ? value.text : "";
    };
    const [one, other] = [textOf(left), textOf(right)];
    const order = compared(one, other);
    if (order !== null) return holds(order, operator);
    if (operator === "=" || operator === "!=") return (one === other) === (operator === "=");
    if (problems.within(at)) return true;
    problems.add({
      at,
      message: `${quote(one)} and ${quote(other)} have no order`,
      expected: "numbers, or quantities of one dimension",
    });
    return true;
  });
}

/** @returns below, at or above 0 as the first is to the second; null where they are no quantities of one dimension */
function compared(one: string, other: string): number | null {
  const [left, right] = [parseAnyQuantity(one), parseAnyQuantity(other)];
  if (left === null || right === null || left.dimension !== right.dimension) return null;
  return left.value - right.value;
}

function holds(order: number, operator: ConditionOperator): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">=":
      return order >= 0;
    case ">":
      return order > 0;
  }
}
