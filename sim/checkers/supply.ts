import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { type AccountBook, accountsIn, burnedIn } from "./account-book.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";
import type { Roster } from "./roster.ts";

/** Blocks between two recounts of what a node itself holds. */
const NODE_RECOUNT_INTERVAL = 64;

/** Accounts, bonds and what was burned always add up to what there was at genesis. */
export class SupplyChecker implements Checker {
  readonly name = "supply";
  readonly #findings: Findings;
  readonly #world: World;
  readonly #people: People;
  readonly #genesisSupply: bigint;
  #counted: ChainState | null = null;

  /** @param state already holds a block when it is judged here */
  constructor(world: World, chain: FinalChain, state: { people: People; roster: Roster; book: AccountBook }) {
    this.#findings = new Findings("supply", world.chain);
    this.#world = world;
    this.#people = state.people;
    this.#genesisSupply = supplyOf(world.genesis);
    if (world.ledger !== "accounts") {
      this.#findings.note = "a subchain's accounts are recounted with the escrows";
      return;
    }
    chain.onBlock(({ header: { height } }, atUs, node) => {
      const { roster, book } = state;
      this.#judge(book.total() + roster.bonds + roster.burned, {
        atUs,
        node,
        what: `after height ${height} the chain holds`,
      });
      if (height % NODE_RECOUNT_INTERVAL === 0) this.#recount(node, atUs);
    });
  }

  finish(endUs: number): CheckerReport {
    if (this.#world.ledger !== "accounts") return this.#findings.report();
    for (const node of this.#people.honest) this.#recount(node, endUs);
    return this.#findings.report();
  }

  /** Counts what a node holds, unless it is the very state that was counted last: nodes that agree share it. */
  #recount(node: number, atUs: number): void {
    const state = this.#world.stateOf(node);
    if (state === null || state === this.#counted) return;
    this.#counted = state;
    this.#judge(supplyOf(state), { atUs, node, what: `at height ${state.height} the node holds` });
  }

  #judge(supply: bigint, seen: { atUs: number; node: number; what: string }): void {
    this.#findings.samples++;
    const excess = supply - this.#genesisSupply;
    if (excess === 0n) return;
    this.#findings.violation(seen.atUs, [seen.node], `${seen.what} ${excess} base units more than at genesis`);
  }
}

function supplyOf({ ledger, rotation }: ChainState): bigint {
  let supply = burnedIn(ledger.entries);
  for (const [, { balance }] of accountsIn(ledger.entries)) supply += balance;
  for (const { bond } of rotation.standings) supply += bond;
  return supply;
}
