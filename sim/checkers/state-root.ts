import type { Hash } from "../../protocol/core/ids.ts";
import { bytesToHash, hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { encodeTransaction } from "../../protocol/ledger/transaction.ts";
import type { AccountBook } from "./account-book.ts";
import { ruleFaults } from "./block-rules.ts";
import { treeHash } from "./body-root.ts";
import { type Checker, type CheckerReport, Findings, NOT_PROMISED, type World } from "./checker.ts";
import { EntriesAudit } from "./entries-audit.ts";
import type { FinalChain } from "./final-chain.ts";
import type { Roster } from "./roster.ts";

/** Blocks between two rebuilds of the whole account map from nothing. */
const REBUILD_INTERVAL = 64;

/** Re-execution of all final blocks in another order gives the roots in their headers, and each keeps the rules of its height. */
export class StateRootChecker implements Checker {
  readonly name = "state-root";
  readonly #findings: Findings;
  readonly #world: World;
  readonly #roster: Roster;
  readonly #book: AccountBook;

  /**
   * @param roster already holds a block when it is judged here
   * @param book is kept up to date by this checker, for all others
   */
  constructor(world: World, chain: FinalChain, state: { roster: Roster; book: AccountBook }) {
    this.#findings = new Findings("state-root", world.chain);
    this.#world = world;
    this.#roster = state.roster;
    this.#book = state.book;
    const ranked = world.parameters.sortition.mode === "ranked";
    if (!ranked) this.#findings.note = NOT_PROMISED;
    if (world.ledger !== "accounts") {
      const audit = new EntriesAudit(world, state.roster, this.#findings);
      chain.onBlock((block, atUs, node) => {
        this.#judgeBody(block, { atUs, node });
        if (ranked) audit.judge(block.header, atUs, node);
      });
      return;
    }
    if (ranked) this.#expect(world.genesis.stateRoot, 0, { atUs: 0, node: 0 });
    chain.onBlock((block, atUs, node) => {
      const faults = this.#book.apply(block);
      this.#book.burn(this.#roster.burned);
      if (!ranked) return;
      for (const fault of faults) this.#findings.violation(atUs, [node], `height ${block.header.height}: ${fault}`);
      this.#judge(block, { atUs, node });
    });
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #judgeBody(block: Block, seen: { atUs: number; node: number }): void {
    const { height, transactionRoot } = block.header;
    if (transactionRoot !== bytesToHash(treeHash(block.transactions.map(encodeTransaction)))) {
      this.#findings.violation(seen.atUs, [seen.node], `height ${height}: the body gives another transaction root`);
    }
    for (const fault of ruleFaults(this.#world.parameters, block)) {
      this.#findings.violation(seen.atUs, [seen.node], `height ${height}: ${fault}`);
    }
  }

  #judge(block: Block, seen: { atUs: number; node: number }): void {
    const { height, stateRoot } = block.header;
    this.#judgeBody(block, seen);
    this.#expect(stateRoot, height, seen);
    if (height % REBUILD_INTERVAL === 0 && this.#book.rebuilt().root !== this.#book.root) {
      this.#findings.violation(seen.atUs, [seen.node], `height ${height}: the map's root depends on its history`);
    }
  }

  #expect(stateRoot: Hash, height: number, { atUs, node }: { atUs: number; node: number }): void {
    this.#findings.samples++;
    if (stateRoot === this.#stateRootAfter(height)) return;
    this.#findings.violation(atUs, [node], `height ${height}: re-execution gives another state root`);
  }

  #stateRootAfter(height: number): Hash {
    const parts = [this.#book.root, this.#roster.rootBefore(height + 1)];
    return hashTagged("orrery/state", ...parts.map(hashToBytes));
  }
}
