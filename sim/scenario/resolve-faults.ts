import { PROTOCOL_VERSION } from "../../protocol/core/machine.ts";
import type { GivenAdversary, GivenFault } from "./definition.ts";
import { effectOn, victimsOf } from "./fault-effects.ts";
import { areAllNodes, areDisjoint } from "./node-groups.ts";
import { type Role, type RoleRange, rolesOf } from "./numbering.ts";
import type { Problems } from "./problems.ts";
import { PlacementResolver } from "./resolve-placement.ts";
import type { Adversary, Fault, NodeGroup, PartitionFault, Strategy } from "./scenario.ts";
import type { NodeResolver, Part, Selector } from "./selectors.ts";
import type { Placed, Position } from "./source.ts";
import { STRATEGIES, type StrategyDefinition } from "./strategies.ts";

/** Keys that say what a fault is; each has exactly one. */
export const FAULTS = {
  crash: "nodes stop and may start again with their disk kept, lost, torn or stale",
  partition: "groups of nodes cannot hear each other: symmetric, one-way, or with overlapping majorities",
  slow: "nodes compute and write slower",
  clock: "clocks step, drift or stand still",
  degrade: "links from and to nodes lose and delay more",
  clog: "messages from and to nodes wait until it heals, or up to a bound; none is lost",
  slowPair: "one node's messages to one other are always late by the same long time",
  isolate: "nodes, or whoever proposes then, neither hear nor are heard",
  ring: "each node hears a majority of its own",
  flap: "lines of nodes fail for a share of every period",
  swizzle: "nodes are cut off one by one, and joined again one by one in another order",
  corrupt: "messages from and to nodes arrive with bits flipped or their end missing",
  replay: "messages from and to nodes arrive again, later",
  misdirect: "durable writes end up in another record's place",
  diskFull: "nothing becomes durable, and nothing that rests on it leaves",
  starve: "nodes get no processor time, in bursts",
  churn: "a random node leaves each period and comes back later",
  upgrade: "all nodes restart, one by one, with another version of their software",
} as const satisfies Record<Fault["kind"], string>;

const DEFAULT_UPGRADE_US = 5_000_000;

type Window = Pick<Fault, "name" | "atUs" | "forUs">;
interface Victims {
  readonly of?: Placed<readonly Placed<Selector>[]>;
  readonly count?: Placed<Part>;
}

/** Turns the file's faults and adversaries into nodes and times, reporting what cannot take place. */
export class FaultResolver {
  readonly #nodes: NodeResolver;
  readonly #durationUs: number;
  readonly #problems: Problems;
  readonly #nodeProblems: Problems;
  readonly #placements: PlacementResolver;
  readonly #names = new Set<string>();
  readonly #successors: ReadonlySet<number>;

  /**
   * @param context.nodeProblems takes what is wrong about nodes; apart, as it means nothing when the population itself is wrong
   * @param context.successors full nodes that take seats during the run
   */
  constructor(
    nodes: NodeResolver,
    durationUs: number,
    context: { problems: Problems; nodeProblems: Problems; successors: ReadonlySet<number> },
  ) {
    const { problems, nodeProblems, successors } = context;
    this.#successors = successors;
    this.#nodes = nodes;
    this.#durationUs = durationUs;
    this.#problems = problems;
    this.#nodeProblems = nodeProblems;
    this.#placements = new PlacementResolver(nodes, nodeProblems);
  }

  /** @returns undefined when the fault is wrong */
  fault({ value, at }: Placed<GivenFault>, index: number): Fault | undefined {
    const kinds = (Object.keys(FAULTS) as Fault["kind"][]).filter((kind) => value[kind] !== undefined);
    const [kind, second] = kinds;
    if (kind === undefined) return this.#missing(at, "a fault of no kind", `one of ${Object.keys(FAULTS).join(", ")}`);
    if (second !== undefined) {
      return this.#refuse(value[second]?.at ?? at, `a fault that is both ${kind} and ${second}`, "one kind a fault");
    }
    const name = this.#claimName(value.name, `${kind}-${index + 1}`, at);
    const window = this.#window(value, kind, at);
    return window && this.#effect(value, { name, ...window }, at);
  }

