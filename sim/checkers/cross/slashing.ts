import { decodeSubchainRecord, subchainKey } from "../../../protocol/bridge/subchain-record.ts";
import type { DelegateId } from "../../../protocol/core/ids.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** The informer's part of confiscated bonds is one in so many at most (S8). */
const MAX_INFORMER_PART = 20n;

/** A seat and what it stands to lose. */
interface Bonded {
  readonly slashed: boolean;
  /** Base units. */
  readonly bond: bigint;
}

/** Only operators and delegates that broke the rules lose their bonds, and only where evidence was given (S8). */
export class SlashingChecker implements CrossChecker {
  readonly #findings = new Findings("slashing", "");
  readonly #chains: Chains;
  readonly #slashed = new Set<string>();
  /** Chains that evidence was given of since their seats were last seen. */
  readonly #accused = new Set<number>();
  /** What transactions that only accuse pay out in this block, by chain accused: base units. */
  readonly #paid = new Map<number, bigint>();

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
      if (payload?.kind !== "evidence-reveal" && payload?.kind !== "fraud-proof") continue;
      this.#accused.add(payload.chainId);
      if (transaction.kind !== "utxo" || transaction.inputs.length > 0) continue;
      const paid = transaction.outputs.reduce((sum, { amount }) => sum + amount, 0n);
      this.#paid.set(payload.chainId, (this.#paid.get(payload.chainId) ?? 0n) + paid);
    }
    for (const { world } of this.#chains.all) this.#judge(world.parameters.chainId, place);
    this.#paid.clear();
  }

  #judge(chainId: number, place: Place): void {
    const seats = chainId === this.#chains.rootId ? this.#delegates(place) : this.#operators(chainId, place);
    if (seats === null) return;
    if (this.#accused.has(chainId)) this.#findings.samples++;
    let lost = 0n;
    seats.forEach(({ slashed, bond }, seat) => {
      if (slashed && this.#slash(chainId, seat, place)) lost += bond;
    });
    this.#judgeReward(chainId, place, lost);
    this.#accused.delete(chainId);
  }

  /** Whoever accuses gets a twentieth of the bonds at most, and nothing for what was paid for already. */
  #judgeReward(chainId: number, { atUs, node, height }: Place, lost: bigint): void {
    const paid = this.#paid.get(chainId) ?? 0n;
    if (MAX_INFORMER_PART * paid <= lost) return;
    const chain = this.#chains.nameOf(chainId);
    this.#findings.violation(atUs, [node], `height ${height}: informers get ${paid} for bonds of ${lost} of ${chain}`);
  }

  #operators(chainId: number, place: Place): readonly Bonded[] | null {
    const entry = this.#chains.entriesAt(place.chainId, place.node, place.height)?.get(subchainKey(chainId));
    const record = entry === undefined ? null : decodeSubchainRecord(entry);
    return record?.operators.map(({ slashed, registered }) => ({ slashed, bond: registered.bond })) ?? null;
  }

  #delegates({ node, height }: Place): readonly Bonded[] | null {
    const state = this.#chains.root.world.stateOf(node);
    if (state?.height !== height) return null;
    const { standings, registry } = state.rotation;
    return standings.map(({ slashed }, id) => ({ slashed, bond: registry.of(id as DelegateId).bond }));
  }

  /** @returns whether it happens in this block */
  #slash(chainId: number, seat: number, place: Place): boolean {
    const key = `${chainId} ${seat}`;
    if (this.#slashed.has(key)) return false;
    this.#slashed.add(key);
    const where = `height ${place.height}: seat ${seat} of ${this.#chains.nameOf(chainId)} loses its bond`;
    if (!this.#accused.has(chainId)) this.#findings.violation(place.atUs, [place.node], `${where} without evidence`);
    const world = this.#chains.get(chainId)?.world;
    // A bond answers for everybody who ever acted in its seat: for the registered operator and its nominees (S3).
    const holders = world?.members.filter((each) => world.delegateOf(each) === seat) ?? [];
    if (world === undefined || holders.length === 0 || holders.some((each) => world.isByzantine(each))) return true;
    this.#findings.violation(place.atUs, holders, `${where} although it is honest`);
    return true;
  }
}
