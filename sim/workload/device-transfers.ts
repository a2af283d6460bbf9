import { type CrossTransfer, lockIdOf } from "../../protocol/bridge/cross-transfer.ts";
import { readLock } from "../../protocol/bridge/relock.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Transaction } from "../../protocol/ledger/transaction.ts";
import { crossingOf } from "../../protocol/node/device-payment.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { AccountAction } from "../../protocol/subchain/transaction.ts";
import type { TraceSink, TransferStep } from "../host/trace-sink.ts";
import type { Watcher } from "../host/watcher.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isLost, NO_LOAD, type OrderOutcome } from "./load-figures.ts";
import type { Place } from "./order-book.ts";

/** One transfer that a device has signed for another chain. */
interface Crossing {
  readonly number: number;
  readonly group: number;
  readonly lockId: Hash;
  readonly transfer: CrossTransfer;
  readonly startedUs: number;
  step: TransferStep;
  endedUs: number;
  /** Whether it was gone before anybody saw it. */
  isVoid: boolean;
}

/** Transfers of devices are told apart from those of loads in traces by numbers that no load comes to. */
const FIRST_NUMBER = 2 ** 31;

/** Follows what devices send to other chains, from its signing to its end; it watches and hands nothing in. */
export class DeviceTransfers implements Watcher {
  readonly #trace: TraceSink | null;
  /** Numbers of the last devices of all groups. */
  readonly #ends: readonly number[];
  readonly #names: ReadonlyMap<number, string>;
  readonly #byTransaction = new Map<Hash, Crossing>();
  readonly #byLock = new Map<Hash, Crossing>();
  readonly #all: Crossing[] = [];
  /** What each device has signed last. */
  readonly #newest = new Map<Hash, { readonly nonce: number; readonly crossing: Crossing }>();

  /** @param names of the chains, by id */
  constructor(scenario: Scenario, { names, trace }: { names: ReadonlyMap<number, string>; trace: TraceSink | null }) {
    this.#names = names;
    this.#trace = trace;
    this.#ends = numberNodes(scenario).devices.map(({ first, count }) => first + count);
  }

  onObserve(node: number, atUs: number, seen: Observation): void {
    if (seen.kind !== "spending" || seen.lock === undefined) return;
    const signed = seen.lock as AccountAction;
    const transfer = crossingOf(signed);
    if (transfer === null) return;
    this.#forget(signed);
    const lockId = lockIdOf(transfer.sourceChain, seen.id);
    const group = this.#ends.findIndex((end) => node < end);
    const number = FIRST_NUMBER + this.#all.length;
    const crossing: Crossing = {
      number,
      group,
      lockId,
      transfer,
      startedUs: atUs,
      step: "started",
      endedUs: -1,
      isVoid: false,
    };
    this.#all.push(crossing);
    this.#byTransaction.set(seen.id, crossing);
    this.#newest.set(signed.sender, { nonce: signed.nonce, crossing });
    this.#byLock.set(lockId, crossing);
    this.#tell(crossing, { node: -1, height: -1, atUs });
  }

  /** A number is given away twice only where a cut of power came before the first was durable, and so before it was sent. */
  #forget({ sender, nonce }: AccountAction): void {
    const newest = this.#newest.get(sender);
    if (newest?.nonce === nonce) newest.crossing.isVoid = true;
  }

  /** Takes in a block that an honest node is the first to hold final. */
  onFinal(block: Block, place: Place): void {
    if (this.#all.length === 0) return;
    for (const transaction of block.transactions) this.#onTransaction(transaction, place);
  }

  #onTransaction(transaction: Transaction, place: Place): void {
    switch (transaction.kind) {
      case "action":
        return this.#step(this.#byTransaction.get(transaction.id), "locked", place);
      case "reorg":
        return this.#step(this.#byLock.get(transaction.lockId), "delivered", place);
      case "sub-refund":
        return this.#step(this.#byLock.get(transaction.lockId), "refunded", place);
      case "utxo":
        return this.#onUtxo(transaction, place);
      default:
        return; // Nothing else takes a transfer between chains any further.
    }
  }

  #onUtxo({ payload }: UtxoTransaction, place: Place): void {
    if (payload?.kind === "relock") {
      const lock = readLock(payload.lock);
      if (lock !== null) this.#step(this.#byLock.get(lock.lockId), "relocked", place);
    } else if (payload?.kind === "refund") {
      // A token that the rootchain does not hold is given back by the source alone.
      const crossing = this.#byLock.get(payload.lockId);
      if (crossing?.transfer.token === ROOT_CHAIN) this.#step(crossing, "refunded", place);
    }
  }

  #step(crossing: Crossing | undefined, step: TransferStep, place: Place): void {
    if (crossing === undefined || crossing.endedUs >= 0) return;
    crossing.step = step;
    if (step === "delivered" || step === "refunded") crossing.endedUs = place.atUs;
    this.#tell(crossing, place);
  }

  #tell({ number, lockId, step, transfer }: Crossing, at: Pick<Place, "node" | "height" | "atUs">): void {
    const { node, height, atUs } = at;
    const [from = "", to = ""] = [transfer.sourceChain, transfer.destinationChain].map((id) => this.#names.get(id));
    this.#trace?.transfer({ atUs, node, step, number, lockId, height, from, to });
  }

  /** @returns the transfers of a group that were started before a time @param group its place; all of them without one */
  outcomes({ beforeUs, nowUs, group }: { beforeUs: number; nowUs: number; group?: number }): OrderOutcome[] {
    return this.#all
      .filter((each) => !each.isVoid && each.startedUs < beforeUs && (group === undefined || each.group === group))
      .map(({ startedUs, step, endedUs, transfer }) => ({
        load: NO_LOAD,
        startedUs,
        finalUs: step === "delivered" ? endedUs : -1,
        refunded: step === "refunded",
        lost: isLost({ step, transfer }, nowUs),
      }));
  }
}
