import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Gang, Wealth } from "../adversary/index.ts";
import type { Host } from "../host/index.ts";
import type { TraceSink } from "../host/trace-sink.ts";
import { deriveSeed } from "../kernel/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import { operationsOf } from "../scenario/operation.ts";
import type { Operation, Scenario, SubchainScenario } from "../scenario/scenario.ts";
import {
  type Endowments,
  endow,
  makeCarriers,
  makeHolders,
  makeOwners,
  makeReaders,
  type Reader,
} from "../workload/endowment.ts";
import { Holder } from "../workload/holder.ts";
import { KnownLedgers } from "../workload/known-ledgers.ts";
import { OpenChains } from "../workload/open-chains.ts";
import { type OperationOutcome, Operations, type Undertaking } from "../workload/operations.ts";
import type { ClientChain } from "../workload/order.ts";
import type { Place } from "../workload/order-book.ts";
import { type Bidder, QuotaBidders } from "../workload/quota-bidder.ts";
import { TransferSource } from "../workload/transfer-source.ts";
import { bidderCoins, firstBids, makeBidders } from "./bidders.ts";
import type { FirstFinal } from "./chain-figures.ts";
import { type ChainPlan, membersOf, nativeTokenOf, numbersOf } from "./chain-plan.ts";
import { foundChain, founderCoins } from "./found-chain.ts";
import { type Founded, giftsAmong, makeGenesis } from "./genesis.ts";
import type { Resident } from "./population.ts";
import { coinsFor, undertake } from "./undertakings.ts";

/** What a run begins with: its chains before their first blocks, and everybody who owns something on them. */
export interface Founding {
  readonly plans: readonly ChainPlan[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
  /** By operation, in their order. */
  readonly undertakings: readonly Undertaking[];
  /** Of each load. */
  readonly holders: readonly (readonly Holder[])[];
  /** What each relayer earns on, in order. */
  readonly carriers: readonly Holder[];
  /** In whose name each light client asks, in order. */
  readonly readers: readonly Reader[];
  /** Whose name stands on each device's transactions, in order. */
  readonly owners: readonly Holder[];
  readonly bidders: readonly Bidder[];
  /** By name, as clients know them. */
  readonly chains: ReadonlyMap<string, ClientChain>;
}

function clientChainOf(plan: ChainPlan): ClientChain {
  const { id, name, subchain } = plan;
  return { id, name, members: membersOf(plan), holdsOutputs: subchain === null, nativeToken: nativeTokenOf(plan) };
}

/** Commitments to evidence cost a fee each. */
const INFORMER_COINS = 8;

function informerCoins(holder: Holder): Endowments["coins"] {
  return Array.from({ length: INFORMER_COINS }, () => ({ holder, amount: IOTX }));
}

function withAccomplices(owned: Endowments["accounts"], wealth: readonly Wealth[]): Endowments["accounts"] {
  const accounts = new Map(owned);
  for (const { chainId, ...endowment } of wealth.flatMap((each) => each.accounts)) {
    accounts.set(chainId, [...(accounts.get(chainId) ?? []), endowment]);
  }
  return accounts;
}

/** Founds the chains of a scenario. */
export function found(
  scenario: Scenario,
  backend: CryptoBackend,
  of: { plans: readonly ChainPlan[]; residents: readonly Resident[]; gangs: readonly Pick<Gang, "wealth">[] },
): Founding {
  const { plans, residents, gangs } = of;
  const [holders, carriers] = [makeHolders(scenario, backend), makeCarriers(scenario, backend)];
  const chains = plans.map(clientChainOf);
  const bidders = makeBidders(scenario, plans, backend);
  const owners = makeOwners(scenario, backend);
  const owned = endow(scenario, chains, holders, owners);
  const wealth = gangs.map((gang) => gang.wealth);
  const coins = [
    ...owned.coins,
    ...bidderCoins(scenario, bidders),
    ...wealth.flatMap((each) => each.coins),
    ...carriers.flatMap(informerCoins),
  ];
  const accounts = withAccomplices(owned.accounts, wealth);
  const purses = pursesOf(scenario, backend, { plans, accounts });
  const endowments = { ...owned, coins: [...coins, ...purses.flatMap(({ coins: each }) => each)], accounts };
  const relayers = carriers.map(({ address }) => address);
  const readers = makeReaders(scenario, backend);
  const bids = firstBids(scenario, plans, bidders);
  const made = makeGenesis({ scenario, plans, residents, endowments, bids, relayers, readers });
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const means = { scenario, backend, plans, residents };
  const undertakings = purses.map(({ operation, purse }) => {
    if (operation.kind !== "register") return undertake(means, operation, purse);
    const plan = plans.find(({ name }) => name === operation.chain) as ChainPlan;
    return foundChain(means, operation, { founded: made.founded.get(plan.id) as Founded, purse });
  });
  const things = owners.map(({ holder }) => holder);
  const people = { holders, carriers, readers, owners: things, bidders };
  return { plans, genesis: made.states, undertakings, ...people, chains: byName };
}

/** Who pays for an operation. */
interface Purse {
  readonly operation: Operation;
  readonly purse: Holder;
  readonly coins: Endowments["coins"];
}

/** @returns the purse of each operation, with what is in it from the start */
function pursesOf(
  scenario: Scenario,
  backend: CryptoBackend,
  { plans, accounts }: { plans: readonly ChainPlan[]; accounts: Endowments["accounts"] },
): Purse[] {
  return operationsOf(scenario).map((operation) => {
    const purse = new Holder(backend.keyPairFromSeed(deriveSeed(scenario.seed, `operation/${operation.name}`)));
    const amounts = () => {
      if (operation.kind !== "register") return coinsFor(operation, scenario);
      const { id, subchain } = plans.find(({ name }) => name === operation.chain) as ChainPlan;
      return founderCoins(subchain as SubchainScenario, giftsAmong(accounts.get(id) ?? []));
    };
    return { operation, purse, coins: amounts().map((amount) => ({ holder: purse, amount })) };
  });
}

/** Everybody outside the simulated nodes who hands something in. */
export class Clients {
  readonly transfers: TransferSource;
  readonly #bidders: QuotaBidders;
  readonly #operations: Operations | null;
  readonly #ledgers: KnownLedgers;
  readonly #chains: ReadonlyMap<string, ClientChain>;

