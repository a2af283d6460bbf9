import { equalBytes } from "@noble/curves/utils.js";
import { type Lock, readLock } from "../../protocol/bridge/relock.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { type Transaction, transactionBytes } from "../../protocol/ledger/transaction.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { deliveryOf } from "../../protocol/subchain/delivery.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { TransferStep } from "../host/trace-sink.ts";
import type { Holder } from "./holder.ts";
import type { ClientChain, Leg, Order } from "./order.ts";

/** Time after which clients count on a coin: nodes may learn of a block later than the first of them. */
const SETTLE_US = 2_000_000;

/** Where something became final. */
export interface Place {
  readonly chain: ClientChain;
  /** The first honest node that held it final. */
  readonly node: number;
  readonly height: number;
  readonly atUs: number;
}

/** What the book tells of. */
export interface OrderListener {
  /** An order came a step further. */
  onStep(order: Order, step: TransferStep, place: Place): void;
  /** An order's hop is over, and another one has to follow. */
  onArrival(order: Order, coin: { readonly outpoint: Outpoint; readonly amount: bigint }): void;
}

type Outpoint = { readonly transactionId: Hash; readonly index: number };

/** Finds the transactions of orders in final blocks, and follows each order through them to its end. */
export class OrderBook {
  readonly #listener: OrderListener;
  readonly #byTransaction = new Map<Hash, Order>();
  readonly #byLock = new Map<Hash, Order>();

  constructor(listener: OrderListener) {
    this.#listener = listener;
  }

  /** Looks out for an order's hop from now on. */
  watch(order: Order, leg: Leg): void {
    order.leg = leg;
    this.#byTransaction.set(keyOf(leg.transaction), order);
    if (leg.lock !== null) this.#byLock.set(leg.lock.id, order);
  }

  #forget(leg: Leg): void {
    this.#byTransaction.delete(keyOf(leg.transaction));
    if (leg.lock !== null) this.#byLock.delete(leg.lock.id);
  }

  /** Takes in a block that has become final. */
  onFinal(block: Block, place: Place): void {
    for (const transaction of block.transactions) this.#onTransaction(transaction, place);
  }

  #onTransaction(transaction: Transaction, place: Place): void {
    switch (transaction.kind) {
      case "utxo":
        return this.#onUtxo(transaction, place);
      case "transfer":
      case "action":
        return this.#onOwn(transaction, place);
      case "reorg": {
        const delivery = deliveryOf(transaction);
        return delivery === null ? undefined : this.#onDelivered(delivery.lockId, transaction, place);
      }
      case "sub-refund":
        return this.#onRefund(transaction.lockId, transaction, place);
      default:
        return; // Consensus and the view of the rootchain carry no order.
    }
  }

  #onUtxo(transaction: UtxoTransaction, place: Place): void {
    const { payload } = transaction;
    if (payload?.kind === "relock") {
      const lock = readLock(payload.lock);
      if (lock !== null) this.#onRelocked(lock, transaction, place);
    } else if (payload?.kind === "refund") this.#onRefund(payload.lockId, transaction, place);
    else this.#onOwn(transaction, place);
  }

  /** The client's own transaction became final: the end of a payment within one chain, the beginning of one between two. */
  #onOwn(transaction: Transaction, place: Place): void {
    const order = this.#byTransaction.get(keyOf(transaction));
    const leg = order?.leg ?? null;
    if (order === undefined || leg === null || leg.isFinal) return;
    leg.isFinal = true;
    count(order, transaction, place);
    if (leg.change !== null) order.sender.addCoin({ ...leg.change, fromUs: place.atUs + SETTLE_US });
    if (leg.lock !== null) return this.#step(order, "locked", place);
    if (transaction.kind === "utxo") {
      const outpoint = { transactionId: transaction.outpointId, index: 0 };
      leg.receiver.addCoin({ outpoint, amount: leg.amount, fromUs: place.atUs + SETTLE_US });
    } else leg.receiver.credit(place.chain.id, leg.token, leg.amount);
    // What leaves a dead chain as a lock that nobody carried on comes back to whoever sent it.
    this.#end(order, leg.isReturn === true ? "refunded" : "delivered", place);
  }

  #onRelocked({ lockId, transfer }: Lock, transaction: UtxoTransaction, place: Place): void {
    const order = this.#byLock.get(lockId);
    const leg = order?.leg ?? null;
    if (order === undefined || leg === null) return;
    count(order, transaction, place);
    if (transfer.destinationChain !== ROOT_CHAIN) return this.#step(order, "relocked", place);
    const index = outputOf(transaction, leg.receiver, leg.amount);
    const coin = { outpoint: { transactionId: transaction.outpointId, index }, amount: leg.amount };
    if (leg.destination.id === order.destination.id) {
      leg.receiver.addCoin({ ...coin, fromUs: place.atUs + SETTLE_US });
      return this.#end(order, "delivered", place);
    }
    this.#step(order, "relocked", place);
    this.#forget(leg);
    this.#listener.onArrival(order, coin);
  }

  #onDelivered(lockId: Hash, transaction: Transaction, place: Place): void {
    const order = this.#byLock.get(lockId);
    if (order === undefined) return;
    count(order, transaction, place);
    const { leg } = order;
    if (leg !== null) leg.receiver.credit(place.chain.id, leg.token, leg.amount);
    this.#end(order, leg?.isReturn === true ? "refunded" : "delivered", place);
  }

  /** The rootchain pays its own token back at once; of another token only the source chain can. */
  #onRefund(lockId: Hash, transaction: Transaction, place: Place): void {
    const order = this.#byLock.get(lockId);
    const leg = order?.leg ?? null;
    if (order === undefined || leg === null || leg.lock === null) return;
    count(order, transaction, place);
    const { transfer } = leg.lock;
    if (transaction.kind === "sub-refund") order.sender.credit(place.chain.id, leg.token, leg.amount);
    else if (transfer.token !== ROOT_CHAIN) return;
    this.#end(order, "refunded", place);
  }

  #step(order: Order, step: TransferStep, place: Place): void {
    order.step = step;
    this.#listener.onStep(order, step, place);
  }

  #end(order: Order, step: "delivered" | "refunded", place: Place): void {
    order.endedUs = place.atUs;
    this.#step(order, step, place);
    if (order.leg !== null) this.#forget(order.leg);
    order.leg = null;
  }
}

/** Signatures of an order's transactions are the client's own, but a rootchain transaction is known by what they do not alter. */
function keyOf(transaction: Transaction): Hash {
  return transaction.kind === "utxo" ? transaction.outpointId : transaction.id;
}

function count(order: Order, transaction: Transaction, { chain }: Place): void {
  const sizeBytes = transactionBytes(transaction);
  order.transactions++;
  if (chain.id === ROOT_CHAIN) order.rootBytes += sizeBytes;
  else if (chain.id === order.source.id) order.sourceBytes += sizeBytes;
  else order.destinationBytes += sizeBytes;
}

/** @returns which output pays a holder an amount; 0 where none does */
function outputOf({ outputs }: UtxoTransaction, { script }: Holder, amount: bigint): number {
  const pays = outputs.findIndex((output) => {
    return output.amount === amount && equalBytes(output.lockingScript, script);
  });
  return Math.max(0, pays);
}
