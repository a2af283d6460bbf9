import type { Evidence } from "../../protocol/consensus/evidence.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { provenCulprit } from "./accusations.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";
import type { Signatures } from "./statements.ts";

/** Whoever evidence names is Byzantine, and the evidence proves it (C6). */
export class EvidenceChecker implements Checker {
  readonly name = "evidence";
  readonly #findings: Findings;
  readonly #people: People;
  readonly #signatures: Signatures;
  readonly #world: World;
  readonly #accused = new Set<DelegateId>();
  readonly #slashed = new Set<DelegateId>();

  constructor(world: World, chain: FinalChain, rules: { people: People; signatures: Signatures }) {
    this.#findings = new Findings("evidence", world.chain);
    this.#people = rules.people;
    this.#signatures = rules.signatures;
    this.#world = world;
    chain.onBlock((block, atUs, node) => this.#onBlock(block, atUs, node));
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (observation.kind !== "evidence" || !this.#people.isHonest(node)) return;
    const { culprit } = observation;
    this.#findings.samples++;
    this.#accused.add(culprit);
    this.#judge(node, atUs, culprit);
    if (provenCulprit(observation.evidence as Evidence, this.#signatures) === culprit) return;
    this.#findings.violation(atUs, [node], `evidence against delegate ${culprit} that proves nothing`);
  }

  finish(): CheckerReport {
    const { members } = this.#world;
    const byzantine = members.filter((node) => this.#world.delegateOf(node) !== null && this.#world.isByzantine(node));
    this.#findings.note = `of ${byzantine.length} Byzantine delegates ${this.#accused.size} were accused, ${this.#slashed.size} slashed`;
    const culprits = new Set([...this.#accused, ...this.#slashed]);
    return this.#findings.report([...culprits].sort((a, b) => a - b));
  }

  /** A block that accuses nobody wrongly is a sample too: most runs have no other. */
  #onBlock(block: Block, atUs: number, node: number): void {
    this.#findings.samples++;
    for (const transaction of block.transactions) {
      if (transaction.kind !== "evidence") continue;
      this.#slashed.add(transaction.culprit);
      this.#judge(node, atUs, transaction.culprit);
    }
  }

  #judge(node: number, atUs: number, culprit: DelegateId): void {
    if (!this.#people.isHonestDelegate(culprit)) return;
    this.#findings.violation(atUs, [node], `evidence against delegate ${culprit}, who is honest`);
  }
}
