import type { PeerId } from "../../protocol/core/ids.ts";
import { type RandomStream, stream } from "../kernel/index.ts";
import type { NodeRange } from "../scenario/numbering.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, membersOf, numbersOf } from "./chain-plan.ts";

/** Shuffles in place (Fisher and Yates). */
function shuffle<T>(items: T[], random: RandomStream): T[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
  return items;
}

/** Spreads nodes over the regions by their shares: largest remainders get what rounding leaves over. */
export function placeNodes(scenario: Scenario, nodes: number): number[] {
  const { share } = scenario.network.backbone.regions;
  const quotas = share.map((part) => part * nodes);
  const counts = quotas.map(Math.floor);
  const byRemainder = quotas
    .map((quota, region) => ({ region, remainder: quota - Math.floor(quota) }))
    .sort((a, b) => b.remainder - a.remainder || a.region - b.region);
  const missing = nodes - counts.reduce((sum, count) => sum + count, 0);
  for (const { region } of byRemainder.slice(0, missing)) counts[region] = (counts[region] ?? 0) + 1;
  const places = counts.flatMap((count, region) => new Array<number>(count).fill(region));
  return shuffle(places, stream(scenario.seed, "topology/regions"));
}

/** What a mesh is drawn from. */
export interface MeshPlan {
  readonly seed: string;
  readonly network: { readonly gossip: { readonly degree: number } };
}

/**
 * Draws a gossip mesh: the union of degree / 2 random rings, so that it is connected and every node has about `degree`
 * neighbours.
 *
 * @param label of the mesh's random stream
 * @returns the neighbours of each node 0 … nodes − 1, ascending
 */
export function drawMesh(scenario: MeshPlan, nodes: number, label = "topology/mesh"): PeerId[][] {
  const neighbours = Array.from({ length: nodes }, () => new Set<number>());
  const rings = Math.ceil(scenario.network.gossip.degree / 2);
  for (let ring = 0; ring < rings; ring++) {
    const order = shuffle([...neighbours.keys()], stream(scenario.seed, `${label}/${ring}`));
    order.forEach((node, place) => {
      const next = order[(place + 1) % nodes] as number;
      if (next === node) return;
      neighbours[node]?.add(next);
      neighbours[next]?.add(node);
    });
  }
  return neighbours.map((each) => [...each].sort((a, b) => a - b) as PeerId[]);
}

/** @returns the neighbours of each node of a run within its own chain's mesh; none for nodes of no chain */
export function drawMeshes(scenario: Scenario, plans: readonly ChainPlan[], nodes: number): PeerId[][] {
  const neighbours = Array.from({ length: nodes }, (): PeerId[] => []);
  for (const plan of plans) {
    const members = membersOf(plan);
    const label = plan.subchain === null ? "topology/mesh" : `topology/mesh/${plan.name}`;
    drawMesh(scenario, members.length, label).forEach((each, place) => {
      neighbours[members[place] as number] = each.map((other) => members[other] as PeerId);
    });
  }
  return neighbours;
}

/** Nodes that one outside a chain asks about it. */
const MAX_SERVERS = 8;

/**
 * Draws whom a node outside a chain asks about it: full nodes of that chain first, as they have nothing else to do.
 *
 * @returns their numbers, in the order in which they are asked
 */
export function drawServers(scenario: Scenario, { signers, followers }: ChainPlan, node: number): PeerId[] {
  const random = stream(scenario.seed, `topology/servers/${signers.first}/${node}`);
  const shuffled = (range: NodeRange) => shuffle(numbersOf(range), random);
  return [...shuffled(followers), ...shuffled(signers)].slice(0, MAX_SERVERS) as PeerId[];
}
