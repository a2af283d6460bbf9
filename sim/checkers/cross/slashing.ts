import { decodeSubchainRecord, subchainKey } from "../../../protocol/bridge/subchain-record.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** Only operators that broke the rules lose their bonds (S8). */
export class SlashingChecker implements CrossChecker {
  readonly #findings = new Findings("slashing", "");
  readonly #chains: Chains;
  readonly #slashed = new Set<string>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({ block: (block, place) => this.#look(block, place) });
  }

  /** Operators that lost their bonds. */
  get slashed(): number {
    return this.#slashed.size;
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "no operator was accused on the rootchain";
    return this.#findings.report();
  }

  #look(block: Block, place: Place): void {
    if (place.chainId !== this.#chains.rootId) return;
    for (const transaction of block.transactions) {
      const payload = transaction.kind === "utxo" ? transaction.payload : null;
      if (payload?.kind === "evidence-reveal" || payload?.kind === "fraud-proof") this.#judge(payload.chainId, place);
    }
  }

  #judge(chainId: number, place: Place): void {
    if (chainId === this.#chains.rootId) return;
    this.#findings.samples++;
    const entry = this.#chains.entriesAt(place.chainId, place.node, place.height)?.get(subchainKey(chainId));
    const record = entry === undefined ? null : decodeSubchainRecord(entry);
    record?.operators.forEach(({ slashed }, seat) => {
      if (slashed) this.#slash(chainId, seat, place);
    });
  }

  #slash(chainId: number, seat: number, place: Place): void {
    const key = `${chainId} ${seat}`;
    if (this.#slashed.has(key)) return;
    this.#slashed.add(key);
    const world = this.#chains.get(chainId)?.world;
    const node = world?.members.find((each) => world.delegateOf(each) === seat);
    if (world === undefined || node === undefined || world.isByzantine(node)) return;
    const what = `honest operator ${seat} of ${world.chain} loses its bond`;
    this.#findings.violation(place.atUs, [node], `height ${place.height}: ${what}`);
  }
}
