import type { Standing } from "../../protocol/consensus/rotation.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Transaction } from "../../protocol/ledger/transaction.ts";
import { type Checker, type CheckerReport, Findings, NOT_PROMISED, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";
import type { Roster } from "./roster.ts";

/** Committees, proposers and priorities are the ones recomputed from the final blocks (C1 to C3). */
export class CommitteeChecker implements Checker {
  readonly name = "committee";
  readonly #findings: Findings;
  readonly #roster: Roster;
  readonly #people: People;
  readonly #chain: FinalChain;
  readonly #ranked: boolean;
  readonly #world: World;
  /** Whether somebody unbonded: a bond that matured goes by any transaction that spends it. */
  #mayRelease = false;

  /** @param state its roster is kept up to date by this checker, for all others */
  constructor(world: World, chain: FinalChain, state: { people: People; roster: Roster }) {
    this.#findings = new Findings("committee", world.chain);
    this.#world = world;
    this.#chain = chain;
    this.#people = state.people;
    this.#roster = state.roster;
    this.#ranked = world.parameters.sortition.mode === "ranked";
    if (!this.#ranked) this.#findings.note = NOT_PROMISED;
    chain.onBlock((block, atUs, node) => this.#onBlock(block, atUs, node));
  }

  /** What a node took for the committee of a final block is what the chain says. */
  onObserve(node: number, atUs: number, observation: Observation): void {
    if (!this.#ranked || observation.kind !== "finalized" || !this.#people.isHonest(node)) return;
    const { height, committee } = observation;
    if (this.#chain.forked || height > this.#chain.height) return;
    const members = this.#roster.membersAt(height) ?? [];
    this.#findings.samples++;
    if (committee.length === members.length && committee.every((id, seat) => id === members[seat])) return;
    this.#findings.violation(
      atUs,
      [node],
      `height ${height}: ${committee.join()} sat in the place of ${members.join()}`,
    );
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #onBlock(block: Block, atUs: number, node: number): void {
    const { height, nextCommitteeHash } = block.header;
    const faults = this.#leaderFaults(block);
    faults.push(...this.#roster.apply(block, this.#settled(block, node)));
    if (!this.#ranked) return;
    if (nextCommitteeHash !== this.#roster.committeeHashAt(height + 1)) {
      faults.push("the header authorises another committee than the chain gives");
    }
    for (const fault of faults) this.#findings.violation(atUs, [node], `height ${height}: ${fault}`);
  }

  /** What a node holds of its delegates, where a block's own ledger can have changed it; null where it cannot, or is not seen. */
  #settled(block: Block, node: number): readonly Standing[] | null {
    this.#mayRelease ||= block.transactions.some(unbonds);
    const mayMove = (each: Transaction) => movesStanding(each) || (this.#mayRelease && each.kind === "utxo");
    if (!block.transactions.some(mayMove)) return null;
    const state = this.#world.stateOf(node);
    return state?.height === block.header.height ? state.rotation.standings : null;
  }

  #leaderFaults({ header }: Block): string[] {
    const { height, originalView, proposer, vrfPriority } = header;
    const expected = this.#roster.proposerOf(height, originalView);
    const faults: string[] = [];
    if (proposer !== expected) faults.push(`delegate ${proposer} proposed in the place of ${expected}`);
    if (vrfPriority !== this.#roster.priorityOf(proposer))
      faults.push("the header carries a priority that nobody recorded");
    return faults;
  }
}

function unbonds(transaction: Transaction): boolean {
  return transaction.kind === "utxo" && transaction.payload?.kind === "unbond";
}

/** @returns whether a transaction of the chain's ledger may move a delegate's stake or bond */
function movesStanding(transaction: Transaction): boolean {
  if (transaction.kind === "root-update") return transaction.record !== null;
  if (transaction.kind !== "utxo") return false;
  switch (transaction.payload?.kind) {
    case "register-delegate":
    case "vote":
    case "unbond":
    case "evidence-reveal":
      return true;
    default:
      return false;
  }
}
