import { assert } from "../../protocol/core/assert.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import { Transfer } from "../../protocol/ledger/transaction.ts";
import { EventKind, type Host, workloadSource } from "../host/index.ts";
import { deriveSeed, type EventHandler, type RandomStream, stream } from "../kernel/index.ts";
import type { Scenario, TransferLoad } from "../scenario/scenario.ts";

/** A client hands a transfer that is not final after this long to another node. */
const RESUBMIT_US = 15 * SECOND_US;
/** After so many nodes the client gives up. */
const MAX_SUBMISSIONS = 8;
const FEE = 1_000_000_000_000_000n;

/** One transfer of a client, from its submission on. */
interface Order {
  readonly transfer: Transfer;
  readonly startedUs: number;
  submissions: number;
  finalUs: number;
}

interface Holder {
  readonly keyPair: KeyPair;
  readonly address: Hash;
  nonce: number;
}

/** The accounts of one load. */
export function holdersOf(scenario: Scenario, backend: CryptoBackend): KeyPair[] {
  return scenario.workload.flatMap((load, index) =>
    Array.from({ length: load.accounts }, (_, account) =>
      backend.keyPairFromSeed(deriveSeed(scenario.seed, `workload/${index}/account/${account}`)),
    ),
  );
}

/** Clients that sign transfers and hand them to nodes, one load of a scenario for each index. */
export class TransferSource implements EventHandler {
  readonly #host: Host;
  readonly #backend: CryptoBackend;
  readonly #loads: readonly TransferLoad[];
  readonly #holders: Holder[][] = [];
  readonly #streams: RandomStream[];
  readonly #chainId: number;
  readonly #orders: Order[] = [];
  readonly #byId = new Map<Hash, Order>();

  /** @param holders the key pairs of `holdersOf` */
  constructor(
    host: Host,
    options: { scenario: Scenario; backend: CryptoBackend; holders: readonly KeyPair[]; chainId: number },
  ) {
    this.#host = host;
    this.#backend = options.backend;
    this.#loads = options.scenario.workload;
    this.#chainId = options.chainId;
    this.#streams = this.#loads.map((_, index) => stream(options.scenario.seed, `workload/${index}`));
    let first = 0;
    for (const load of this.#loads) {
      this.#holders.push(options.holders.slice(first, first + load.accounts).map(asHolder));
      first += load.accounts;
    }
    host.kernel.register(EventKind.workload, this);
    this.#loads.forEach((load, index) => {
      this.#schedule(load.startUs, NEXT, index);
    });
  }

  #schedule(atUs: number, what: number, subject: number): void {
    const { kernel, nodes } = this.#host;
    kernel.schedule(atUs, EventKind.workload, workloadSource(nodes.count), what, subject, 0);
  }

  handle(_kind: number, what: number, subject: number): void {
    if (what === NEXT) this.#next(subject);
    else this.#retry(subject);
  }

  #next(index: number): void {
    const load = this.#loads[index];
    const random = this.#streams[index];
    assert(load !== undefined && random !== undefined, "an event names a load");
    const nowUs = this.#host.kernel.nowUs;
    if (nowUs >= load.stopUs) return;
    const transfer = this.#sign(load, this.#holders[index] as Holder[], random);
    const order: Order = { transfer, startedUs: nowUs, submissions: 0, finalUs: -1 };
    this.#byId.set(transfer.id, order);
    this.#submit(this.#orders.push(order) - 1, random);
    // Half to one and a half intervals, evenly: irregular, with the mean that the scenario asks for.
    const waitUs = Math.floor(load.intervalUs / 2) + random.below(Math.max(1, load.intervalUs));
    this.#schedule(nowUs + Math.max(1, waitUs), NEXT, index);
  }

  #sign(load: TransferLoad, holders: readonly Holder[], random: RandomStream): Transfer {
    const from = holders[random.below(holders.length)] as Holder;
    const to = holders[random.below(holders.length)] as Holder;
    const lowest = BigInt(load.amount.min);
    const range = BigInt(load.amount.max) - lowest;
    const transfer = new Transfer({
      chainId: this.#chainId,
      from: from.keyPair.publicKey,
      nonce: from.nonce++,
      to: to.address,
      amount: lowest + (range * BigInt(random.uint32())) / 0xffff_ffffn,
      fee: FEE,
      data: new Uint8Array(load.dataBytes),
    });
    transfer.signature = this.#backend.sign(from.keyPair, transfer.preimage());
    transfer.judgedKey = from.keyPair.publicKey;
    transfer.judgedValid = true;
    return transfer;
  }

  #submit(index: number, random: RandomStream): void {
    const order = this.#orders[index] as Order;
    const { kernel, nodes } = this.#host;
    order.submissions++;
    this.#host.submit(random.below(nodes.count), new Transactions([order.transfer]), kernel.nowUs);
    this.#schedule(kernel.nowUs + RESUBMIT_US, RETRY, index);
  }

  #retry(index: number): void {
    const order = this.#orders[index] as Order;
    const random = this.#streams[0];
    if (order.finalUs < 0 && order.submissions < MAX_SUBMISSIONS && random !== undefined) this.#submit(index, random);
  }

  /** Notes that a transfer became final somewhere honest. */
  settle(id: Hash, atUs: number): void {
    const order = this.#byId.get(id);
    if (order !== undefined && order.finalUs < 0) order.finalUs = atUs;
  }

  /** @returns the transfers started before a time, with when they became final (−1: not yet) */
  outcomes(beforeUs: number): { startedUs: number; finalUs: number }[] {
    return this.#orders.filter((order) => order.startedUs < beforeUs);
  }
}

/** What a workload event is about. */
const NEXT = 0;
const RETRY = 1;

function asHolder(keyPair: KeyPair): Holder {
  return { keyPair, address: addressOf(keyPair.publicKey), nonce: 0 };
}
