import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import type { TransferLoad } from "../scenario/scenario.ts";
import type { Order } from "./order.ts";

/** One order, as figures count it. */
export interface OrderOutcome {
  /** Place of its load in the workload; NO_LOAD of what a device sends. */
  readonly load: number;
  readonly startedUs: number;
  /** When it was delivered, −1 where it was not. */
  readonly finalUs: number;
  readonly refunded: boolean;
  /** Whether it left its source, and neither arrived nor came back when it had to. */
  readonly lost: boolean;
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

/** After the last expiry, a refund needs a header of the other chain, a proof and a block or two. */
const REFUND_US = 120_000_000;

/** In place of a load's: of what devices send. */
export const NO_LOAD = -1;

/** @returns whether what has left its source has neither arrived nor come back when it had to */
export function isLost({ step, transfer }: { step: Order["step"]; transfer: CrossTransfer }, nowUs: number): boolean {
  if (step !== "locked" && step !== "relocked") return false;
  const { rootExpiryUs, destinationExpiryUs } = transfer;
  return nowUs >= Math.max(rootExpiryUs, destinationExpiryUs) + REFUND_US;
}

/** @returns what has become of an order by now */
export function outcomeOf(order: Order, nowUs: number): OrderOutcome {
  const { load, startedUs, step, endedUs, leg } = order;
  const lock = leg?.lock ?? null;
  const finalUs = step === "delivered" ? endedUs : -1;
  return {
    load,
    startedUs,
    finalUs,
    refunded: step === "refunded",
    lost: lock !== null && isLost({ step, transfer: lock.transfer }, nowUs),
  };
}

/** @returns what belongs to each load, in order, by the load's place */
export function groupByLoad<T extends { readonly load: number }>(
  items: readonly T[],
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.load);
    if (group === undefined) groups.set(item.load, [item]);
    else group.push(item);
  }
  return groups;
}

/** @returns the tallies of each load over its orders */
export function tallyLoads(loads: readonly TransferLoad[], orders: readonly Order[]): LoadTally[] {
  const byLoad = groupByLoad(orders);
  return loads.map((load, index) => {
    const own = byLoad.get(index) ?? [];
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
