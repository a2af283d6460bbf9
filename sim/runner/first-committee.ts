import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { chainPlans } from "./chain-plan.ts";
import { found } from "./founding.ts";
import { populate } from "./population.ts";
import { drawGangs, modelledBackendOf } from "./world.ts";

/**
 * @param scenario with modelled crypto
 * @returns the delegates who sit first on the rootchain, in the order in which they lead while nothing goes wrong
 */
export function firstCommittee(scenario: Scenario): readonly number[] {
  assert(scenario.crypto === "modelled", "the keys of drawn scenarios are modelled");
  const backend = modelledBackendOf(scenario);
  const plans = chainPlans(scenario);
  const residents = populate(scenario, backend);
  const { genesis } = found(scenario, backend, { plans, residents, gangs: drawGangs(scenario, backend, plans) });
  return (genesis[0] as ChainState).rotation.committee.members;
}
