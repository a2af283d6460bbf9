import { assertNever } from "../../protocol/core/assert.ts";
import type { FaultOperation, ScheduledFault } from "../faults/index.ts";
import { stream } from "../kernel/index.ts";
import { drawNodes } from "../scenario/draw-nodes.ts";
import type { Fault, NodeGroup, Scenario } from "../scenario/scenario.ts";
import type { Window } from "./spans.ts";

/** Draws the nodes of one fault from a stream of its own. */
function drawFor(scenario: Scenario, label: string, groups: readonly NodeGroup[]): number[][] {
  const random = stream(scenario.seed, label);
  return drawNodes(groups, (below) => random.below(below));
}

function operationOf(scenario: Scenario, fault: Fault): FaultOperation {
  const draw = (groups: readonly NodeGroup[]) => drawFor(scenario, `fault/${fault.name}`, groups);
  if (fault.kind === "partition") return partitionOf(fault, draw([...fault.groups, fault.bridge]));
  const nodes = draw([fault.nodes])[0] ?? [];
  switch (fault.kind) {
    case "crash":
      return { kind: "crash", nodes, disk: fault.disk };
    case "slow":
      return { kind: "slow", nodes, factor: fault.factor };
    case "clock":
      return { kind: "clock", nodes, offsetUs: fault.offsetUs, driftPpm: fault.driftPpm };
    case "degrade":
      return { kind: "degrade", nodes, lossProbability: fault.lossProbability, latencyUs: fault.latencyUs };
    default:
      return assertNever(fault);
  }
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
