import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Gang, Wealth } from "../adversary/index.ts";
import type { Host } from "../host/index.ts";
import type { TraceSink } from "../host/trace-sink.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { Scenario } from "../scenario/scenario.ts";
import {
  type Endowments,
  endow,
  makeCarriers,
  makeHolders,
  makeOwners,
  makeReaders,
  type Reader,
} from "../workload/endowment.ts";
import type { Holder } from "../workload/holder.ts";
import type { ClientChain } from "../workload/order.ts";
import { type Bidder, QuotaBidders } from "../workload/quota-bidder.ts";
import { TransferSource } from "../workload/transfer-source.ts";
import { bidderCoins, firstBids, makeBidders } from "./bidders.ts";
import type { FirstFinal } from "./chain-figures.ts";
import { type ChainPlan, membersOf, nativeTokenOf, numbersOf } from "./chain-plan.ts";
import { makeGenesis } from "./genesis.ts";
import type { Resident } from "./population.ts";

/** What a run begins with: its chains before their first blocks, and everybody who owns something on them. */
export interface Founding {
  readonly plans: readonly ChainPlan[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
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
  const endowments = { ...owned, coins, accounts: withAccomplices(owned.accounts, wealth) };
  const relayers = carriers.map(({ address }) => address);
  const readers = makeReaders(scenario, backend);
  const bids = firstBids(bidders);
  const genesis = makeGenesis({ scenario, plans, residents, endowments, bids, relayers, readers });
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const things = owners.map(({ holder }) => holder);
  return { plans, genesis, holders, carriers, readers, owners: things, bidders, chains: byName };
}

/** Everybody outside the simulated nodes who hands something in. */
export class Clients {
  readonly transfers: TransferSource;
  readonly #bidders: QuotaBidders;
  readonly #chains: ReadonlyMap<string, ClientChain>;

  constructor(
    host: Host,
    { plans, holders, bidders, chains }: Founding,
    options: { scenario: Scenario; backend: CryptoBackend; trace: TraceSink | null },
  ) {
    const { scenario, backend } = options;
    const relayers = numbersOf(numberNodes(scenario).relayers);
    this.#chains = chains;
    this.transfers = new TransferSource(host, { ...options, holders, chains, relayers });
    this.#bidders = new QuotaBidders(host, bidders, {
      seed: scenario.seed,
      backend,
      members: membersOf(plans[0] as ChainPlan),
      periodBlocks: scenario.rootchain.quotaPeriodBlocks,
    });
  }

  /** Takes in a block that an honest node is the first to hold final. */
  onFinal({ name, subchain }: ChainPlan, { block, node, atUs }: FirstFinal): void {
    if (subchain === null) this.#bidders.onFinal(block);
    const chain = this.#chains.get(name) as ClientChain;
    this.transfers.onFinal(block, { chain, node, height: block.header.height, atUs });
  }
}
