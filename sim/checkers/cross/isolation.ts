import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";
import type { EscrowBook, Holding } from "./escrow-book.ts";

/** No subchain, however Byzantine, takes out more than came in for it (S9); watched at every block of the rootchain. */
export class IsolationChecker implements CrossChecker {
  readonly #findings = new Findings("isolation", "");
  readonly #chains: Chains;
  readonly #escrow: EscrowBook;
  readonly #broken = new Set<Holding>();

  /** @param escrow holds a block when it is judged here */
  constructor(chains: Chains, book: CrossBook, escrow: EscrowBook) {
    this.#chains = chains;
    this.#escrow = escrow;
    book.listen({
      block: (_block, place) => {
        if (place.chainId === chains.rootId) this.#judge(place);
      },
    });
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "no subchain holds anything";
    return this.#findings.report();
  }

  #judge({ height, atUs, node }: Place): void {
    for (const [holding, withdrawn] of this.#escrow.withdrawn) {
      this.#findings.samples++;
      const excess = withdrawn - (this.#escrow.deposited.get(holding) ?? 0n);
      if (excess <= 0n || this.#broken.has(holding)) continue;
      this.#broken.add(holding);
      const [chainId, token] = holding.split(" ").map(Number);
      const what = `${this.#chains.nameOf(chainId ?? 0)} took out ${excess} more of token ${token} than came in`;
      this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
    }
  }
}