  constructor(
    host: Host,
    { plans, holders, bidders, chains, undertakings }: Founding,
    options: { scenario: Scenario; backend: CryptoBackend; trace: TraceSink | null },
  ) {
    const { scenario, backend } = options;
    const relayers = numbersOf(numberNodes(scenario).relayers);
    const members = membersOf(plans[0] as ChainPlan);
    const idOf = (chain: string) => (chains.get(chain) as ClientChain).id;
    const left = scenario.workload.flatMap(({ from, exit }) => (exit === undefined ? [] : [idOf(from)]));
    const ledgers = new KnownLedgers(scenario.rootchain, left);
    const later = operationsOf(scenario).flatMap((each) => (each.kind === "register" ? [idOf(each.chain)] : []));
    const open = new OpenChains(later);
    const { seed } = scenario;
    this.#chains = chains;
    this.#ledgers = ledgers;
    this.transfers = new TransferSource(host, { ...options, holders, chains, relayers, open, ledgers });
    this.#bidders = new QuotaBidders(host, bidders, {
      seed,
      backend,
      members,
      periodBlocks: scenario.rootchain.quotaPeriodBlocks,
      open,
    });
    this.#operations =
      undertakings.length === 0
        ? null
        : new Operations(host, {
            seed,
            members,
            undertakings,
            ledgers,
            trace: options.trace,
            onOpen: (chainId, fromUs) => open.open(chainId, fromUs),
          });
  }

  /** Takes in a block that an honest node is the first to hold final. @returns where it became final */
  onFinal({ name, subchain }: ChainPlan, { block, node, atUs }: FirstFinal): Place {
    if (subchain === null) this.#bidders.onFinal(block);
    const chain = this.#chains.get(name) as ClientChain;
    const place = { chain, node, height: block.header.height, atUs };
    this.transfers.onFinal(block, place);
    return place;
  }

  /** Takes in the state after a block that an honest node is the first to hold final. @param node that one */
  onState(state: ChainState, node: number): void {
    this.#ledgers.onState(state);
    this.#operations?.onState(state, node);
  }

  /** @returns what has become of each operation */
  operations(): OperationOutcome[] {
    return this.#operations?.outcomes() ?? [];
  }
}
