import type { Scenario } from "../scenario/index.ts";
import type { Operation } from "../scenario/scenario.ts";
import { firstViolation } from "./failure.ts";
import { fewest, lowest } from "./minimize.ts";
import { groupOfNodes, groupsOf, nodesOf, withGroups, withNodesDrawn, withOperations } from "./operations.ts";
import type { Search } from "./search.ts";
import { shrinkPopulation } from "./shrink-population.ts";
import { simplifyValues } from "./simplify.ts";

/** One way of making a scenario smaller. */
type Pass = (search: Search) => Promise<void>;

/** Times of a run's end are looked for in steps of this. */
const STEP_US = 250_000;

async function drawNodes(search: Search): Promise<void> {
  await search.attempt(withNodesDrawn(search.scenario));
}

/** The same run up to an earlier moment, without what was planned for later. */
function endingAt(scenario: Scenario, durationUs: number): Scenario {
  const { operations = [] } = scenario;
  const shorter = {
    ...scenario,
    durationUs,
    drainUs: Math.min(scenario.drainUs, durationUs),
    workload: scenario.workload.map((load) => ({ ...load, stopUs: Math.min(load.stopUs, durationUs) })),
    faults: scenario.faults.filter(({ atUs }) => atUs < durationUs),
    adversaries: scenario.adversaries.filter(({ fromUs }) => fromUs < durationUs),
  };
  return withOperations(
    shorter,
    operations.filter(({ atUs }) => atUs < durationUs),
  );
}

/** Figures mean little in a run that is cut short, so an expectation's failure keeps its time. */
async function endEarlier(search: Search): Promise<void> {
  if (search.failure.kind === "expectation") return;
  const { ending } = search;
  const failed = "expectations" in ending ? ending.expectations.find(({ verdict }) => verdict === "fail") : undefined;
  const at = failed && "expectations" in ending ? firstViolation(ending, failed.name, failed.detail) : undefined;
  if (at !== undefined) {
    const brokenUs = Math.ceil((at.atSeconds * 1e6) / STEP_US) * STEP_US;
    if (brokenUs < search.scenario.durationUs) await search.attempt(endingAt(search.scenario, brokenUs + STEP_US));
    return;
  }
  const steps = Math.ceil(search.scenario.durationUs / STEP_US);
  await lowest(steps, 1, async (step) => {
    const durationUs = Math.min(step * STEP_US, search.scenario.durationUs);
    return search.attempt(endingAt(search.scenario, durationUs));
  });
}

/** Everything that a scenario lists and that may go, one with another. */
async function leaveOut(search: Search): Promise<void> {
  const { faults, adversaries, workload, lightClients, operations = [] } = search.scenario;
  const items = [
    ...faults.map((item) => ({ key: "faults", item })),
    ...adversaries.map((item) => ({ key: "adversaries", item })),
    ...workload.map((item) => ({ key: "workload", item })),
    ...lightClients.map((item) => ({ key: "lightClients", item })),
    ...operations.map((item) => ({ key: "operations", item })),
  ];
  await fewest(items, (kept) => {
    const of = (name: string) => kept.filter(({ key }) => key === name).map(({ item }) => item);
    const undertaken = of("operations") as readonly Operation[];
    const lists = ["faults", "adversaries", "workload", "lightClients"].map((name) => [name, of(name)]);
    return search.attempt(withOperations({ ...search.scenario, ...Object.fromEntries(lists) }, undertaken));
  });
}

async function expectLess(search: Search): Promise<void> {
  const { expect } = search.scenario;
  if (expect.length > 1) await fewest(expect, (kept) => search.attempt({ ...search.scenario, expect: kept }));
}

type Afflicted = "faults" | "adversaries";

/** Fewer nodes in each fault and adversary. */
async function befallFewer(search: Search): Promise<void> {
  for (const list of ["faults", "adversaries"] as const satisfies readonly Afflicted[]) {
    for (const { name } of search.scenario[list]) await spareNodes(search, list, name);
  }
}

async function spareNodes(search: Search, list: Afflicted, name: string): Promise<void> {
  const named: readonly { readonly name: string }[] = search.scenario[list];
  const victim = named.find((each) => each.name === name);
  if (victim === undefined) return;
  await fewest(groupsOf(victim).flatMap(nodesOf), (kept) => {
    if (kept.length === 0) return Promise.resolve(false);
    const left = new Set(kept);
    const spared = named.map((each) =>
      each.name === name ? withGroups(each, (group) => groupOfNodes(nodesOf(group).filter((n) => left.has(n)))) : each,
    );
    return search.attempt({ ...search.scenario, [list]: spared });
  });
}

/** All passes in their order: what makes runs shorter comes first. */
export const SHRINK_PASSES: readonly Pass[] = [
  drawNodes,
  endEarlier,
  leaveOut,
  befallFewer,
  shrinkPopulation,
  expectLess,
  simplifyValues,
];
