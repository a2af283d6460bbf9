import type { Hash } from "../../../protocol/core/ids.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Exit, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** Each lock is relocked at most once, and created at its destination at most once (B4); what leaves a dead chain leaves once (B5). */
export class ConsumedOnceChecker implements CrossChecker {
  readonly #findings = new Findings("consumed-once", "");
  readonly #chains: Chains;
  /** By what was consumed where. */
  readonly #consumed = new Set<string>();
  /** What exits took out, by the transfers that they began. */
  readonly #exits = new Map<Hash, string>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({
      step: (step, place) => this.#judge(step, place),
      exit: (exit, place) => this.#exit(exit, place),
    });
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "nothing crossed between chains";
    return this.#findings.report();
  }

  /** What went on and came back may be taken out once more. */
  #exit({ chainId, entry, onward }: Exit, place: Place): void {
    const what = `${entry} on chain ${chainId}`;
    this.#consume(place, "exit", what);
    if (onward !== null) this.#exits.set(onward.lockId, `${place.chainId} exit ${what}`);
  }

  #judge(step: TransferStep, place: Place): void {
    if (!this.#chains.promised(place.chainId)) return;
    this.#consume(place, step.kind, `lock ${step.lockId}`);
    const exited = step.kind === "refund" ? this.#exits.get(step.lockId) : undefined;
    if (exited !== undefined) this.#consumed.delete(exited);
  }

  #consume(place: Place, how: string, what: string): void {
    this.#findings.samples++;
    const key = `${place.chainId} ${how} ${what}`;
    if (this.#consumed.has(key)) {
      const where = `${this.#chains.nameOf(place.chainId)}: height ${place.height}`;
      this.#findings.violation(place.atUs, [place.node], `${where}: a second ${how} of ${what.slice(0, SHOWN)}`);
    }
    this.#consumed.add(key);
  }
}

/** Characters of what was consumed, for reports. */
const SHOWN = 24;
