import { type ChainState, genesisState } from "../../protocol/consensus/chain-state.ts";
import { type Registration, Registry } from "../../protocol/consensus/registry.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { accountRules } from "../../protocol/ledger/account-rules.ts";
import { Accounts } from "../../protocol/ledger/accounts.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ChainPlan } from "./chain-plan.ts";
import { identitiesOf, type Resident } from "./population.ts";

/** What every account of a workload owns at the start. */
const ENDOWMENT = 1_000_000_000n * IOTX;
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

/** What the genesis of a run is made of. */
export interface GenesisOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  /** Whose accounts are endowed. */
  readonly holders: readonly KeyPair[];
}

/** @returns the state of every chain before its first block, by place in the plans */
export function makeGenesis({ scenario, plans, residents, holders }: GenesisOptions): readonly ChainState[] {
  const accounts = holders.reduce(
    (sum, { publicKey }) => sum.set(addressOf(publicKey), { balance: ENDOWMENT, nonce: 0 }),
    new Accounts(),
  );
  return plans.map((plan) =>
    genesisState({
      registry: registryOf(scenario, plan, residents),
      parameters: plan.parameters,
      ledger: { entries: accounts.map },
      rules: accountRules,
      timeUs: 0,
    }),
  );
}
