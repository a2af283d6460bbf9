import { type Kind, quote, scalarKind } from "./kinds.ts";
import { type NodeRange, type Numbering, ROLES, type Role, type RoleRange, rolesOf } from "./numbering.ts";
import type { Problems } from "./problems.ts";
import type { NodeGroup, NodeSelection } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";
import { nearest, oneOf } from "./suggest.ts";

/** Part of a range: so many, or so large a share (rounded to the nearest node). */
export type Part = { readonly count: number } | { readonly share: number };

/** A selector as it was written. */
export type Selector =
  | { readonly kind: "rest" }
  | {
      readonly kind: "nodes";
      /** A role, all, or the name of a chain. */
      readonly word: string;
      /** The chain or group of light clients that the role's nodes belong to. */
      readonly group: string | null;
      readonly part: Part | null;
      readonly range: readonly [number, number] | null;
    };

const PART = String.raw`(\d+)(?:\.\d+)?\s*%|\d+`;
const AMOUNT = String.raw`(?:(\d+(?:\.\d+)?\s*%|\d+)\s+of\s+)?`;
const WORDS = String.raw`([a-z][a-z0-9-]*)(?:\s+(?:of\s+)?([a-z][a-z0-9-]*))?`;
const GRAMMAR = String.raw`^${AMOUNT}${WORDS}(?:\s+(\d+)(?:\.\.(\d+))?|\[(\d+)(?:\.\.(\d+))?\])?$`;
const EXPECTED = "nodes such as delegates 0..3, 40 % of delegates, operators home-1, 2 of relayers or rest";

/**
 * Nodes, in words: `[AMOUNT of] ROLE [NAME] [FIRST..LAST]`, `[AMOUNT of] CHAIN [FIRST..LAST]` or `rest`. The amount is a number
 * or a share; the role one of delegates, standby, full-nodes, operators, relayers, light-clients, gateways,
 * devices and all, which is everyone but devices; the name says which chain's operators or full nodes (the rootchain's where it says none), or
 * which group of light clients or devices; the range numbers
 * these nodes from 0. A chain's name alone is everyone who holds the chain: `delegates 0..3`, `40 % of delegates`, `operators`,
 * `2 of operators home-1`, `full-nodes home-1`, `home-1`.
 */
export const selector: Kind<Selector> = scalarKind<Selector>(EXPECTED, { type: "string" }, ({ text }) => {
  if (text === "rest") return { value: { kind: "rest" } };
  const [, amount, word, group, first, last, firstInBrackets, lastInBrackets] =
    new RegExp(GRAMMAR, "u").exec(text.trim()) ?? [];
  if (word === undefined) return { refused: `${quote(text)} names no nodes` };
  const from = first ?? firstInBrackets;
  const range = from === undefined ? null : ([Number(from), Number(last ?? lastInBrackets ?? from)] as const);
  if (range !== null && range[1] < range[0]) {
    const words = group === undefined ? word : `${word} ${group}`;
    return { refused: `the range ${range[0]}..${range[1]} is empty`, suggestion: `${words} ${range[1]}..${range[0]}` };
  }
  const part = amount === undefined ? null : parsePart(amount);
  return { value: { kind: "nodes", word, group: group ?? null, part, range } };
});

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

/** Neighbouring ranges as one, without empty ones. */
function joined(ranges: readonly NodeRange[]): NodeRange[] {
  const result: NodeRange[] = [];
  for (const { first, count } of ranges) {
    const before = result.at(-1);
    if (count === 0) continue;
    if (before !== undefined && before.first + before.count === first)
      result[result.length - 1] = { first: before.first, count: before.count + count };
    else result.push({ first, count });
  }
  return result;
}

/** Roles of more than one chain or group: what a selector calls one of them. */
const GROUPED: Readonly<Partial<Record<Role, string>>> = {
  "full-nodes": "chain",
  operators: "subchain",
  "light-clients": "group of light clients",
  gateways: "group of devices",
  devices: "group of devices",
};

type Nodes = Extract<Selector, { kind: "nodes" }>;

/** Turns selectors into ranges of node numbers of one population. */
export class NodeResolver {
  readonly nodes: Numbering;
  readonly #roles: readonly RoleRange[];
  readonly #problems: Problems;

  constructor(nodes: Numbering, problems: Problems) {
    this.nodes = nodes;
    this.#roles = rolesOf(nodes);
    this.#problems = problems;
  }

