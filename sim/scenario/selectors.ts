import { type Kind, quote, scalarKind } from "./kinds.ts";
import type { NodeRange, Numbering } from "./numbering.ts";
import type { Problems } from "./problems.ts";
import type { NodeGroup, NodeSelection } from "./scenario.ts";
import type { Placed } from "./source.ts";
import { nearest } from "./suggest.ts";

/** What selectors call the nodes of each role. */
export const ROLES = ["delegates", "standby", "full-nodes", "all"] as const;
type Role = (typeof ROLES)[number];

/** Part of a range: so many, or so large a share (rounded to the nearest node). */
export type Part = { readonly count: number } | { readonly share: number };

/** A selector as it was written. */
export type Selector =
  | { readonly kind: "rest" }
  | {
      readonly kind: "nodes";
      readonly role: Role;
      readonly part: Part | null;
      readonly range: readonly [number, number] | null;
    };

const PART = String.raw`(\d+)(?:\.\d+)?\s*%|\d+`;
const GRAMMAR = String.raw`^(?:(\d+(?:\.\d+)?\s*%|\d+)\s+of\s+)?([a-z-]+)(?:\s+(\d+)(?:\.\.(\d+))?|\[(\d+)(?:\.\.(\d+))?\])?$`;

/**
 * Nodes, in words: `[AMOUNT of] ROLE [FIRST..LAST]` or `rest`. The amount is a number or a share, the role one of
 * delegates, standby, full-nodes and all, the range numbers nodes of that role from 0: `delegates`, `delegates 0..3`,
 * `40 % of delegates`, `2 of full-nodes`.
 */
export const selector: Kind<Selector> = scalarKind<Selector>(
  "nodes such as delegates, delegates 0..3, 40 % of delegates, 2 of full-nodes or rest",
  { type: "string" },
  ({ text }) => {
    if (text === "rest") return { value: { kind: "rest" } };
    const [, amount, word, first, last, firstInBrackets, lastInBrackets] =
      new RegExp(GRAMMAR, "u").exec(text.trim()) ?? [];
    if (word === undefined) return { refused: `${quote(text)} names no nodes` };
    const role = ROLES.find((name) => name === word);
    if (role === undefined)
      return { refused: `unknown role ${quote(word)}`, suggestion: nearest(word, [...ROLES, "rest"]) };
    const from = first ?? firstInBrackets;
    const range = from === undefined ? null : ([Number(from), Number(last ?? lastInBrackets ?? from)] as const);
    if (range !== null && range[1] < range[0])
      return { refused: `the range ${range[0]}..${range[1]} is empty`, suggestion: `${word} ${range[1]}..${range[0]}` };
    return { value: { kind: "nodes", role, part: amount === undefined ? null : parsePart(amount), range } };
  },
);

/** A number of nodes or a share of them. */
export const part: Kind<Part> = scalarKind(
  "a number of nodes such as 2, or a share such as 20 %",
  {
    anyOf: [
      { type: "integer", minimum: 1 },
      { type: "string", pattern: String.raw`^\d+(\.\d+)?\s*%$` },
    ],
  },
  ({ text }) =>
    new RegExp(`^(?:${PART})$`, "u").test(text)
      ? { value: parsePart(text) }
      : { refused: `${quote(text)} is no number of nodes` },
);

function parsePart(text: string): Part {
  return text.endsWith("%") ? { share: Number(text.slice(0, -1)) / 100 } : { count: Number(text) };
}

/** First node and number of nodes of a role. */
function rangeOf(role: Role, nodes: Numbering): { first: number; size: number } {
  const sized = ({ first, count }: NodeRange) => ({ first, size: count });
  switch (role) {
    case "delegates":
      return sized(nodes.delegates);
    case "standby":
      return sized(nodes.standby);
    case "full-nodes":
      return sized(nodes.chains[0]?.fullNodes ?? { first: 0, count: 0 });
    case "all":
      return { first: 0, size: nodes.total };
  }
}

/** Turns selectors into ranges of node numbers of one population. */
export class NodeResolver {
  readonly #nodes: Numbering;
  readonly #problems: Problems;

  constructor(nodes: Numbering, problems: Problems) {
    this.#nodes = nodes;
    this.#problems = problems;
  }

  get total(): number {
    return rangeOf("all", this.#nodes).size;
  }

  /**
   * @param count takes only this part of each selector, which must then have no part of its own
   * @returns undefined when a selector asks for nodes that do not exist
   */
  group(selectors: readonly Placed<Selector>[], count?: Placed<Part>): NodeGroup | undefined {
    const selections = selectors.map((each) => this.#select(each, count));
    return selections.every((each) => each !== undefined) ? selections : undefined;
  }

  #select({ value, at }: Placed<Selector>, count: Placed<Part> | undefined): NodeSelection | undefined {
    if (value.kind === "rest") return { first: 0, last: this.total - 1, count: "rest" };
    const { first, size } = rangeOf(value.role, this.#nodes);
    if (size === 0) return this.#refuse(at, `there are no ${value.role}`, "a role that rootchain gives nodes to");
    const [from, to] = value.range ?? [0, size - 1];
    if (to >= size) return this.#refuse(at, `${value.role} ${to} does not exist`, `numbers from 0 to ${size - 1}`);
    if (value.part !== null && count !== undefined) {
      return this.#refuse(count.at, "the number of nodes is given twice", "count, or an amount inside the selector");
    }
    const available = to - from + 1;
    const taken = amountOf(value.part ?? count?.value ?? { count: available }, available);
    const partAt = count?.at ?? at;
    if (taken > available)
      return this.#refuse(partAt, `${taken} of only ${available} ${value.role}`, `at most ${available}`);
    if (taken === 0)
      return this.#refuse(partAt, "this selects no node at all", "an amount that rounds to at least one");
    return { first: first + from, last: first + to, count: taken };
  }

  #refuse(at: Placed<unknown>["at"], message: string, expected: string): undefined {
    this.#problems.add({ at, message, expected });
  }
}

function amountOf(part: Part, available: number): number {
  return "count" in part ? part.count : Math.round(part.share * available);
}
