import { type ChainState, genesisState } from "../../protocol/consensus/chain-state.ts";
import { type Registration, Registry } from "../../protocol/consensus/registry.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import { IOTX } from "../../protocol/core/units.ts";
import { accountRules } from "../../protocol/ledger/account-rules.ts";
import { Accounts } from "../../protocol/ledger/accounts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Endowments } from "../workload/endowment.ts";
import { type ChainPlan, ROOT_CHAIN_ID } from "./chain-plan.ts";
import { identitiesOf, type Resident } from "./population.ts";

/** What a delegate puts at stake besides its votes. */
const BOND = 100_000n * IOTX;

function registryOf(scenario: Scenario, plan: ChainPlan, residents: readonly Resident[]): Registry {
  const entries = identitiesOf(plan, residents).map(({ signing, vrf }, id): Registration => {
    const stake = plan.subchain === null ? BigInt(scenario.rootchain.stakes[id] ?? "0") : 0n;
    const bond = plan.subchain === null ? BOND : BigInt(plan.subchain.bond);
    const endpoint = (plan.signers.first + id) as PeerId;
    return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint, stake, bond };
  });
  return new Registry(entries);
}

function accountsOf({ id }: ChainPlan, { coins, accounts }: Endowments): Accounts {
  const endowed = id === ROOT_CHAIN_ID ? coins : (accounts.get(id) ?? []);
  return endowed.reduce((sum, { holder, amount }) => {
    holder.credit(id, ROOT_CHAIN_ID, amount);
    return sum.credit(holder.address, amount);
  }, new Accounts());
}

/** What the genesis of a run is made of. */
export interface GenesisOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  readonly endowments: Endowments;
}

/** @returns the state of every chain before its first block, by place in the plans */
export function makeGenesis({ scenario, plans, residents, endowments }: GenesisOptions): readonly ChainState[] {
  return plans.map((plan) =>
    genesisState({
      registry: registryOf(scenario, plan, residents),
      parameters: plan.parameters,
      ledger: { entries: accountsOf(plan, endowments).map },
      rules: accountRules,
      timeUs: 0,
    }),
  );
}
