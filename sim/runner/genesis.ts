import { type ChainState, genesisState } from "../../protocol/consensus/chain-state.ts";
import type { ConsensusParameters, Sortition } from "../../protocol/consensus/parameters.ts";
import type { Registry } from "../../protocol/consensus/registry.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { accountRules } from "../../protocol/ledger/account-rules.ts";
import { Accounts } from "../../protocol/ledger/accounts.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import type { Scenario } from "../scenario/scenario.ts";

const ROOT_CHAIN_ID = 1;

/** What every account of a workload owns at the start. */
const ENDOWMENT = 1_000_000_000n * IOTX;

function sortitionOf({ rootchain }: Scenario): Sortition {
  if (rootchain.sortition === "ranked") return { mode: "ranked" };
  return { mode: "threshold", ...rootchain.threshold, seedRule: rootchain.seedRule };
}

/** @returns the consensus parameters that a scenario asks for */
export function parametersOf(scenario: Scenario): ConsensusParameters {
  const { rootchain } = scenario;
  return {
    chainId: ROOT_CHAIN_ID,
    delegates: rootchain.delegates,
    committee: rootchain.committee,
    iterationsPerEpoch: rootchain.iterationsPerEpoch,
    roundsPerIteration: rootchain.roundsPerIteration,
    roundUs: rootchain.roundUs,
    sortition: sortitionOf(scenario),
    timeoutBaseUs: rootchain.timeoutBaseUs,
    maxDriftUs: rootchain.maxDriftUs,
    maxBlockBytes: rootchain.maxBlockBytes,
  };
}

/** @param holders whose accounts are endowed */
export function makeGenesis(scenario: Scenario, registry: Registry, holders: readonly KeyPair[]): ChainState {
  const accounts = holders.reduce(
    (sum, { publicKey }) => sum.set(addressOf(publicKey), { balance: ENDOWMENT, nonce: 0 }),
    new Accounts(),
  );
  return genesisState({
    registry,
    parameters: parametersOf(scenario),
    ledger: { entries: accounts.map },
    rules: accountRules,
    timeUs: 0,
  });
}
