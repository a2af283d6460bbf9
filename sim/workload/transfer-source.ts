import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { RelayOrder } from "../../protocol/node/light-messages.ts";
import { ownLockKey, tokenKey } from "../../protocol/subchain/entries.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { EventKind, type Host, workloadSource } from "../host/index.ts";
import type { TraceSink, TransferStep } from "../host/trace-sink.ts";
import { type EventHandler, type RandomStream, stream } from "../kernel/index.ts";
import type { Scenario, TransferLoad } from "../scenario/scenario.ts";
import { type Arrivals, arrivalsOf, drawAmount, drawPartner } from "./arrivals.ts";
import type { Coin, Holder } from "./holder.ts";
import type { KnownLedgers } from "./known-ledgers.ts";
import { FEE, type Hop, LegMaker, relayFees } from "./leg-maker.ts";
import { type LoadTally, type OrderOutcome, outcomeOf, tallyLoads } from "./load-figures.ts";
import type { OpenChains } from "./open-chains.ts";
import { type ClientChain, type Leg, newOrder, type Order } from "./order.ts";
import { OrderBook, type OrderListener, type Place } from "./order-book.ts";

/** A client hands a transaction that is not final after this long to another node. */
const RESUBMIT_US = 15 * SECOND_US;
/** After so many nodes the client gives up. */
const MAX_SUBMISSIONS = 8;
/** A second hop waits until nodes know the block that ended the first. */
const SECOND_HOP_US = 2 * SECOND_US;

/** Clients look so often whether a chain is there, or dead. */
const LOOK_US = SECOND_US;

/** What a workload event is about. */
const NEXT = 0;
const RETRY = 1;

/** What a workload is given. */
export interface TransferSourceOptions {
  readonly scenario: Scenario;
  readonly backend: CryptoBackend;
  /** Endowed already: those of each load. */
  readonly holders: readonly (readonly Holder[])[];
  /** By name. */
  readonly chains: ReadonlyMap<string, ClientChain>;
  /** Nodes that carry transfers between chains. */
  readonly relayers: readonly number[];
  readonly trace: TraceSink | null;
  readonly open: OpenChains;
  readonly ledgers: KnownLedgers;
}

/** One load under way. */
interface Client {
  readonly load: TransferLoad;
  readonly place: number;
  readonly holders: readonly Holder[];
  readonly random: RandomStream;
  readonly arrivals: Arrivals;
  readonly source: ClientChain;
  readonly destination: ClientChain;
  /** Chain id of the home of the token that moves; undefined where the way decides. */
  readonly token: number | undefined;
}

/** Clients that sign transfers and hand them to nodes, one load of a scenario for each index, and follow them to their end. */
export class TransferSource implements EventHandler, OrderListener {
  readonly #host: Host;
  readonly #options: TransferSourceOptions;
  readonly #clients: readonly Client[];
  readonly #maker: LegMaker;
  readonly #book = new OrderBook(this);
  readonly #orders: Order[] = [];

  constructor(host: Host, options: TransferSourceOptions) {
    this.#host = host;
    this.#options = options;
    this.#maker = new LegMaker(options.backend);
    this.#clients = options.scenario.workload.map((load, place) => clientOf(options, load, place));
    host.kernel.register(EventKind.workload, this);
    for (const { load, place, arrivals } of this.#clients) this.#schedule(load.startUs + arrivals.firstUs, NEXT, place);
  }

  #schedule(atUs: number, what: number, subject: number): void {
    const { kernel, nodes } = this.#host;
    kernel.schedule(atUs, EventKind.workload, workloadSource(nodes.count), what, subject, 0);
  }

  handle(_kind: number, what: number, subject: number): void {
    if (what === NEXT) this.#next(this.#clients[subject] as Client);
    else this.#retry(this.#orders[subject] as Order);
  }

