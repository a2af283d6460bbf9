import { chainPlans } from "../runner/chain-plan.ts";
import { drawFor } from "../runner/fault-plan.ts";
import { drawAdversaries } from "../runner/world.ts";
import { numberNodes } from "../scenario/index.ts";
import { operationsOf } from "../scenario/operation.ts";
import type { Adversary, Fault, NodeGroup, NodeSelection, Operation, Scenario } from "../scenario/scenario.ts";

function isSelection(value: unknown): value is NodeSelection {
  return typeof value === "object" && value !== null && "first" in value && "last" in value && "count" in value;
}

function isGroup(value: unknown): value is NodeGroup {
  return Array.isArray(value) && value.length > 0 && value.every(isSelection);
}

/** Rebuilds what names nodes, whatever its kind: groups stand in fields, or in lists in fields. */
export function withGroups<T extends object>(named: T, change: (group: NodeGroup) => NodeGroup): T {
  const rebuilt = Object.entries(named).map(([key, value]) => {
    if (isGroup(value)) return [key, change(value)];
    if (Array.isArray(value) && value.some(isGroup)) {
      return [key, value.map((each) => (isGroup(each) ? change(each) : each)).filter((group) => group.length > 0)];
    }
    return [key, value];
  });
  return Object.fromEntries(rebuilt) as T;
}

/** @returns all groups of what names nodes, in the order of its fields */
export function groupsOf(named: object): NodeGroup[] {
  const groups: NodeGroup[] = [];
  withGroups(named, (group) => {
    groups.push(group);
    return group;
  });
  return groups;
}

/** @returns a group of exactly these nodes, which takes no draw */
export function groupOfNodes(nodes: readonly number[]): NodeGroup {
  return nodes.map((node) => ({ first: node, last: node, count: 1 }));
}

/** @returns the numbers that a group names one by one */
export function nodesOf(group: NodeGroup): number[] {
  return group.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** @returns nodes that a fault makes forget what they signed: none may hold them to it, and a budget counts them */
export function forgetfulNodes(fault: Fault): number[] {
  const forgets =
    fault.kind === "misdirect" || (fault.kind === "crash" && (fault.disk === "lost" || fault.disk === "stale"));
  return forgets ? nodesOf(fault.nodes) : [];
}

function explicit<T extends object>(named: T, drawn: readonly (readonly number[])[]): T {
  const next = drawn.values();
  return withGroups(named, () => groupOfNodes(next.next().value ?? []));
}

/** @returns the same scenario with every node named by its number where the run's seed would have drawn it */
export function withNodesDrawn(scenario: Scenario): Scenario {
  const faults = scenario.faults.map((fault): Fault => {
    return explicit(fault, drawFor(scenario, `fault/${fault.name}`, groupsOf(fault)));
  });
  const drawn = drawAdversaries(scenario, chainPlans(scenario));
  const adversaries = scenario.adversaries.map((adversary, index): Adversary => {
    // An adaptive adversary goes on choosing from all of its nodes.
    return adversary.placement === "adaptive" ? adversary : { ...adversary, nodes: groupOfNodes(drawn[index] ?? []) };
  });
  return { ...scenario, faults, adversaries };
}

/** @returns the same scenario with these operations of its workload, and without the key where there are none */
export function withOperations(scenario: Scenario, operations: readonly Operation[]): Scenario {
  const { operations: _, ...others } = scenario;
  return operations.length === 0 ? others : { ...others, operations };
}

/** How much a person has to read to understand a scenario. */
export interface ScenarioSize {
  /** Faults, adversaries, loads and what is undertaken on the rootchain; each counts once for every node that it befalls. */
  readonly operations: number;
  readonly nodes: number;
  readonly seconds: number;
}

/** What parts the nodes into groups befalls all but the largest of them. */
function befallen(named: object): number {
  const sizes = groupsOf(named).map((group) => group.reduce((sum, each) => sum + sizeOf(each), 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return Math.max(1, sizes.length > 1 ? total - Math.max(...sizes) : total);
}

function sizeOf({ first, last, count }: NodeSelection): number {
  return count === "rest" ? last - first + 1 : count;
}

/** @returns the size of a scenario */
export function sizeOfScenario(scenario: Scenario): ScenarioSize {
  const befalling = [...scenario.faults, ...scenario.adversaries].map(befallen);
  const undertaken = scenario.workload.length + operationsOf(scenario).length;
  return {
    operations: befalling.reduce((sum, each) => sum + each, undertaken),
    nodes: numberNodes(scenario).total,
    seconds: scenario.durationUs / 1e6,
  };
}
