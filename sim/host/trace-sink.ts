import type { Observation } from "../../protocol/core/observation.ts";

/** What made a step run, where it was not a message; a message's cause is its emission id (0 …). */
export const Cause = { timer: -1, start: -2, request: -3 } as const;

/** Why a node runs or does not; a closed table, stable in traces. */
export const Power = { down: 0, up: 1, asleep: 2, empty: 3 } as const;
export type Power = (typeof Power)[keyof typeof Power];

/** What a device has spent since the run's start, µJ by cause, and what is left of its battery in parts of ten thousand. */
export interface BatteryNote {
  readonly listen: number;
  readonly receive: number;
  readonly transmit: number;
  readonly compute: number;
  readonly sleep: number;
  readonly charge: number;
}

/** How far a transfer between chains has come. */
export type TransferStep = "started" | "locked" | "relocked" | "delivered" | "refunded";

/** One step of a transfer between chains, as its clients see it. */
export interface TransferStepNote {
  readonly atUs: number;
  /** The node that was handed it, or that first held the step final. */
  readonly node: number;
  readonly step: TransferStep;
  /** Counts the run's transfers. */
  readonly number: number;
  /** 64 hex digits, or "" before there is a lock. */
  readonly lockId: string;
  /** Of the block that took the step, −1 at its start. */
  readonly height: number;
  /** Names of the chains. */
  readonly from: string;
  readonly to: string;
}

/** How far an operation has come: a transaction of it was handed in, all of them are final, and it shows where it acts. */
export type OperationStep = "submitted" | "done" | "shown";

/** One step of an operation on the rootchain, as whoever undertakes it sees it. */
export interface OperationStepNote {
  readonly atUs: number;
  /** The node that was handed the transaction, or that first held the block final. */
  readonly node: number;
  readonly step: OperationStep;
  /** Its place among the scenario's operations. */
  readonly number: number;
  /** Such as "register". */
  readonly kind: string;
  /** Name of the chain where it acts. */
  readonly chain: string;
  /** Of the transaction that was handed in last, 64 hex digits, or "" where nothing was. */
  readonly transactionId: string;
  /** Of the block that showed it, −1 for what was handed in. */
  readonly height: number;
}

/**
 * Receives a run's events as plain numbers, in the order in which the host executes them. A sink never changes the run.
 * All times are global µs since the run's start.
 */
export interface TraceSink {
  /**
   * One copy of a message, told when it is sent.
   *
   * @param sentUs when the copy's last bit leaves its source; for a copy that never leaves, when it was ready to
   * @param arrivalUs when it reaches its destination's downlink; equal to `sentUs` for a copy dropped before
   * @param messageClass the message's kind, or 255 for bytes that are no message
   * @param outcome a code of sim/network/drop-reasons.ts as far as known now; `late` may correct it
   * @param emissionId numbers the send or broadcast that made the copy, 0 … in order over the whole run
   * @param cause the emission whose delivery to `src` ran the step, or a `Cause`
   */
  message(
    sentUs: number,
    arrivalUs: number,
    src: number,
    dst: number,
    messageClass: number,
    sizeBytes: number,
    outcome: number,
    emissionId: number,
    cause: number,
  ): void;
  /** The outcome of a copy told as delivered turned out otherwise when it arrived. */
  late(emissionId: number, dst: number, outcome: number, atUs: number): void;
  /** A timer of a node fired. @param timer 0 … MAX_TIMERS − 1 */
  timer(atUs: number, node: number, timer: number): void;
  /** A node went down or came back. @param power a code of `Power` */
  power(atUs: number, node: number, power: Power): void;
  /** How a device's battery is, told whenever it wakes or ends a life. @param note is another one's afterwards */
  battery(atUs: number, node: number, note: BatteryNote): void;
  /** A copy from or to a device got lost between it and its gateway. */
  radioLoss(atUs: number, node: number): void;
  /** A device that moves is somewhere else. @param x east, and y north, of the middle of its group's disc, −1 … 1 */
  place(atUs: number, node: number, x: number, y: number): void;
  /** A fault began or was healed. @param fault its index in the schedule */
  fault(atUs: number, fault: number, begins: boolean): void;
  /** A machine reported something. @param atUs start of the step */
  observation(node: number, atUs: number, observation: Observation): void;
  /** A transfer between chains came a step further. Not told by the host but by whoever watches the workload. */
  transfer(step: TransferStepNote): void;
  /** An operation came a step further. Told by whoever undertakes it. */
  operation(step: OperationStepNote): void;
}
