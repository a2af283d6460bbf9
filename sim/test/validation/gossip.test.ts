import { describe, it } from "vitest";
import { Perturbation } from "../../kernel/perturbation.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { Network } from "../../network/network.ts";
import { drawMesh } from "../../runner/topology.ts";
import { excerpt } from "../campaign/run.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";

const NODES = 3000;
const DEGREE = 6;

/** Floods one message from node 0: whoever has it first sends it to every neighbour, once. @returns part of the nodes reached */
function flood(seed: number, lossProbability: number): number {
  const base = excerpt(String(seed), 1);
  const scenario = { ...base, seed: String(seed), network: { ...base.network, gossip: { degree: DEGREE } } };
  const mesh = drawMesh(scenario, NODES, "validation");
  const line = { region: 0, uplinkBitsPerSecond: 1e12, downlinkBitsPerSecond: 1e12 };
  const network = new Network({
    key: seed,
    nodes: Array.from({ length: NODES }, () => line),
    latencyUs: [[1]],
    jitterUs: [[0]],
    lossProbability,
    duplicateProbability: 0,
    reorderProbability: 0,
    reorderDelayUs: 0,
    maxMessageBytes: 1000,
    uplinkQueueBytes: 1e9,
    downlinkQueueBytes: 1e9,
    perturbation: new Perturbation(0),
  });
  const reached = new Set([0]);
  for (const node of reached) {
    network.begin(node, 10, seed, 0);
    for (const peer of mesh[node] ?? []) if (network.copyTo(peer) === Outcome.delivered) reached.add(peer);
  }
  return reached.size / NODES;
}

/**
 * The part of a random regular graph that a flood over lossy edges reaches once it has taken hold: bond percolation.
 *
 * Source: M. E. J. Newman, Spread of epidemic disease on networks, Phys. Rev. E 66 (2002), for the generating functions.
 */
function coverage(lossProbability: number): number {
  const passes = 1 - lossProbability;
  let ends = 0.5;
  for (let round = 0; round < 2000; round++) ends = (1 - passes + passes * ends) ** (DEGREE - 1);
  return 1 - (1 - passes + passes * ends) ** DEGREE;
}

describe("a flood over the gossip mesh", () => {
  it.each([0.3, 0.5, 0.6])("at loss %f reaches what percolation says", (lossProbability) => {
    // A flood that dies at its first steps says nothing of the mesh: another seed is taken.
    let seed = 0;
    const next = () => {
      for (;;) {
        const part = flood(++seed, lossProbability);
        if (part > 0.1) return part;
      }
    };
    expectAgreement(overSeeds(8, next), coverage(lossProbability), { resolution: 0.03, modelError: 0.005 });
  });
});
