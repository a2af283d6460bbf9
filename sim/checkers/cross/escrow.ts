import { decodeEscrow, escrowKey } from "../../../protocol/bridge/escrow.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";
import { type EscrowBook, type Holding, holdingOf } from "./escrow-book.ts";
import { heldIn } from "./held.ts";

/** Blocks of a subchain between two recounts of all its accounts. */
const RECOUNT_INTERVAL = 32;

interface Seen {
  readonly height: number;
  readonly atUs: number;
  readonly node: number;
}

/**
 * At every block of the rootchain each escrow is what the transfers add up to; and what an honest subchain holds is what came
 * to it less what left it. Together: escrow = held + burned + locked and not yet relocked + relocked and not yet credited
 * (section 4).
 */
export class EscrowChecker implements CrossChecker {
  readonly #findings = new Findings("escrow", "");
  readonly #chains: Chains;
  readonly #escrow: EscrowBook;
  /** What each chain has to hold of each token, by its own blocks. */
  readonly #held = new Map<Holding, bigint>();
  readonly #locks = new Map<Hash, { readonly chainId: number; readonly token: number; readonly amount: bigint }>();
  readonly #broken = new Set<string>();

  /** @param escrow holds a block when it is judged here */
  constructor(chains: Chains, book: CrossBook, escrow: EscrowBook) {
    this.#chains = chains;
    this.#escrow = escrow;
    for (const { world } of chains.all) {
      if (world.ledger !== "subchain") continue;
      const { chainId } = world.parameters;
      for (const [token, amount] of heldIn(world.genesis.ledger.entries, world.nativeToken))
        this.#held.set(holdingOf(chainId, token), amount);
    }
    book.listen({
      step: (step, place) => this.#move(step, place),
      block: (_block, place) => this.#judge(place),
    });
  }

  finish(endUs: number): CheckerReport {
    for (const { world } of this.#chains.all) {
      const { chainId } = world.parameters;
      const height = this.#chains.get(chainId)?.chain.height ?? 0;
      // Others may lag: only who is furthest holds what the book has added up.
      const node = world.members.find((each) => !world.isByzantine(each) && world.stateOf(each)?.height === height);
      if (node === undefined) continue;
      if (chainId === this.#chains.rootId) this.#finishRoot({ height, atUs: endUs, node });
      else if (world.promised) this.#recount({ chainId, height, timeUs: 0, atUs: endUs, node });
    }
    if (this.#findings.samples === 0) this.#findings.note = "there are no subchains";
    return this.#findings.report();
  }

  #finishRoot(seen: Seen): void {
    const entries = this.#chains.entriesAt(this.#chains.rootId, seen.node, seen.height);
    if (entries !== null) this.#seekUnknown(entries, seen);
  }

  /** What a subchain creates and destroys; what stays within it moves nothing. */
  #move(step: TransferStep, { chainId }: Place): void {
    if (chainId === this.#chains.rootId) return;
    switch (step.kind) {
      case "lock": {
        const { token, amount } = step.transfer;
        this.#locks.set(step.lockId, { token, amount, chainId });
        return this.#add(chainId, token, -amount);
      }
      case "credit":
        return this.#add(chainId, step.transfer.token, step.arriving);
      case "sub-refund":
        return this.#giveBack(step.lockId, step.noted);
      case "relock":
      case "refund":
        // Steps of the rootchain.
        return;
    }
  }

  #giveBack(lockId: Hash, noted: boolean): void {
    const lock = this.#locks.get(lockId);
    if (lock === undefined) return;
    const amount = noted ? (this.#escrow.legs.get(lockId)?.remaining ?? 0n) : lock.amount;
    this.#add(lock.chainId, lock.token, amount);
  }

  #add(chainId: number, token: number, amount: bigint): void {
    const holding = holdingOf(chainId, token);
    this.#held.set(holding, (this.#held.get(holding) ?? 0n) + amount);
  }

  #judge(place: Place): void {
    if (place.chainId === this.#chains.rootId) this.#judgeEscrows(place);
    else if (place.height % RECOUNT_INTERVAL === 0 && this.#chains.promised(place.chainId)) this.#recount(place);
  }

  #judgeEscrows({ chainId, node, height, atUs }: Place): void {
    const entries = this.#chains.entriesAt(chainId, node, height);
    if (entries === null) return;
    for (const [holding, expected] of this.#escrow.amounts) {
      const [subchain = 0, token = 0] = holding.split(" ").map(Number);
      const entry = entries.get(escrowKey(subchain, token));
      const held = entry === undefined ? 0n : (decodeEscrow(entry)?.amount ?? 0n);
      this.#findings.samples++;
      if (held !== expected) this.#reportEscrow(holding, held - expected, { atUs, node, height });
    }
    if (height % RECOUNT_INTERVAL === 0) this.#seekUnknown(entries, { atUs, node, height });
  }

  /** An escrow for which nothing ever came in is in no book: only a walk over all entries finds it. */
  #seekUnknown(entries: AuthenticatedMap, seen: Seen): void {
    for (const [, entry] of entries.entries()) {
      const escrow = decodeEscrow(entry);
      if (escrow === null) continue;
      const holding = holdingOf(escrow.chainId, escrow.token);
      if (!this.#escrow.amounts.has(holding)) this.#reportEscrow(holding, escrow.amount, seen);
    }
  }

  #reportEscrow(holding: Holding, excess: bigint, { height, atUs, node }: Seen): void {
    const [subchain = 0, token = 0] = holding.split(" ").map(Number);
    const what = `the escrow of ${this.#chains.nameOf(subchain)} holds ${excess} too much of token ${token}`;
    this.#report(`escrow ${holding}`, { atUs, node, what: `height ${height}: ${what}` });
  }

  #recount({ chainId, node, height, atUs }: Place): void {
    const world = this.#chains.get(chainId)?.world;
    const state = world?.stateOf(node) ?? null;
    if (world === undefined || state === null || state.height !== height) return;
    const counted = heldIn(state.ledger.entries, world.nativeToken);
    for (const token of this.#tokensOf(chainId, counted.keys())) {
      const held = counted.get(token) ?? 0n;
      const expected = this.#held.get(holdingOf(chainId, token)) ?? 0n;
      this.#findings.samples++;
      if (held === expected) continue;
      const what = `${world.chain} holds ${held - expected} too much of token ${token}`;
      this.#report(`held ${chainId} ${token}`, { atUs, node, what: `height ${height}: ${what}` });
    }
  }

  /** What a chain has to hold counts even where it holds nothing of it. */
  #tokensOf(chainId: number, held: Iterable<number>): Set<number> {
    const places = [...this.#held.keys()].map((holding) => holding.split(" ").map(Number));
    const expected = places.flatMap(([chain, token]) => (chain === chainId && token !== undefined ? [token] : []));
    return new Set([...held, ...expected]);
  }

  /** Once for each holding: what is wrong stays wrong. */
  #report(key: string, { atUs, node, what }: { atUs: number; node: number; what: string }): void {
    if (this.#broken.has(key)) return;
    this.#broken.add(key);
    this.#findings.violation(atUs, [node], what);
  }
}
