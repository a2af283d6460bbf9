import type { Trace, TraceEvent } from "../../sim/trace/reader.ts";

/** Steps of a transfer between chains, in the order in which they are taken; the last two end it. */
export const TRANSFER_STEPS = ["started", "locked", "relocked", "delivered", "refunded"] as const;
export type TransferStep = (typeof TRANSFER_STEPS)[number];

/** A step that a transfer took. */
export interface StepTaken {
  readonly step: TransferStep;
  readonly atUs: number;
  readonly height: number;
}

/** One transfer between two chains. */
export interface Transfer {
  readonly number: number;
  readonly source: string;
  readonly destination: string;
  /** In the order in which they were taken; at least one. */
  readonly steps: readonly StepTaken[];
  readonly startUs: number;
  /** When it was delivered or refunded; infinite for one that never was. */
  readonly endUs: number;
}

/** How many transfers have come how far. */
export interface TransferCounts {
  readonly started: number;
  readonly inFlight: number;
  readonly delivered: number;
  readonly refunded: number;
}

/** Most transfers kept. */
const MAX_TRANSFERS = 100_000;

function isStep(word: string | undefined): word is TransferStep {
  return TRANSFER_STEPS.some((step) => step === word);
}

/** @returns the transfers between two different chains that the events tell of, by their beginning */
export function transfersOf(events: readonly TraceEvent[]): readonly Transfer[] {
  const found = new Map<number, { source: string; destination: string; steps: StepTaken[] }>();
  for (const { kind, subject, text, atUs, height } of events) {
    const [step, source = "", destination = ""] = text.split(" ");
    if (kind !== "transfer" || source === destination || !isStep(step)) continue;
    const known = found.get(subject);
    if (known !== undefined) known.steps.push({ step, atUs, height });
    else if (found.size < MAX_TRANSFERS) found.set(subject, { source, destination, steps: [{ step, atUs, height }] });
  }
  return [...found].map(([number, transfer]) => whole(number, transfer)).sort((a, b) => a.startUs - b.startUs);
}

function whole(number: number, told: Pick<Transfer, "source" | "destination" | "steps">): Transfer {
  const steps = [...told.steps].sort((a, b) => a.atUs - b.atUs);
  const end = steps.find(({ step }) => step === "delivered" || step === "refunded");
  return { ...told, number, steps, startUs: steps[0]?.atUs ?? 0, endUs: end?.atUs ?? Number.POSITIVE_INFINITY };
}

/** @returns the last step taken by a moment, or null before the first */
export function stepAt({ steps }: Transfer, timeUs: number): StepTaken | null {
  return steps.findLast(({ atUs }) => atUs <= timeUs) ?? null;
}

/** @returns the transfers under way at a moment, or that ended less than `lingerUs` before it */
export function transfersAt(transfers: readonly Transfer[], timeUs: number, lingerUs = 0): readonly Transfer[] {
  return transfers.filter(({ startUs, endUs }) => startUs <= timeUs && timeUs < endUs + lingerUs);
}

/** @returns how many transfers had begun and ended by a moment */
export function transferCounts(transfers: readonly Transfer[], timeUs: number): TransferCounts {
  const counts = { started: 0, inFlight: 0, delivered: 0, refunded: 0 };
  for (const transfer of transfers) {
    // By beginning, so that nothing further has begun.
    if (transfer.startUs > timeUs) break;
    counts.started += 1;
    const step = transfer.endUs <= timeUs ? stepAt(transfer, timeUs)?.step : "inFlight";
    if (step === "inFlight" || step === "delivered" || step === "refunded") counts[step] += 1;
  }
  return counts;
}

/** Parts of the way from source to destination at which each step leaves a transfer; a refund goes back. */
const REACHED: Readonly<Record<TransferStep, number>> = {
  started: 0,
  locked: 0.1,
  relocked: 0.5,
  delivered: 1,
  refunded: 0,
};

/** @returns how far a transfer is at a moment: 0 at its source, 0.5 at the rootchain, 1 at its destination */
export function wayAt(transfer: Transfer, timeUs: number): number {
  const last = stepAt(transfer, timeUs);
  if (last === null) return 0;
  const next = transfer.steps.find(({ atUs }) => atUs > timeUs);
  const from = REACHED[last.step];
  if (next === undefined) return from;
  const part = (timeUs - last.atUs) / Math.max(1, next.atUs - last.atUs);
  return from + (REACHED[next.step] - from) * part;
}

/** Reads all transfers of a run, a chunk of events at a time. */
export async function readTransfers(trace: Trace): Promise<readonly Transfer[]> {
  const starts = new Set([0]);
  for (const { kind, fromUs } of trace.chunks) if (kind === "events") starts.add(fromUs);
  const moments = [...starts].sort((a, b) => a - b);
  const steps: TraceEvent[] = [];
  for (const [i, fromUs] of moments.entries()) {
    const { events } = await trace.eventsBetween(fromUs, (moments[i + 1] ?? trace.untilUs + 1) - 1);
    for (const event of events) if (event.kind === "transfer") steps.push(event);
  }
  return transfersOf(steps);
}