  get total(): number {
    return this.nodes.powered;
  }

  /**
   * @param count takes only this part of each selector, which must then have no part of its own
   * @returns undefined when a selector asks for nodes that do not exist
   */
  group(selectors: readonly Placed<Selector>[], count?: Placed<Part>): NodeGroup | undefined {
    const selections = selectors.map((each) => this.#select(each, count));
    return selections.every((each) => each !== undefined) ? selections.flat() : undefined;
  }

  #select({ value, at }: Placed<Selector>, count: Placed<Part> | undefined): NodeSelection[] | undefined {
    if (value.kind === "rest") return [{ first: 0, last: this.total - 1, count: "rest" }];
    const ranges = this.#rangesOf(value, at);
    if (ranges === undefined) return undefined;
    const [range, other] = ranges;
    if (range === undefined)
      return this.#refuse(at, `there are no ${wordsOf(value)}`, "a role that the scenario gives nodes to");
    if (value.part !== null && count !== undefined)
      return this.#refuse(count.at, "the number of nodes is given twice", "count, or an amount inside the selector");
    if (other === undefined) return this.#within(range, { value, at }, count);
    if (value.range === null && value.part === null && count === undefined)
      return ranges.map(({ first, count: size }) => ({ first, last: first + size - 1, count: size }));
    const message = `${value.word} of several chains, with others in between, are not counted through`;
    return this.#refuse(count?.at ?? at, message, `${value.word} of one chain`);
  }

  #within(
    { first, count: size }: NodeRange,
    { value, at }: Placed<Nodes>,
    count: Placed<Part> | undefined,
  ): NodeSelection[] | undefined {
    const words = wordsOf(value);
    const [from, to] = value.range ?? [0, size - 1];
    if (to >= size) return this.#refuse(at, `${words} ${to} does not exist`, `numbers from 0 to ${size - 1}`);
    const available = to - from + 1;
    const taken = amountOf(value.part ?? count?.value ?? { count: available }, available);
    const partAt = count?.at ?? at;
    if (taken > available)
      return this.#refuse(partAt, `${taken} of only ${available} ${words}`, `at most ${available}`);
    if (taken === 0)
      return this.#refuse(partAt, "this selects no node at all", "an amount that rounds to at least one");
    return [{ first: first + from, last: first + to, count: taken }];
  }

  #rangesOf({ word, group }: Nodes, at: Position): NodeRange[] | undefined {
    if (group !== null) return this.#rangesOfGroup(word, group, at);
    if (word === "all") return [{ first: 0, count: this.total }];
    const role = ROLES.find((name) => name === word);
    if (role !== undefined)
      return joined(
        this.#roles.filter((each) => each.role === role && (role !== "full-nodes" || each.group === "root")),
      );
    const chain = this.nodes.chains.find(({ name }) => name === word);
    if (chain !== undefined) return joined([chain.signers, chain.fullNodes]);
    return this.#unknown(at, `unknown role ${quote(word)}`, EXPECTED, word, [...ROLES, "all", "rest", ...this.#chains]);
  }

  #rangesOfGroup(word: string, group: string, at: Position): NodeRange[] | undefined {
    const role = ROLES.find((name) => name === word);
    if (role === undefined)
      return this.#unknown(at, `unknown role ${quote(word)}`, `a role before ${group}`, word, Object.keys(GROUPED));
    const what = GROUPED[role];
    if (what === undefined)
      return this.#refuse(at, `${word} belong to no other than the rootchain`, `${word} without a name`);
    const ranges = this.#roles.filter((each) => each.role === role);
    const found = ranges.filter((each) => each.group === group);
    if (found.length > 0) return joined(found);
    const names = ranges.map((each) => each.group);
    return this.#unknown(at, `there is no ${what} ${group}`, oneOf(names), group, names);
  }

  get #chains(): string[] {
    return this.nodes.chains.map(({ name }) => name);
  }

  #unknown(at: Position, message: string, expected: string, typed: string, names: readonly string[]): undefined {
    this.#problems.add({ at, message, expected, suggestion: nearest(typed, names) });
  }

  #refuse(at: Position, message: string, expected: string): undefined {
    this.#problems.add({ at, message, expected });
  }
}

function wordsOf({ word, group }: Nodes): string {
  return group === null ? word : `${word} ${group}`;
}

function amountOf(part: Part, available: number): number {
  return "count" in part ? part.count : Math.round(part.share * available);
}
