import type { HealedCore, ScheduledFault } from "../faults/index.ts";
import { stream } from "../kernel/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, numbersOf } from "./chain-plan.ts";
import type { Byzantine } from "./checks.ts";

/** A healed core, or why there is none. */
export interface CorePlan {
  readonly core: HealedCore | null;
  /** Empty where there is a core, or where none was asked for. */
  readonly excuse: string;
}

/** What a core is drawn from. */
interface CoreOptions {
  readonly plans: readonly ChainPlan[];
  readonly byzantine: Byzantine;
  readonly faults: readonly ScheduledFault[];
}

/**
 * @returns nodes whose disk loses what it had promised to keep, without their knowing: they may vote twice, as liars do, so that
 * nothing is asked of them
 */
export function forgetful(faults: readonly ScheduledFault[]): Set<number> {
  const nodes = faults.flatMap(({ operation }) => {
    if (operation.kind === "misdirect") return operation.nodes;
    return operation.kind === "crash" && operation.disk === "stale" ? operation.nodes : [];
  });
  return new Set(nodes);
}

/** @returns nodes that lose their whole disk, and have to keep silent for a while */
function emptied(faults: readonly ScheduledFault[]): number[] {
  return faults.flatMap(({ operation }) =>
    operation.kind === "crash" && operation.disk === "lost" ? operation.nodes : [],
  );
}

/** @returns how many members of any committee of the chain may be outside for it to have a quorum inside */
function bearable({ subchain, signers }: ChainPlan, rootCommittee: number): number {
  const committee = subchain === null ? rootCommittee : subchain.committee;
  return Math.floor((Math.min(committee, signers.count) - 1) / 3);
}

/**
 * Draws who is in the core: on every chain so few signers are outside that each committee has a quorum inside, whoever is in it.
 * Nodes that lie or may have forgotten are outside; those that sign nothing are inside.
 */
export function planCore(scenario: Scenario, { plans, byzantine, faults }: CoreOptions): CorePlan {
  const atUs = scenario.expect.find((each) => each.kind === "liveness")?.coreAtUs ?? null;
  if (atUs === null) return { core: null, excuse: "" };
  if (scenario.adversaries.some(({ placement }) => placement === "adaptive"))
    return { core: null, excuse: "no core: an adaptive adversary may reach anybody" };
  const all = Array.from({ length: numberNodes(scenario).total }, (_, node) => node);
  const outside = new Set([...all.filter((node) => byzantine.has(node)), ...emptied(faults)]);
  for (const plan of plans) {
    const signers = numbersOf(plan.signers);
    const sound = signers.filter((node) => !outside.has(node));
    const spare = bearable(plan, scenario.rootchain.committee) - (signers.length - sound.length);
    if (spare < 0) return { core: null, excuse: `no core of ${plan.name} has a quorum that neither lies nor forgets` };
    const random = stream(scenario.seed, `core/${plan.name}`);
    const count = spare === 0 ? 0 : 1 + random.below(spare);
    for (let left = count; left > 0; left--) {
      const [node] = sound.splice(random.below(sound.length), 1);
      if (node !== undefined) outside.add(node);
    }
  }
  return { core: { atUs, nodes: all.filter((node) => !outside.has(node)) }, excuse: "" };
}
