import type { Certificate } from "../../protocol/consensus/certificate.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Header } from "../../protocol/ledger/header.ts";
import { FraudTip } from "../../protocol/node/fraud-tip.ts";
import { makeFraudProof } from "../../protocol/subchain/make-fraud-proof.ts";
import type { ChainSpecification } from "../../protocol/subchain/specification.ts";
import { suspectBlockOf } from "../../protocol/subchain/suspect-block.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { Member } from "./setting.ts";

/** It tells again after so long, in case that nobody heard, µs. */
const REPEAT_US = 20_000_000;
/** How often it tells at most. */
const MAX_TOLD = 5;

/** Signs false blocks like the others of its gang, and sells them: the first block that its chain's own rules refuse goes to an informer. */
export class Turncoat implements Misconduct {
  bites = 0;
  readonly #member: Member;
  readonly #specification: ChainSpecification;
  readonly #informer: PeerId;
  #previous: Header | null = null;
  #before: ChainState | null = null;
  #tip: FraudTip | null = null;
  #nextUs = 0;

  /** @param specification of its chain, as registered @param informer a relayer */
  constructor(member: Member, specification: ChainSpecification, informer: PeerId) {
    this.#member = member;
    this.#specification = specification;
    this.#informer = informer;
  }

  notice(context: Context, observation: Observation): void {
    if (observation.kind !== "finalized" || this.#tip !== null) return;
    const [block, certificate] = [observation.block as Block, observation.certificate as Certificate];
    const after = this.#member.state();
    if (after === null || after.height !== block.header.height) return;
    const [before, previous] = [this.#before, this.#previous];
    this.#before = after;
    this.#previous = block.header;
    // After a restart it knows a block's past only from the second one on.
    if (before === null || before.height !== block.header.height - 1) return;
    const suspect = suspectBlockOf(context.crypto, { block, certificate, previous, before, after });
    const chain = { crypto: context.crypto, specification: this.#specification, extensions: new Map() };
    const fraud = makeFraudProof(chain, suspect);
    if (fraud !== null) this.#tip = new FraudTip(fraud);
  }

  act(context: Context): void {
    if (this.#tip === null || this.bites === MAX_TOLD || context.nowUs < this.#nextUs) return;
    this.#nextUs = context.nowUs + REPEAT_US;
    this.bites++;
    context.send(this.#informer, this.#tip);
  }
}
