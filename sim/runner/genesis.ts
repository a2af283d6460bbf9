import { registerAtGenesis } from "../../protocol/bridge/index.ts";
import { grant, winners } from "../../protocol/bridge/quota.ts";
import type { Bid } from "../../protocol/bridge/quota-entries.ts";
import { type ChainState, genesisState, withGenesisLedger } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { type Registration, Registry } from "../../protocol/consensus/registry.ts";
import { Writer } from "../../protocol/core/codec.ts";
import type { DelegateId, Hash, PeerId } from "../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import { genesisAnchor } from "../../protocol/light/anchor.ts";
import { encodeOutputEntry } from "../../protocol/rootchain/entries.ts";
import {
  type GenesisDelegate,
  genesisOutpoints,
  genesisStake,
  rootGenesisLedger,
} from "../../protocol/rootchain/genesis.ts";
import { outpointKey } from "../../protocol/rootchain/outpoint.ts";
import type { RootParameters } from "../../protocol/rootchain/parameters.ts";
import type { OperatorSeat, Payload } from "../../protocol/rootchain/payload.ts";
import { RootRules } from "../../protocol/rootchain/rules.ts";
import { payToKey } from "../../protocol/rootchain/script/standard.ts";
import { subchainGenesis } from "../../protocol/subchain/genesis.ts";
import { registrationOf } from "../../protocol/subchain/provision.ts";
import type { ChainSpecification } from "../../protocol/subchain/specification.ts";
import { tallyOf } from "../../protocol/subchain/tally.ts";
import { registrationOfChain } from "../scenario/operation.ts";
import type { Scenario, SubchainScenario } from "../scenario/scenario.ts";
import type { Endowment, Endowments, Reader } from "../workload/endowment.ts";
import type { Holder } from "../workload/holder.ts";
import { type ChainPlan, ROOT_CHAIN_ID } from "./chain-plan.ts";
import { identitiesOf, type Resident } from "./population.ts";
import { rootParametersOf, shareUnits } from "./root-parameters.ts";

/** What the genesis of a run is made of. */
export interface GenesisOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  readonly endowments: Endowments;
  /** For the first period. */
  readonly bids: readonly Bid[];
  /** Addresses that carry transfers: private chains admit them too. */
  readonly relayers: readonly Hash[];
  /** Light clients: a private chain admits some of them to read it. */
  readonly readers: readonly Reader[];
}

const scratch = new Writer();

/** @returns where the bonds of a subchain's operators are: the output of each seat */
function bondsOf(chainId: number): Hash {
  return hashTagged("orrery/genesis-bonds", scratch.u32(chainId).finish());
}

/** @returns what the rootchain's candidates begin with, by id */
export function delegatesOf({ rootchain }: Scenario, identities: readonly Identity[]): GenesisDelegate[] {
  const { stakes, delegateBond, commission } = rootchain;
  return identities.map(({ signing }, id) => {
    const rewardScript = payToKey(signing.publicKey);
    const stake = BigInt(stakes[id] ?? 0);
    return { bond: BigInt(delegateBond), stake, commission: shareUnits(commission), rewardScript };
  });
}

/** @returns the vote that each delegate begins with, by id */
export function genesisVotes(scenario: Scenario, root: ChainPlan, residents: readonly Resident[]): Hash[] {
  const delegates = delegatesOf(scenario, identitiesOf(root, residents));
  return delegates.map((each, id) => genesisStake(ROOT_CHAIN_ID, id as DelegateId, each).vote.transactionId);
}

function rootState({ scenario, residents, endowments }: GenesisOptions, plan: ChainPlan, rules: RootRules): ChainState {
  const { stakes, delegateBond } = scenario.rootchain;
  const bond = BigInt(delegateBond);
  const identities = identitiesOf(plan, residents);
  const entries = identities.map(({ signing, vrf }, id): Registration => {
    const endpoint = (plan.signers.first + id) as PeerId;
    return {
      publicKey: signing.publicKey,
      vrfPublicKey: vrf.publicKey,
      endpoint,
      stake: BigInt(stakes[id] ?? 0),
      bond,
    };
  });
  const delegates = delegatesOf(scenario, identities);
  const outputs = endowments.coins.map(({ holder, amount }) => ({ amount, lockingScript: holder.script }));
  genesisOutpoints({ chainId: ROOT_CHAIN_ID, outputs }).forEach((outpoint, place) => {
    const { holder, amount } = endowments.coins[place] as Endowments["coins"][number];
    holder.addCoin({ outpoint, amount, fromUs: 0 });
  });
  const ledger = rootGenesisLedger({ chainId: ROOT_CHAIN_ID, outputs, delegates });
  return genesisState({ registry: new Registry(entries), parameters: plan.parameters, ledger, rules, timeUs: 0 });
}

function specificationOf(
  { scenario }: GenesisOptions,
  { name, parameters, subchain }: ChainPlan & { readonly subchain: SubchainScenario },
  seats: readonly OperatorSeat[],
): ChainSpecification {
  const administrator = addressOf((seats[0] as OperatorSeat).publicKey);
  return {
    name,
    parameters,
    ownToken: subchain.ownToken,
    permission: subchain.permission === "public" ? { kind: "public" } : { kind: "private", administrator },
    rewardPool: BigInt(subchain.rewardPool),
    rewardBlocks: subchain.rewardBlocks,
    trustPeriodUs: scenario.rootchain.trustPeriodUs,
  };
}

