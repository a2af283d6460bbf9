import type { FaultOperation, ScheduledFault } from "../faults/index.ts";
import { stream } from "../kernel/index.ts";
import { drawNodes } from "../scenario/draw-nodes.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { Fault, NodeGroup, Scenario } from "../scenario/scenario.ts";
import type { Window } from "./spans.ts";

/** Draws the nodes of one fault from a stream of its own. */
export function drawFor(scenario: Scenario, label: string, groups: readonly NodeGroup[]): number[][] {
  const random = stream(scenario.seed, label);
  return drawNodes(groups, (below) => random.below(below));
}

type Draw = (groups: readonly NodeGroup[]) => number[][];

function operationOf(scenario: Scenario, fault: Fault): FaultOperation {
  const draw: Draw = (groups) => drawFor(scenario, `fault/${fault.name}`, groups);
  switch (fault.kind) {
    case "partition":
      return partitionOf(fault, draw([...fault.groups, fault.bridge]));
    case "slowPair": {
      const [from, to] = draw([fault.from, fault.to]).map((nodes) => nodes[0] ?? 0);
      return { kind: "slowPair", from: from ?? 0, to: to ?? 0, delayUs: fault.delayUs };
    }
    case "isolate":
      return { kind: "isolate", nodes: fault.nodes === null ? null : (draw([fault.nodes])[0] ?? []) };
    case "ring": {
      const [nodes = []] = draw([fault.nodes]);
      return { kind: "ring", nodes: shuffled(scenario, fault, nodes) };
    }
    case "upgrade": {
      const nodes = Array.from({ length: numberNodes(scenario).total }, (_, node) => node);
      const { name: _name, atUs: _atUs, forUs: _forUs, ...operation } = fault;
      return { ...operation, nodes: shuffled(scenario, fault, nodes) };
    }
    case "swizzle": {
      const { atUs, forUs } = fault;
      return { kind: "swizzle", nodes: draw([fault.nodes])[0] ?? [], forUs: forUs ?? scenario.durationUs - atUs };
    }
    default: {
      const { name: _name, atUs: _atUs, forUs: _forUs, ...operation } = fault;
      return { ...operation, nodes: draw([fault.nodes])[0] ?? [] };
    }
  }
}

/** @returns the nodes in an order of the fault's own */
function shuffled(scenario: Scenario, fault: Fault, nodes: readonly number[]): number[] {
  const random = stream(scenario.seed, `fault/${fault.name}/order`);
  const left = [...nodes];
  return nodes.map(() => left.splice(random.below(left.length), 1)[0] as number);
}

/** The bridge of overlapping groups belongs to every one of them. */
function partitionOf(fault: Extract<Fault, { kind: "partition" }>, drawn: number[][]): FaultOperation {
  const bridge = drawn.at(-1) ?? [];
  const groups = drawn.slice(0, -1).map((group) => [...group, ...bridge]);
  return { kind: "partition", groups, mode: fault.mode === "one-way" ? "one-way" : "symmetric" };
}

/** @returns the scenario's faults with their nodes drawn */
export function planFaults(scenario: Scenario): ScheduledFault[] {
  return scenario.faults.map((fault) => {
    const { name, atUs, forUs } = fault;
    return { name, atUs, forUs, operation: operationOf(scenario, fault) };
  });
}

/** @returns when something is broken on purpose */
export function faultWindows(scenario: Scenario): Window[] {
  return scenario.faults.map(({ atUs, forUs }) => {
    return { fromUs: atUs, toUs: forUs === null ? scenario.durationUs : atUs + forUs };
  });
}
