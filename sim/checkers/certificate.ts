import type { Certificate } from "../../protocol/consensus/certificate.ts";
import type { CertifiedBlock, RangeResponse } from "../../protocol/consensus/messages.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { type Checker, type CheckerReport, Findings, NOT_PROMISED, type World } from "./checker.ts";
import type { People } from "./people.ts";
import type { Roster } from "./roster.ts";
import { certificateFault, type Signatures } from "./statements.ts";

/** Every certificate that an honest node relies on or passes on holds the commits of more than two thirds of its committee (C4, C5). */
export class CertificateChecker implements Checker {
  readonly name = "certificate";
  readonly #findings: Findings;
  readonly #world: World;
  readonly #people: People;
  readonly #roster: Roster;
  readonly #signatures: Signatures;
  /** Certificates are shared by the nodes that hold them: each is judged once. */
  readonly #judged = new WeakMap<Certificate, Block>();
  readonly #ranked: boolean;

  constructor(world: World, people: People, rules: { roster: Roster; signatures: Signatures }) {
    this.#findings = new Findings("certificate", world.chain);
    this.#world = world;
    this.#people = people;
    this.#roster = rules.roster;
    this.#signatures = rules.signatures;
    this.#ranked = world.parameters.sortition.mode === "ranked";
    if (!this.#ranked) this.#findings.note = NOT_PROMISED;
  }

  onEmit(node: number, atUs: number, message: Message | null): void {
    if (!this.#ranked || message === null || !this.#people.isHonest(node)) return;
    switch (message.kind) {
      case WireKind.vote:
        this.#noteSignature(node, message as Vote);
        return;
      case WireKind.certifiedBlock:
        this.#judgeCertified(node, atUs, message as CertifiedBlock);
        return;
      case WireKind.rangeResponse:
        for (const certified of (message as RangeResponse).blocks) this.#judgeCertified(node, atUs, certified);
        return;
    }
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (!this.#ranked || observation.kind !== "finalized" || !this.#people.isHonest(node)) return;
    this.#judge({ node, atUs }, observation.block as Block, observation.certificate as Certificate);
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #noteSignature(node: number, vote: Vote): void {
    if (this.#people.speaksForItself(node, vote.signer)) this.#signatures.sent(vote);
  }

  #judgeCertified(node: number, atUs: number, { block, certificate }: CertifiedBlock): void {
    this.#judge({ node, atUs }, block, certificate);
  }

  #judge(seen: { node: number; atUs: number }, block: Block, certificate: Certificate): void {
    if (this.#judged.get(certificate) === block) return;
    const { height } = block.header;
    const members = this.#roster.membersAt(height);
    if (members === undefined) return;
    this.#judged.set(certificate, block);
    this.#findings.samples++;
    const { chainId } = this.#world.parameters;
    const subject = { chainId, height, view: certificate.view, phase: Phase.commit, blockHash: block.hash };
    const fault = certificateFault(certificate, { subject, members, signatures: this.#signatures });
    if (fault !== null)
      this.#findings.violation(seen.atUs, [seen.node], `height ${height}: a certificate with ${fault}`);
  }
}
