import type { Certificate } from "../../protocol/consensus/certificate.ts";
import { WIRE_KIND_NAMES } from "../../protocol/core/wire-kind.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { OUTCOME_NAMES } from "../network/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { TraceLevel, TraceMeta } from "../trace/model.ts";
import type { BlockFacts, FinalizedObservation } from "../trace/writer.ts";
import { placesOf } from "./device-plan.ts";
import { namedRoles } from "./population.ts";

/** What a trace says of a run before it begins. */
export function traceMeta(scenario: Scenario, options: { level: TraceLevel; codeVersion: string }): TraceMeta {
  const residents = namedRoles(scenario);
  const places = placesOf(scenario);
  const { names, positions } = scenario.network.backbone.regions;
  const nodes = residents.map(({ name, role, chain }, node) => {
    const region = places[node] as number;
    return { name, role, chain, region: names[region] ?? "", position: positions?.[region] ?? null };
  });
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    ...options,
    nodes,
    messageClasses: WIRE_KIND_NAMES,
    outcomes: OUTCOME_NAMES,
    faults: scenario.faults.map(({ name }) => name),
  };
}

/** Reads a final block for the trace. */
export function describeBlock({ block, certificate, committee }: FinalizedObservation): BlockFacts {
  const { header, transactions, bodyBytes } = block as Block;
  const signers = (certificate as Certificate).votes.map((vote) => vote.signer);
  const { proposer, timeUs } = header;
  return { proposer, timeUs, committee, signers, transactions: transactions.length, sizeBytes: bodyBytes };
}
