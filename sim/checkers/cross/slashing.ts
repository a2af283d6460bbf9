import { decodeSubchainRecord, subchainKey } from "../../../protocol/bridge/subchain-record.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** Only operators and delegates that broke the rules lose their bonds, and only where evidence was given (S8). */
export class SlashingChecker implements CrossChecker {
  readonly #findings = new Findings("slashing", "");
  readonly #chains: Chains;
  readonly #slashed = new Set<string>();
  /** Chains that evidence was given of since their seats were last seen. */
  readonly #accused = new Set<number>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({ block: (block, place) => this.#look(block, place) });
  }

  /** Seats that lost their bonds. */
  get slashed(): number {
    return this.#slashed.size;
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "nobody was accused on the rootchain";
    return this.#findings.report();
  }

  #look(block: Block, place: Place): void {
    if (place.chainId !== this.#chains.rootId) return;
    for (const transaction of block.transactions) {
      if (transaction.kind === "evidence") this.#accused.add(place.chainId);
      const payload = transaction.kind === "utxo" ? transaction.payload : null;
      if (payload?.kind === "evidence-reveal" || payload?.kind === "fraud-proof") this.#accused.add(payload.chainId);
    }
    for (const { world } of this.#chains.all) this.#judge(world.parameters.chainId, place);
  }

  #judge(chainId: number, place: Place): void {
    const seats = chainId === this.#chains.rootId ? this.#delegates(place) : this.#operators(chainId, place);
    if (seats === null) return;
    if (this.#accused.has(chainId)) this.#findings.samples++;
    seats.forEach(({ slashed }, seat) => {
      if (slashed) this.#slash(chainId, seat, place);
    });
    this.#accused.delete(chainId);
  }

  #operators(chainId: number, place: Place): readonly { readonly slashed: boolean }[] | null {
    const entry = this.#chains.entriesAt(place.chainId, place.node, place.height)?.get(subchainKey(chainId));
    return entry === undefined ? null : (decodeSubchainRecord(entry)?.operators ?? null);
  }

  #delegates({ node, height }: Place): readonly { readonly slashed: boolean }[] | null {
    const state = this.#chains.root.world.stateOf(node);
    return state?.height === height ? state.rotation.standings : null;
  }

  #slash(chainId: number, seat: number, place: Place): void {
    const key = `${chainId} ${seat}`;
    if (this.#slashed.has(key)) return;
    this.#slashed.add(key);
    const where = `height ${place.height}: seat ${seat} of ${this.#chains.nameOf(chainId)} loses its bond`;
    if (!this.#accused.has(chainId)) this.#findings.violation(place.atUs, [place.node], `${where} without evidence`);
    const world = this.#chains.get(chainId)?.world;
    const node = world?.members.find((each) => world.delegateOf(each) === seat);
    if (world === undefined || node === undefined || world.isByzantine(node)) return;
    this.#findings.violation(place.atUs, [node], `${where} although it is honest`);
  }
}