function seatsOf(plan: ChainPlan, residents: readonly Resident[], bond: bigint): OperatorSeat[] {
  return identitiesOf(plan, residents).map(({ signing, vrf }, seat) => {
    const endpoint = (plan.signers.first + seat) as PeerId;
    return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint, bond };
  });
}

/** The rootchain's entries while subchains are put into them. */
class GenesisWorkspace {
  readonly chainId = ROOT_CHAIN_ID;
  readonly height = 0;
  readonly timeUs = 0;
  entries: AuthenticatedMap;

  constructor(entries: AuthenticatedMap) {
    this.entries = entries;
  }

  get(key: Hash): Uint8Array | undefined {
    return this.entries.get(key);
  }

  set(key: Hash, value: Uint8Array): void {
    this.entries = this.entries.set(key, value);
  }

  delete(key: Hash): void {
    this.entries = this.entries.delete(key);
  }
}

function lockBonds(workspace: GenesisWorkspace, chainId: number, seats: readonly OperatorSeat[]): void {
  for (const [seat, { publicKey, bond }] of seats.entries()) {
    const role = { kind: "operator-bond", chainId, seat } as const;
    const output = { amount: bond, lockingScript: payToKey(publicKey), createdHeight: 0, createdUs: 0, role };
    workspace.set(outpointKey({ transactionId: bondsOf(chainId), index: seat }), encodeOutputEntry(output));
  }
}

/** A subchain before its block 1, and what registers it. */
interface Provisioned {
  readonly state: ChainState;
  readonly registration: Founded["registration"];
}

/** Provisions a subchain. @param endowed what its accounts hold from the start */
function provision(
  options: GenesisOptions,
  of: { plan: ChainPlan; subchain: SubchainScenario; root: ChainState; endowed: readonly Endowment[] },
): Provisioned {
  const { plan, subchain, root, endowed } = of;
  const { endowments, residents, relayers, readers } = options;
  const operators = seatsOf(plan, residents, BigInt(subchain.bond));
  const specification = specificationOf(options, { ...plan, subchain }, operators);
  for (const { holder, token, amount } of endowed) holder.credit(plan.id, token, amount);
  const state = subchainGenesis(specification, {
    rootAnchor: genesisAnchor(root),
    accounts: endowed.map(({ holder, token, amount }) => ({ address: holder.address, token, amount })),
    operators,
    admitted: [...(endowments.admitted.get(plan.id) ?? []), ...relayers],
    readers: readers.flatMap((reader) =>
      reader.isAdmitted && reader.chain === plan.name ? [reader.holder.address] : [],
    ),
  });
  return { state, registration: registrationOf(specification, operators, state) };
}

/** Registers a subchain that is there from the start. */
function register(
  workspace: GenesisWorkspace,
  rules: RootParameters,
  { plan, provisioned: { state, registration } }: { plan: ChainPlan; provisioned: Provisioned },
): void {
  const { specification, operators } = registration;
  const { held } = tallyOf(specification, state.ledger.entries);
  const foreign = [...held].filter(([token]) => token !== plan.id);
  registerAtGenesis(workspace, rules.bridge, registration, {
    bonds: bondsOf(plan.id),
    holdings: foreign.map(([token, amount]) => ({ token, amount })),
  });
  lockBonds(workspace, plan.id, operators);
}

/** What registers a chain during the run, and what its accounts are to begin with. */
export interface Founded {
  readonly registration: Extract<Payload, { kind: "register-subchain" }>;
  /** Root token that the founder sends once the chain is there: none of it is there from the start. */
  readonly gifts: readonly { readonly holder: Holder; readonly amount: bigint }[];
}

/** @returns the root token that accounts of a chain are to get from its founder */
export function giftsAmong(owned: readonly Endowment[]): Founded["gifts"] {
  return owned.filter(({ token, amount }) => token === ROOT_CHAIN_ID && amount > 0n);
}

/** The chains before their first blocks. */
export interface Genesis {
  /** By place in the plans. */
  readonly states: readonly ChainState[];
  /** By chain id: those that are registered during the run. */
  readonly founded: ReadonlyMap<number, Founded>;
}

/**
 * Makes every chain before its first block: the rootchain alone, then each subchain on top of it, then what the rootchain
 * knows about them. Holders are told what they own.
 *
 * What is registered later is made all the same, but for the root token, which its founder sends there; the rootchain does not
 * know it yet.
 */
export function makeGenesis(options: GenesisOptions): Genesis {
  const { scenario, plans } = options;
  const [rootPlan, ...others] = plans;
  const rules = rootParametersOf(scenario);
  const root = rootState(options, rootPlan as ChainPlan, new RootRules(rules));
  const workspace = new GenesisWorkspace(root.ledger.entries);
  const founded = new Map<number, Founded>();
  const states = others.map((plan) => {
    const isLater = registrationOfChain(scenario, plan.name) !== undefined;
    const owned = options.endowments.accounts.get(plan.id) ?? [];
    const endowed = isLater ? owned.filter(({ token }) => token === plan.id) : owned;
    const subchain = plan.subchain as SubchainScenario;
    const provisioned = provision(options, { plan, subchain, root, endowed });
    if (isLater) founded.set(plan.id, { registration: provisioned.registration, gifts: giftsAmong(owned) });
    else register(workspace, rules, { plan, provisioned });
    return provisioned.state;
  });
  // Subchains begin with what they would have bid for in the period before.
  if (options.bids.length > 0) grant(workspace, winners(options.bids));
  const known = others.length === 0 ? root : withGenesisLedger(root, { entries: workspace.entries });
  return { states: [known, ...states], founded };
}
