import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { BlockRequest, RangeRequest, Status } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { NO_PROOF, type Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type DelegateId, type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { MILLISECOND_US } from "../../protocol/core/units.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import { Announce, Transactions } from "../../protocol/gossip/messages.ts";
import { VRF_PROOF_BYTES } from "../../protocol/ledger/header.ts";
import { SortitionClaim } from "../../protocol/ledger/transaction.ts";
import { audienceOf } from "./audience.ts";
import type { Misconduct } from "./byzantine-node.ts";

/** At least so long between two bursts. */
const INTERVAL_US = 500 * MILLISECOND_US;
/** Votes in a burst. */
const VOTES = 4;
/** How far beyond the chain it says to be. */
const FAR = 1_000;

/** Sends bursts of what costs others work: votes and claims nobody signed, news of a chain that is not there, large requests. */
export class Flood implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  #dueUs = 0;

  constructor(identity: Identity, state: () => ChainState) {
    this.#identity = identity;
    this.#state = state;
  }

  act(context: Context): void {
    if (context.nowUs < this.#dueUs) return;
    this.#dueUs = context.nowUs + INTERVAL_US;
    const state = this.#state();
    const peers: readonly PeerId[] = audienceOf(state, this.#identity.id);
    for (const message of this.#burst(context, state)) {
      context.broadcast(peers, message);
      this.bites += peers.length;
    }
  }

  #burst(context: Context, state: ChainState): Message[] {
    const { height } = state;
    const nonsense = hashTagged("orrery/flood", Uint8Array.of(context.entropy() & 0xff, context.entropy() & 0xff));
    const votes = Array.from({ length: VOTES }, (_, index) => {
      const { members } = state.rotation.committee;
      const signer = members[context.entropy() % members.length] as DelegateId;
      return new Vote({
        chainId: state.rotation.parameters.chainId,
        height: height + 1 + (index >> 1),
        view: index & 1,
        phase: (1 + (index & 1)) as Phase,
        blockHash: nonsense,
        newViewHash: ZERO_HASH,
        signer,
        membership: NO_PROOF,
      });
    });
    const requests = [new RangeRequest(1), new BlockRequest(height + 1, nonsense), new Announce([nonsense])];
    return [...votes, this.#claim(context, state), new Status(height + FAR, nonsense), ...requests];
  }

  #claim(context: Context, { rotation }: ChainState): Message {
    const { candidates, parameters, iteration } = rotation;
    const delegate = candidates[context.entropy() % candidates.length] as DelegateId;
    const proof = new Uint8Array(VRF_PROOF_BYTES).fill(context.entropy() & 0xff);
    return new Transactions([
      new SortitionClaim({ chainId: parameters.chainId, iteration: iteration + 1, delegate, proof }),
    ]);
  }
}
