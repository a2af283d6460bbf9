import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { audienceOf } from "./audience.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { isConsensus } from "./silent.ts";

/** Of so many messages of consensus it leaves all but one alone. */
const ONE_IN = 4;
/** Blocks of others that it may vote for instead of its own choice. */
const MAX_BLOCKS = 8;

/**
 * Alters single messages and is honest otherwise: leaves one out, sends it to somebody else, or signs a vote that differs in
 * one field. Winter et al., "Randomized testing of Byzantine fault tolerant algorithms", 2023, find bugs by such small steps.
 */
export class MutateMessages implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  readonly #blocks: Vote["blockHash"][] = [];

  constructor(identity: Identity, state: () => ChainState) {
    this.#identity = identity;
    this.#state = state;
  }

  receive(_context: Context, _from: PeerId, message: Message): boolean {
    if (!(message instanceof Vote) || this.#blocks.includes(message.blockHash)) return false;
    this.#blocks.unshift(message.blockHash);
    this.#blocks.length = Math.min(this.#blocks.length, MAX_BLOCKS);
    return false;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!isConsensus(message) || context.entropy() % ONE_IN !== 0) return false;
    this.bites++;
    switch (context.entropy() % 4) {
      case 0:
        break; // Left out.
      case 1:
        this.#redirect(context, to, message);
        break;
      default:
        context.broadcast(to, message instanceof Vote ? this.#altered(context, message) : message);
    }
    return true;
  }

  /** One of the members gets it and nobody else, or all of them where it was meant for one. */
  #redirect(context: Context, to: readonly PeerId[], message: Message): void {
    const members = audienceOf(this.#state(), this.#identity.id);
    const only = members[context.entropy() % Math.max(1, members.length)];
    if (to.length <= 1) context.broadcast(members, message);
    else if (only !== undefined) context.send(only, message);
  }

  #altered(context: Context, vote: Vote): Vote {
    const draw = context.entropy();
    const changes: Partial<Vote>[] = [
      { view: vote.view + 1 },
      { view: Math.max(0, vote.view - 1) },
      { height: vote.height + 1 },
      { phase: vote.phase === Phase.prepare ? Phase.commit : Phase.prepare, newViewHash: ZERO_HASH },
      { blockHash: this.#blocks[draw % Math.max(1, this.#blocks.length)] ?? ZERO_HASH },
    ];
    const altered = new Vote({ ...vote, ...changes[draw % changes.length], signer: this.#identity.id });
    context.crypto.sign(altered, this.#identity.signing);
    return altered;
  }
}
