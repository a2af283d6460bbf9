import type { TransferLoad } from "../scenario/scenario.ts";
import type { Order } from "./order.ts";

/** One order, as figures count it. */
export interface OrderOutcome {
  /** Place of its load in the workload. */
  readonly load: number;
  readonly startedUs: number;
  /** When it was delivered, −1 where it was not. */
  readonly finalUs: number;
  readonly refunded: boolean;
}

/** What one load put on chains, over its delivered and refunded transfers. */
export interface LoadTally {
  readonly load: TransferLoad;
  readonly started: number;
  readonly delivered: number;
  readonly refunded: number;
  /** Encoded transactions in final blocks, bytes; an end on the rootchain counts there. */
  readonly bytes: { readonly source: number; readonly root: number; readonly destination: number };
  /** Transactions in final blocks of all delivered transfers. */
  readonly transactions: number;
}

export function outcomeOf({ load, startedUs, step, endedUs }: Order): OrderOutcome {
  return { load, startedUs, finalUs: step === "delivered" ? endedUs : -1, refunded: step === "refunded" };
}

/** @returns the tallies of each load over its orders */
export function tallyLoads(loads: readonly TransferLoad[], orders: readonly Order[]): LoadTally[] {
  return loads.map((load, index) => {
    const own = orders.filter((order) => order.load === index);
    const delivered = own.filter(({ step }) => step === "delivered");
    const sum = (of: (order: Order) => number, over: readonly Order[]) => over.reduce((all, each) => all + of(each), 0);
    return {
      load,
      started: own.length,
      delivered: delivered.length,
      refunded: own.filter(({ step }) => step === "refunded").length,
      bytes: {
        source: sum(({ sourceBytes }) => sourceBytes, delivered),
        root: sum(({ rootBytes }) => rootBytes, delivered),
        destination: sum(({ destinationBytes }) => destinationBytes, delivered),
      },
      transactions: sum(({ transactions }) => transactions, delivered),
    };
  });
}