  #next(client: Client): void {
    const { load, place, arrivals, source, destination } = client;
    const { nowUs } = this.#host.kernel;
    if (load.exit !== undefined) return this.#leave(client, nowUs);
    if (nowUs >= load.stopUs) return;
    const { open } = this.#options;
    if (!open.isOpen(source.id, nowUs) || !open.isOpen(destination.id, nowUs))
      return this.#schedule(nowUs + LOOK_US, NEXT, place);
    this.#start(client, nowUs);
    this.#schedule(nowUs + arrivals.waitUs(nowUs), NEXT, place);
  }

  /** Starts one transfer by the first holder, from a drawn one on, that can pay for it. */
  #start(client: Client, nowUs: number): void {
    const { load, place, holders, arrivals, random, source, destination, token } = client;
    const first = arrivals.sender();
    const receiver = holders[drawPartner(load, random)] as Holder;
    const amount = drawAmount(load, random);
    for (let tried = 0; tried < holders.length; tried++) {
      const sender = holders[(first + tried) % holders.length] as Holder;
      const number = this.#orders.length;
      const moved = token === undefined ? {} : { token };
      const hop = { number, load, source, destination, sender, receiver, receives: amount, nowUs, ...moved };
      const leg = this.#maker.make(firstHop(hop, this.#root));
      if (leg === null) continue;
      const order = newOrder({ number, load: place, source, destination, sender, receiver, startedUs: nowUs, amount });
      this.#orders.push(order);
      this.#tell(order, "started", { node: -1, height: -1, atUs: nowUs });
      this.#hand(order, leg, nowUs);
      return;
    }
  }

  /** Accounts leave a chain: by transfers while the rootchain takes it for alive, by proof once it is dead. */
  #leave(client: Client, nowUs: number): void {
    const { source, place, holders } = client;
    const standing = this.#options.ledgers.standing(source.id);
    if (standing?.status === "alive") {
      for (const holder of holders) this.#sendAway(client, holder, nowUs);
    } else if (standing?.status === "dead" && standing.anchored !== null) {
      const { anchored: state } = standing;
      for (const holder of holders) this.#takeOut(client, holder, { state, nowUs });
    } else this.#schedule(nowUs + LOOK_US, NEXT, place);
  }

  /** @returns a new order of a client, by one of its accounts for itself */
  #open(client: Client, holder: Holder, of: { amount: bigint; startedUs: number }): Order {
    const { place, source, destination } = client;
    const number = this.#orders.length;
    const order = newOrder({ number, load: place, source, destination, sender: holder, receiver: holder, ...of });
    this.#orders.push(order);
    this.#tell(order, "started", { node: -1, height: -1, atUs: of.startedUs });
    return order;
  }

  /** One account leaves a living chain, with all that it has beyond the fees or a part of it. */
  #sendAway(client: Client, holder: Holder, nowUs: number): void {
    const { load, source, destination, token = ROOT_CHAIN } = client;
    const fee = source.nativeToken === token ? FEE : 0n;
    const { relockFee } = relayFees({ load, source, destination });
    const all = holder.balance(source.id, token) - fee - relockFee;
    const wanted = load.exit?.amount ?? null;
    const receives = wanted === null ? all : BigInt(wanted);
    if (receives <= 0n || receives > all) return;
    const number = this.#orders.length;
    const own = { sender: holder, receiver: holder, receives, token };
    const leg = this.#maker.make({ number, load, source, destination, nowUs, ...own });
    if (leg !== null) this.#hand(this.#open(client, holder, { amount: receives, startedUs: nowUs }), leg, nowUs);
  }

  /** @returns the exit of one entry from a dead chain, null where it is worth nothing there */
  #exitOf({ source, destination, token = ROOT_CHAIN }: Client, sender: Holder, left: Left): Leg | null {
    return this.#maker.leave({ source, destination, sender, token, root: this.#root }, left);
  }

  /** One account leaves a dead chain, with its balance and with what it had sent off and nobody carried on. */
  #takeOut(client: Client, holder: Holder, { state, nowUs }: { state: ChainState; nowUs: number }): void {
    const { source, load } = client;
    const leg = this.#exitOf(client, holder, { state, key: balanceKey(client, holder) });
    if (leg !== null) {
      const order = this.#open(client, holder, { amount: leg.amount, startedUs: load.startUs });
      this.#hand(order, leg, nowUs);
    }
    for (const order of this.#orders) {
      const lock = order.leg?.lock ?? null;
      const isStuck = order.step === "locked" || order.step === "started";
      if (lock === null || !isStuck || order.sender !== holder || order.leg?.source !== source) continue;
      const back = this.#exitOf(client, holder, { state, key: ownLockKey(lock.id) });
      if (back !== null) this.#hand(order, { ...back, isReturn: true }, nowUs);
    }
  }

  get #root(): ClientChain {
    const root = this.#options.chains.get("root");
    assert(root !== undefined, "clients know the rootchain");
    return root;
  }

  /** Hands a hop in for the first time. */
  #hand(order: Order, leg: Leg, atUs: number): void {
    this.#book.watch(order, leg);
    this.#submit(order, leg, atUs);
    const { lock } = leg;
    if (lock === null || lock.data.length === 0) return;
    for (const relayer of this.#options.relayers) this.#host.submit(relayer, new RelayOrder(lock.data), atUs);
  }

  #submit(order: Order, leg: Leg, atUs: number): void {
    const { random } = this.#clients[order.load] as Client;
    const { members } = leg.handedTo ?? leg.source;
    leg.submissions++;
    const node = members[random.below(members.length)] as number;
    this.#host.submit(node, new Transactions([leg.transaction]), atUs);
    this.#schedule(atUs + RESUBMIT_US, RETRY, order.number);
  }

  #retry(order: Order): void {
    const { leg } = order;
    if (leg === null || leg.isFinal) return;
    const { nowUs } = this.#host.kernel;
    const client = this.#clients[order.load] as Client;
    if (client.load.exit !== undefined && leg.handedTo === undefined) return this.#retryExit(client, order, nowUs);
    if (leg.submissions >= MAX_SUBMISSIONS) return;
    if (leg.lock !== null && nowUs >= leg.lock.transfer.rootExpiryUs) return;
    this.#submit(order, leg, nowUs);
  }

  /** Whoever could not leave by a transfer leaves by proof, once the chain is dead. */
  #retryExit(client: Client, order: Order, nowUs: number): void {
    const { leg, sender } = order;
    const standing = this.#options.ledgers.standing(client.source.id);
    const state = standing?.status === "dead" ? standing.anchored : null;
    const exit = state === null ? null : this.#exitOf(client, sender, { state, key: balanceKey(client, sender) });
    if (exit !== null) this.#hand(order, exit, nowUs);
    else if (leg !== null && leg.submissions < MAX_SUBMISSIONS) this.#submit(order, leg, nowUs);
    else this.#schedule(nowUs + RESUBMIT_US, RETRY, order.number);
  }

  onStep(order: Order, step: TransferStep, place: Place): void {
    this.#tell(order, step, { node: place.node, height: place.height, atUs: place.atUs });
  }

  /** The naive way's second half: from the sender's own output on the rootchain to the destination. */
  onArrival(order: Order, { outpoint, amount }: Pick<Coin, "outpoint" | "amount">): void {
    const { load } = this.#clients[order.load] as Client;
    const { number, sender, receiver, destination, amount: receives } = order;
    const nowUs = this.#host.kernel.nowUs + SECOND_HOP_US;
    const coin = { outpoint, amount, fromUs: nowUs };
    const hop = { number, load, source: this.#root, destination, sender, receiver, receives, nowUs, coin };
    const leg = this.#maker.make(hop);
    assert(leg !== null, "the first hop left enough for the second");
    this.#hand(order, leg, nowUs);
  }

  #tell(order: Order, step: TransferStep, at: { node: number; height: number; atUs: number }): void {
    const { source, destination, number, leg } = order;
    if (source.id === destination.id) return;
    const lockId = leg?.lock?.id ?? "";
    const { node, height, atUs } = at;
    this.#options.trace?.transfer({
      atUs,
      node,
      step,
      number,
      lockId,
      height,
      from: source.name,
      to: destination.name,
    });
  }

  /** Takes in a block that an honest node is the first to hold final. */
  onFinal(block: Block, place: Place): void {
    this.#book.onFinal(block, place);
  }

  /** @returns the transfers started before a time */
  outcomes(beforeUs: number): OrderOutcome[] {
    return this.#orders
      .filter(({ startedUs }) => startedUs < beforeUs)
      .map((order) => outcomeOf(order, this.#host.kernel.nowUs));
  }

  /** @returns what each load put on chains, over the transfers started before a time */
  tallies(beforeUs: number): LoadTally[] {
    const counted = this.#orders.filter(({ startedUs }) => startedUs < beforeUs);
    return tallyLoads(this.#options.scenario.workload, counted);
  }
}

/** An entry of a dead chain's ledger. */
interface Left {
  /** Of the chain at its last anchored header. */
  readonly state: ChainState;
  readonly key: Hash;
}

/** @returns where an account's balance of the token is that it takes along */
function balanceKey({ source, token = ROOT_CHAIN }: Client, { address }: Holder): Hash {
  return source.nativeToken === token ? address : tokenKey(token, address);
}

function clientOf({ scenario, holders, chains }: TransferSourceOptions, load: TransferLoad, place: number): Client {
  const [source, destination] = [chains.get(load.from), chains.get(load.to)];
  assert(source !== undefined && destination !== undefined, "loads go between chains of the scenario");
  const random = stream(scenario.seed, `workload/${place}`);
  const arrivals = arrivalsOf(load, random);
  const token = load.token === undefined ? undefined : chains.get(load.token)?.id;
  return { load, place, holders: holders[place] ?? [], random, arrivals, source, destination, token };
}

/** @returns the hop itself, or the first of the naive way: to the sender on the rootchain, with what the second will take */
function firstHop(hop: Hop, root: ClientChain): Hop {
  const { load, source, destination, sender, receives } = hop;
  const isNaive = load.route === "naive" && source.id !== root.id && destination.id !== root.id;
  if (!isNaive || source.id === destination.id) return hop;
  const { deliveryFee } = relayFees({ load, source: root, destination });
  return { ...hop, destination: root, receiver: sender, receives: receives + deliveryFee + 2n * FEE };
}
