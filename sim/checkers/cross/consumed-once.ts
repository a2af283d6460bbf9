import type { Hash } from "../../../protocol/core/ids.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** Each lock is relocked at most once, and created at its destination at most once (B4). */
export class ConsumedOnceChecker implements CrossChecker {
  readonly #findings = new Findings("consumed-once", "");
  readonly #chains: Chains;
  /** By what was consumed where. */
  readonly #consumed = new Set<string>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({ step: (step, place) => this.#judge(step, place) });
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "nothing crossed between chains";
    return this.#findings.report();
  }

  #judge(step: TransferStep, place: Place): void {
    if (step.kind === "lock" || !this.#chains.promised(place.chainId)) return;
    this.#findings.samples++;
    const key = `${place.chainId} ${consumptionOf(step)} ${step.lockId}`;
    if (this.#consumed.has(key)) {
      const what = `height ${place.height}: a second ${step.kind} of lock ${shown(step.lockId)}`;
      this.#findings.violation(place.atUs, [place.node], `${this.#chains.nameOf(place.chainId)}: ${what}`);
    }
    this.#consumed.add(key);
  }
}

/** A refund on the source and the delivery on the destination are different things to consume. */
function consumptionOf(step: TransferStep): string {
  return step.kind === "sub-refund" ? "refund" : step.kind;
}

/** @returns the beginning of a lock's identity, for reports */
export function shown(lockId: Hash): string {
  return lockId.slice(0, 8);
}
