import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { Proposal } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { NewView } from "../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { audienceOf } from "./audience.ts";
import type { Misconduct } from "./byzantine-node.ts";

/** Statements that it makes at one height beside those of its honest part. */
const MAX_STATEMENTS = 64;

/** Prepares and commits every block that it hears of in any view, at once, whatever it voted before. */
export class VoteAll implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  #height = 0;
  #said = new Set<string>();

  constructor(identity: Identity, state: () => ChainState) {
    this.#identity = identity;
    this.#state = state;
  }

  receive(context: Context, _from: PeerId, message: Message): boolean {
    const vote = message instanceof Proposal || message instanceof NewView ? message.vote : message;
    const state = this.#state();
    if (!(vote instanceof Vote) || vote.height !== state.height + 1) return false;
    if (state.rotation.committee.seatOf(this.#identity.id) < 0) return false;
    if (vote.height !== this.#height) this.#said = new Set();
    this.#height = vote.height;
    const newViewHash = vote.phase === Phase.commit ? ZERO_HASH : vote.newViewHash;
    this.#say(context, state, { ...vote, phase: Phase.prepare, newViewHash });
    this.#say(context, state, { ...vote, phase: Phase.commit, newViewHash: ZERO_HASH });
    return false;
  }

  #say(context: Context, state: ChainState, about: Omit<Vote, "preimage">): void {
    const { view, phase, blockHash, newViewHash } = about;
    const statement = `${view} ${phase} ${blockHash} ${newViewHash}`;
    if (this.#said.has(statement) || this.#said.size === MAX_STATEMENTS) return;
    this.#said.add(statement);
    const { id, signing } = this.#identity;
    const vote = new Vote({ ...about, signer: id });
    context.crypto.sign(vote, signing);
    context.broadcast(audienceOf(state, id), vote);
    this.bites++;
  }
}
