import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { LedgerTransaction } from "../../protocol/ledger/transaction.ts";
import type { TransferStep } from "../host/trace-sink.ts";
import type { Coin, Holder } from "./holder.ts";

/** A chain as clients know it. */
export interface ClientChain {
  readonly id: number;
  readonly name: string;
  /** Nodes that take transactions in. */
  readonly members: readonly number[];
  /** Whether its money lies in outputs and not in accounts. */
  readonly holdsOutputs: boolean;
  /** Chain id of the home of the token that its fees are in. */
  readonly nativeToken: number;
}

/** One hop of an order: from chain to chain, or within one. */
export interface Leg {
  readonly source: ClientChain;
  readonly destination: ClientChain;
  readonly transaction: LedgerTransaction;
  /** Null within one chain. */
  readonly lock: { readonly id: Hash; readonly transfer: CrossTransfer; readonly data: Uint8Array } | null;
  /** What the receiver gets, base units. */
  readonly amount: bigint;
  /** Of the amount. */
  readonly token: number;
  readonly receiver: Holder;
  /** The sender's change once the transaction is final; null where there is none. */
  readonly change: Omit<Coin, "fromUs"> | null;
  /** Chain whose nodes take the transaction in, where that is not the source. */
  readonly handedTo?: ClientChain;
  /** Whether it brings back what was sent, from a chain that died. */
  readonly isReturn?: boolean;
  /** How often it was handed to a node or a relayer. */
  submissions: number;
  /** Whether the source chain holds the transaction final. */
  isFinal: boolean;
}

/** One transfer that a load has started, from its submission to its end. */
export interface Order {
  readonly number: number;
  /** Place of its load in the workload. */
  readonly load: number;
  readonly source: ClientChain;
  readonly destination: ClientChain;
  readonly sender: Holder;
  readonly receiver: Holder;
  /** What the receiver is to get, base units. */
  readonly amount: bigint;
  readonly startedUs: number;
  step: TransferStep;
  /** When it was delivered or refunded, −1 before. */
  endedUs: number;
  /** The hop under way; null once the order has ended. */
  leg: Leg | null;
  /** Encoded bytes of its transactions in final blocks of subchains; where an end is the rootchain, they count there. */
  sourceBytes: number;
  rootBytes: number;
  destinationBytes: number;
  /** Its transactions in final blocks. */
  transactions: number;
}

/** What an order is from its start to its end. */
export type OrderStart = Pick<
  Order,
  "number" | "load" | "source" | "destination" | "sender" | "receiver" | "amount" | "startedUs"
>;

/** @returns an order that has just been started, without a leg yet */
export function newOrder(start: OrderStart): Order {
  // Field by field: engines spread objects of this size slowly, and clients start many.
  const { number, load, source, destination, sender, receiver, amount, startedUs } = start;
  return {
    number,
    load,
    source,
    destination,
    sender,
    receiver,
    amount,
    startedUs,
    step: "started",
    endedUs: -1,
    leg: null,
    sourceBytes: 0,
    rootBytes: 0,
    destinationBytes: 0,
    transactions: 0,
  };
}
