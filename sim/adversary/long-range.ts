import { type Checkpoint, CheckpointVote, checkpointHash } from "../../protocol/consensus/checkpoint.ts";
import { DelegateSet } from "../../protocol/consensus/delegate-set.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Writer } from "../../protocol/core/codec.ts";
import type { DelegateId, Hash, PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { Checkpoints, CheckpointsRequest } from "../../protocol/node/light-messages.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { Member } from "./setting.ts";

/** What the gang forges with. */
export interface OldKeys {
  /** The delegates of long ago: those of the chain's beginning. */
  readonly delegates: DelegateSet;
  /** Those of them that are in the gang. */
  readonly identities: ReadonlyMap<DelegateId, Identity>;
  /** Signs where none of them is. */
  readonly stranger: KeyPair;
  readonly firstLightClient: number;
}

/** Tells waking light clients of a history that the keys of the chain's first delegates certify, and that never was. */
export class LongRange implements Misconduct {
  bites = 0;
  readonly #member: Member;
  readonly #keys: () => OldKeys;

  constructor(member: Member, keys: () => OldKeys) {
    this.#member = member;
    this.#keys = keys;
  }

  receive(context: Context, from: PeerId, message: Message): boolean {
    if (!(message instanceof CheckpointsRequest)) return false;
    const keys = this.#keys();
    const parameters = this.#member.state()?.rotation.parameters;
    if (from < keys.firstLightClient) return false;
    if (parameters === undefined || message.chainId !== parameters.chainId) return false;
    const epochBlocks = parameters.iterationsPerEpoch * parameters.roundsPerIteration;
    // An epoch that the client knows nothing of: two checkpoints of one epoch would give their signers away.
    const epoch = message.fromEpoch + 1;
    const delegates = this.#delegates(keys);
    const checkpoint = forged(
      { chainId: message.chainId, epoch, height: (epoch + 1) * epochBlocks, delegates },
      context,
    );
    const certified = { checkpoint, votes: this.#votes(context, keys, checkpoint) };
    context.send(from, new Checkpoints(message.chainId, [{ certified, delegates: delegates.keys }]));
    this.bites++;
    return true;
  }

  #delegates({ delegates, identities, stranger }: OldKeys): DelegateSet {
    if (identities.size > 0) return delegates;
    return new DelegateSet([{ id: 0 as DelegateId, publicKey: stranger.publicKey }]);
  }

  #votes(context: Context, { delegates, identities, stranger }: OldKeys, checkpoint: Checkpoint): CheckpointVote[] {
    const { chainId, epoch } = checkpoint;
    const known = [...identities.values()].filter(({ id }) => delegates.keyOf(id) !== undefined);
    const signers =
      known.length > 0
        ? known.sort((a, b) => a.id - b.id).map(({ id, signing }) => ({ id, signing }))
        : [{ id: 0 as DelegateId, signing: stranger }];
    return signers.map(({ id, signing }) => {
      const vote = new CheckpointVote({ chainId, epoch, checkpointHash: checkpointHash(checkpoint), signer: id });
      context.crypto.sign(vote, signing);
      return vote;
    });
  }
}

function forgedHash(what: string, height: number): Hash {
  return hashTagged("orrery/forged-checkpoint", new Writer().ascii(what).u64(height).finish());
}

function forged(
  told: { chainId: number; epoch: number; height: number; delegates: DelegateSet },
  { nowUs }: Context,
): Checkpoint {
  const { chainId, epoch, height, delegates } = told;
  return {
    chainId,
    epoch,
    height,
    blockHash: forgedHash("block", height),
    stateRoot: forgedHash("state", height),
    transactionRoot: forgedHash("transactions", height),
    timeUs: nowUs,
    delegatesHash: delegates.hash,
    nextDelegatesHash: delegates.hash,
    nextCommitteeHash: forgedHash("committee", height),
  };
}