  #effect(given: GivenFault, window: Window, at: Position): Fault | undefined {
    const { partition, slowPair, isolate, upgrade } = given;
    if (partition !== undefined) return this.#partition(partition, window);
    if (slowPair !== undefined) return this.#slowPair(slowPair, window);
    if (isolate?.value.leader?.value === true) return this.#isolateLeader(isolate, window);
    if (upgrade !== undefined) {
      const { every, version, compatible } = upgrade.value;
      const everyUs = every?.value ?? DEFAULT_UPGRADE_US;
      const talks = compatible?.value === true ? { isCompatible: true } : {};
      return { kind: "upgrade", ...window, everyUs, version: version?.value ?? PROTOCOL_VERSION + 1, ...talks };
    }
    const victims = victimsOf(given);
    const nodes = victims && this.#victims(victims.value, victims.at);
    if (nodes === undefined) return undefined;
    const asked = effectOn(given, { ...window, nodes });
    if ("kind" in asked) return this.#strikesDevices(asked, nodes, given.crash?.value.disk?.at ?? victims?.at ?? at);
    return this.#missing(victims?.at ?? at, asked.message, asked.expected);
  }

  /** Devices can be switched off, and keep their flash; on their links, loss is the link's own. */
  #strikesDevices(asked: Fault, nodes: NodeGroup, at: Position): Fault | undefined {
    if (nodes.every(({ last }) => last < this.#nodes.total)) return asked;
    if (asked.kind !== "crash" && asked.kind !== "churn") {
      this.#refuseNodes(at, `a ${asked.kind} of devices`, "crash or churn, which switch them off");
      return undefined;
    }
    if (asked.kind === "churn" || asked.disk === "kept" || asked.disk === "torn") return asked;
    this.#refuseNodes(at, "devices that lose their flash", "kept or torn: a device without its wallet is another one");
    return undefined;
  }

  #slowPair({ value, at }: NonNullable<GivenFault["slowPair"]>, window: Window): Fault | undefined {
    const { from, to, delay } = value;
    if (from === undefined || to === undefined)
      return this.#missing(at, "a pair of fewer than two", "from and to: nodes");
    if (delay === undefined) return this.#missing(at, "late by how much?", "delay: a time");
    const [sender, receiver] = [this.#victims({ of: from }, at), this.#victims({ of: to }, at)];
    if (sender === undefined || receiver === undefined) return undefined;
    if ([...sender, ...receiver].some(({ last }) => last >= this.#nodes.total)) {
      this.#refuseNodes(at, "a slow pair with a device", "nodes on plain lines");
      return undefined;
    }
    const one = (group: NodeGroup): NodeGroup => group.slice(0, 1).map((selection) => ({ ...selection, count: 1 }));
    const [fromOne, toOne] = [one(sender), one(receiver)];
    const groups = [
      { value: fromOne, at: from.at },
      { value: toOne, at: to.at },
    ];
    if (!areDisjoint(groups, this.#nodeProblems)) return undefined;
    return { kind: "slowPair", ...window, from: fromOne, to: toOne, delayUs: delay.value };
  }

  #isolateLeader({ value }: NonNullable<GivenFault["isolate"]>, window: Window): Fault | undefined {
    const named = value.of ?? value.count;
    if (named !== undefined) return this.#refuse(named.at, "the leader and other nodes", "leader, or nodes");
    return { kind: "isolate", ...window, nodes: null };
  }

  #window(given: GivenFault, kind: Fault["kind"], at: Position): Omit<Window, "name"> | undefined {
    const start = given.at;
    if (start === undefined) return this.#missing(at, "a fault without a beginning", "at: a time");
    const [length, other] = kind === "crash" ? [given.restartAfter, given.for] : [given.for, given.restartAfter];
    if (other !== undefined) {
      return this.#refuse(other.at, `this key is not for a ${kind}`, kind === "crash" ? "restartAfter" : "for");
    }
    if (start.value >= this.#durationUs) {
      return this.#refuse(
        start.at,
        "the fault begins when the run is over",
        `a time below ${seconds(this.#durationUs)}`,
      );
    }
    if (length !== undefined && start.value + length.value > this.#durationUs) {
      const expected = `at most ${seconds(this.#durationUs - start.value)}, or nothing for a fault that never ends`;
      return this.#refuse(length.at, "the fault ends when the run is over", expected);
    }
    if (length === undefined && kind === "swizzle") {
      return this.#missing(at, "a swizzle that never ends", "for: a time, over which nodes leave and join");
    }
    return { atUs: start.value, forUs: length?.value ?? null };
  }

  #partition({ value, at }: NonNullable<GivenFault["partition"]>, window: Window): PartitionFault | undefined {
    const { groups, symmetric, bridge } = value;
    if (groups === undefined || groups.value.length < 2) {
      return this.#missing(groups?.at ?? at, "a partition of fewer than two groups", "groups: [[…], […]]");
    }
    if (bridge !== undefined && symmetric?.value === false) {
      return this.#refuse(bridge.at, "a bridge across a one-way cut", "a symmetric partition, or no bridge");
    }
    const selected = groups.value.map((group) => this.#nodes.group(group.value));
    const across = bridge === undefined ? [] : this.#nodes.group(bridge.value);
    if (across === undefined || !selected.every((group) => group !== undefined)) return undefined;
    const placed = selected.map((group, index) => ({ value: group, at: groups.value[index]?.at ?? at }));
    const everyone = [...placed, { value: across, at: bridge?.at ?? at }];
    const device = everyone.find(({ value: group }) => group.some(({ last }) => last >= this.#nodes.total));
    if (device !== undefined) return this.#refuse(device.at, "a partition of devices", "their gateways");
    if (!areAllNodes(everyone, this.#nodes.total, groups, this.#nodeProblems)) return undefined;
    const mode = bridge !== undefined ? "overlapping" : symmetric?.value === false ? "one-way" : "symmetric";
    return { kind: "partition", ...window, groups: selected, mode, bridge: across };
  }

  /** @returns undefined when the adversary is wrong */
  adversary({ value, at }: Placed<GivenAdversary>, index: number): Adversary | undefined {
    const { strategy, from, turncoat } = value;
    if (strategy === undefined) return this.#missing(at, "an adversary without a strategy", "strategy: a name");
    const name = this.#claimName(value.name, `${strategy.value}-${index + 1}`, at);
    if (from !== undefined && from.value >= this.#durationUs) {
      return this.#refuse(
        from.at,
        "the adversary begins when the run is over",
        `a time below ${seconds(this.#durationUs)}`,
      );
    }
    const nodes = this.#victims(value, at);
    if (nodes !== undefined && !this.#canFollow(nodes, strategy.value, value.of?.at ?? at)) return undefined;
    if (turncoat?.value === true && !this.#mayTurn(strategy.value, turncoat.at)) return undefined;
    if (nodes === undefined) return undefined;
    const adversary = { name, nodes, strategy: strategy.value, fromUs: from?.value ?? 0 };
    const refined = this.#placements.refine(adversary, value, at);
    return refined && turncoat?.value === true ? { ...refined, hasTurncoat: true } : refined;
  }

  /** @returns whether there is something to give away, and somebody to give it to */
  #mayTurn(strategy: Strategy, at: Position): boolean {
    const isFalse = strategy === "mint" || strategy === "forge-state";
    if (!isFalse)
      this.#refuse(at, `${strategy} with a turncoat`, "mint or forge-state, whose blocks a proof can refute");
    const isHeard = this.#nodes.nodes.relayers.count > 0;
    if (!isHeard) this.#refuse(at, "a turncoat without relayers", "relayers: {count: 1} or more, who inform");
    return isFalse && isHeard;
  }

  /** @returns whether all of the nodes are of roles that the strategy is for */
  #canFollow(nodes: NodeGroup, strategy: Strategy, at: Position): boolean {
    const { roles, oneSubchain = false }: StrategyDefinition = STRATEGIES[strategy];
    const overlaps = (range: RoleRange) =>
      range.count > 0 && nodes.some(({ first, last }) => first < range.first + range.count && range.first <= last);
    const taken = rolesOf(this.#nodes.nodes).filter(overlaps);
    const stranger = taken.find((range) => !roles.includes(range.role) && !this.#takeSeats(range, nodes, roles));
    const chains = taken.filter(({ role }) => role === "operators").length;
    const isSplit = oneSubchain && chains !== 1;
    const expected = oneSubchain ? "operators of one subchain" : roles.join(", ");
    if (stranger !== undefined) this.#refuseNodes(at, `${strategy} is not for ${stranger.role}`, expected);
    else if (isSplit)
      this.#refuseNodes(at, `${strategy} of ${chains === 0 ? "no subchain" : "several subchains"}`, expected);
    return stranger === undefined && !isSplit;
  }

  /** Full nodes that take seats during the run are members like others. */
  #takeSeats({ role, group, first, count }: RoleRange, nodes: NodeGroup, roles: readonly Role[]): boolean {
    if (role !== "full-nodes" || !roles.includes(group === "root" ? "delegates" : "operators")) return false;
    const inRange = Array.from({ length: count }, (_, place) => first + place);
    const selected = inRange.filter((node) => nodes.some((each) => each.first <= node && node <= each.last));
    return selected.every((node) => this.#successors.has(node));
  }

  #victims({ of, count }: Victims, at: Position): NodeGroup | undefined {
    if (of === undefined) return this.#missing(at, "no nodes are named", "of: nodes such as delegates");
    const rest = of.value.find(({ value }) => value.kind === "rest");
    if (rest !== undefined) return this.#refuse(rest.at, "rest has a meaning in partitions only", "all, or a role");
    const group = this.#nodes.group(of.value, count);
    return group && areDisjoint([{ value: group, at: of.at }], this.#nodeProblems) ? group : undefined;
  }

  #refuseNodes(at: Position, message: string, expected: string): void {
    this.#nodeProblems.add({ at, message, expected });
  }

  #claimName(given: Placed<string> | undefined, byDefault: string, at: Position): string {
    const name = given?.value ?? byDefault;
    if (this.#names.has(name)) this.#refuse(given?.at ?? at, `the name ${name} is taken`, "a name of its own");
    this.#names.add(name);
    return name;
  }

  /** Something is not there; where something else is wrong already, that is why. */
  #missing(at: Position, message: string, expected: string): undefined {
    if (!this.#problems.within(at)) this.#refuse(at, message, expected);
  }

  #refuse(at: Position, message: string, expected: string): undefined {
    this.#problems.add({ at, message, expected });
  }
}

function seconds(timeUs: number): string {
  return `${timeUs / 1_000_000} s`;
}
