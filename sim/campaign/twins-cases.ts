import { firstCommittee } from "../runner/first-committee.ts";
import type { Fault, Scenario } from "../scenario/index.ts";
import { groupOfNodes } from "./operations.ts";
import { nodesUpTo, withDelegates } from "./small-world.ts";

/** One kind of case: its size, how many nodes are twins, and how many leaders and partitions are gone through. */
interface Family {
  readonly delegates: number;
  readonly twins: number;
  readonly leaders: number;
  readonly stretches: number;
}
const SMALL: Family = { delegates: 4, twins: 1, leaders: 3, stretches: 5 };
const LARGE: Family = { delegates: 7, twins: 2, leaders: 2, stretches: 3 };
/** Of so many cases one is of the larger family. */
const LARGE_ONE_IN = 4;
/** Rounds that one partition may last. */
const LENGTHS = [1, 2, 3] as const;
const MODES = ["symmetric", "one-way"] as const;
const ALL_BITS = 0xffff_ffff;
const ODD_NUMBERS = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35];
/** Seeds that are tried until the lot falls on the leaders of a case: one of 42 does, on average. */
const MAX_SEEDS = 2_000;
/** Longer than everything that the partitions let happen: who leads is decided by one lot. */
const ROUNDS_PER_ITERATION = 64;

/** Takes a number apart into digits of different radices. */
class Digits {
  #left: number;

  constructor(value: number) {
    this.#left = value;
  }

  take(radix: number): number {
    const digit = this.#left % radix;
    this.#left = Math.floor(this.#left / radix);
    return digit;
  }

  /** @returns an item, which is then no longer among the items */
  takeOne<Item>(items: Item[]): Item {
    return items.splice(this.take(items.length), 1)[0] as Item;
  }
}

/** @returns how many cases a family has */
function casesOf({ delegates, twins, leaders, stretches }: Family): number {
  const orders = (count: number) => nodesUpTo(count).reduce((product, place) => product * (delegates - place), 1);
  return orders(twins) * orders(leaders) * LENGTHS.length * MODES.length * (1 << ((delegates - 1) * stretches));
}

/** @returns another number of so many bits, at most 32: different ones for different ones, and far apart for neighbours */
function mixed(value: number, bits: number): number {
  const mask = ALL_BITS >>> (32 - bits);
  let word = value;
  for (const odd of ODD_NUMBERS) {
    word = (Math.imul(word, odd) >>> 0) & mask;
    word = ((word >>> 0) ^ ((word >>> 0) >>> (bits >> 1))) >>> 0;
  }
  return word;
}

/** @returns a place among all cases: neighbours have little in common, and none comes twice before all came once */
function placeOf(number: number, cases: number): number {
  const bits = 32 - Math.clz32(cases - 1);
  let place = mixed(number % cases, bits);
  while (place >= cases) place = mixed(place, bits);
  return place;
}

/** One of the cases: who is a twin, who leads first, and who hears whom meanwhile. */
export interface TwinsCase {
  readonly delegates: number;
  readonly twins: readonly number[];
  readonly leaders: readonly number[];
  readonly rounds: number;
  readonly mode: (typeof MODES)[number];
  /** The side of node 0 in each stretch of rounds; all nodes where nothing is cut. */
  readonly sides: readonly (readonly number[])[];
}

/** @param number of the case, 0, 1, 2 …; after the last one of a family it begins again */
export function twinsCase(number: number): TwinsCase {
  const isLarge = number % LARGE_ONE_IN === LARGE_ONE_IN - 1;
  const family = isLarge ? LARGE : SMALL;
  const { delegates, twins, leaders, stretches } = family;
  const within = isLarge ? Math.floor(number / LARGE_ONE_IN) : number - Math.floor(number / LARGE_ONE_IN);
  const digits = new Digits(placeOf(within, casesOf(family)));
  const others = nodesUpTo(delegates).slice(1);
  const sides = nodesUpTo(stretches).map(() => {
    const cut = digits.take(1 << others.length);
    return [0, ...others.filter((_, bit) => ((cut >> bit) & 1) === 0)];
  });
  const [seats, heads] = [nodesUpTo(delegates), nodesUpTo(delegates)];
  return {
    delegates,
    sides,
    leaders: nodesUpTo(leaders).map(() => digits.takeOne(heads)),
    twins: nodesUpTo(twins).map(() => digits.takeOne(seats)),
    rounds: LENGTHS[digits.take(LENGTHS.length)] as number,
    mode: MODES[digits.take(MODES.length)] as TwinsCase["mode"],
  };
}

/**
 * Goes through leaders and partitions as the Twins paper does (Bano et al., 2021), which deals them out to rounds. Here a lot
 * decides who leads: so the seed is one under which it falls on the case's leaders.
 *
 * @param seed its last number is the case's
 * @param world what the case takes place in
 */
export function twinsOf(seed: string, world: Scenario): Scenario {
  const drawn = twinsCase(Number(/\d{1,9}$/u.exec(seed)?.[0] ?? 0));
  const { delegates, twins, leaders, mode, rounds, sides } = drawn;
  const base = withDelegates(world, delegates);
  const { roundUs } = base.rootchain;
  const faults = sides.flatMap((side, place): Fault[] => {
    const rest = nodesUpTo(delegates).filter((node) => !side.includes(node));
    if (rest.length === 0) return [];
    const groups = [side, rest].map(groupOfNodes);
    const window = { atUs: roundUs + place * rounds * roundUs, forUs: rounds * roundUs };
    return [{ kind: "partition", name: `cut-${place}`, ...window, groups, mode, bridge: [] }];
  });
  const rootchain = { ...base.rootchain, roundsPerIteration: ROUNDS_PER_ITERATION };
  const workload = base.workload.map((load) => ({ ...load, accounts: 2 }));
  const adversaries = twins.map((node) => {
    return { name: `twins-${node}`, nodes: groupOfNodes([node]), strategy: "twins" as const, fromUs: 0 };
  });
  return ledBy(leaders, { ...base, name: "twins", rootchain, workload, faults, adversaries });
}

/** @returns the scenario under a seed whose lot falls on these leaders, or under the last that was tried */
function ledBy(leaders: readonly number[], scenario: Scenario): Scenario {
  let seeded = scenario;
  for (let tried = 0; tried < MAX_SEEDS; tried++) {
    seeded = { ...scenario, seed: `${scenario.seed}_${tried}` };
    const drawn = firstCommittee(seeded);
    if (leaders.every((node, place) => drawn[place] === node)) break;
  }
  return seeded;
}
