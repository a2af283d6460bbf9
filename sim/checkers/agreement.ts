import type { DelegateId, Hash } from "../../protocol/core/ids.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { type Checker, type CheckerReport, Findings, NOT_PROMISED, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { Forensics } from "./forensics.ts";
import type { People } from "./people.ts";
import type { Roster } from "./roster.ts";

/** No two honest nodes hold different blocks final at one height; if ever they do, more than f culprits are named. */
export class AgreementChecker implements Checker {
  readonly name = "agreement";
  readonly #findings: Findings;
  readonly #people: People;
  readonly #chain: FinalChain;
  readonly #roster: Roster;
  readonly #forensics: Forensics;
  readonly #ranked: boolean;
  #culprits: readonly DelegateId[] = [];
  #broken = false;

  /** @param chain is fed by this checker, so it has to watch before all others */
  constructor(world: World, chain: FinalChain, parts: { people: People; roster: Roster; forensics: Forensics }) {
    this.#findings = new Findings("agreement", world.chain);
    this.#chain = chain;
    this.#people = parts.people;
    this.#roster = parts.roster;
    this.#forensics = parts.forensics;
    this.#ranked = world.parameters.sortition.mode === "ranked";
    if (!this.#ranked) this.#findings.note = NOT_PROMISED;
  }

  onEmit(_node: number, _atUs: number, message: Message | null): void {
    if (this.#ranked && message !== null) this.#forensics.file(message);
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (observation.kind !== "finalized" || !this.#people.isHonest(node)) return;
    const block = observation.block as Block;
    const known = this.#chain.hashAt(observation.height);
    if (this.#ranked) this.#judge(node, atUs, { block, known });
    this.#chain.record(node, atUs, block);
  }

  finish(): CheckerReport {
    return this.#findings.report(this.#culprits);
  }

  #judge(node: number, atUs: number, { block, known }: { block: Block; known: Hash | undefined }): void {
    const { height, previousHash } = block.header;
    this.#findings.samples++;
    if (known === undefined) {
      const parent = this.#chain.hashAt(height - 1);
      if (parent === undefined || parent === previousHash || this.#broken) return;
      this.#findings.violation(atUs, [node], `height ${height}: a final block on a parent that is not final`);
      return;
    }
    if (known === block.hash) return;
    this.#findings.violation(atUs, [node], `height ${height}: ${short(block.hash)} where others hold ${short(known)}`);
    if (!this.#broken) this.#nameCulprits(node, atUs, height);
    this.#broken = true;
  }

  /** Only the first break is looked into: after it there is no one history to judge by. */
  #nameCulprits(node: number, atUs: number, height: number): void {
    const culprits = this.#forensics.culprits(height);
    this.#culprits = culprits.map(({ delegate }) => delegate);
    const budget = Math.floor(((this.#roster.membersAt(height)?.length ?? 1) - 1) / 3);
    this.#findings.note = `height ${height}: ${culprits.map(({ delegate, offence }) => `delegate ${delegate} (${offence})`).join(", ")}`;
    if (culprits.length <= budget) {
      this.#findings.violation(atUs, [node], `height ${height}: only ${culprits.length} culprits are to be found`);
    }
    for (const { delegate, offence } of culprits) {
      if (!this.#people.isHonestDelegate(delegate)) continue;
      this.#findings.violation(
        atUs,
        this.#people.nodesOf(delegate),
        `honest delegate ${delegate} is found guilty of ${offence}`,
      );
    }
  }
}

function short(hash: Hash): string {
  return hash.slice(0, 8);
}
