import type { DelegateId } from "../core/ids.ts";
import type { Context, Message, Storage } from "../core/machine.ts";
import { CheckpointTransaction } from "../ledger/transaction.ts";
import { CheckpointVote, type DueCheckpoint } from "./checkpoint.ts";
import type { Committee } from "./committee.ts";
import { checkpointVotesConflict } from "./evidence.ts";
import { quorumOf } from "./parameters.ts";
import { type PbftNode, reject } from "./pbft-node.ts";

const RECORD = "checkpoint/vote";

/** Blocks after which a vote that is not recorded yet is sent again, to whoever sits then. */
const RESEND_BLOCKS = 11;

/**
 * A delegate's part in checkpoints (L1): it signs each epoch's end once, durably first, and gathers the votes of the others
 * while it sits. The chain waits for none of it.
 */
export class CheckpointSigner {
  readonly #node: PbftNode;
  /** The last vote, which outlives a crash: no epoch up to its own is ever signed again. */
  #last: CheckpointVote | null = null;
  #sentTo: Committee | null = null;
  #sentHeight = 0;
  /** Proven votes by epoch and signer: of epochs that are due, and of the current one from those that are ahead. */
  readonly #votes = new Map<number, Map<DelegateId, CheckpointVote>>();

  constructor(node: PbftNode) {
    this.#node = node;
  }

  /** Reads what was signed before a crash. @param decode reads a stored message; null where it is damaged */
  start(storage: Storage, decode: (bytes: Uint8Array) => Message | null): void {
    const bytes = storage.get(RECORD);
    const vote = bytes === undefined ? null : decode(bytes);
    if (!(vote instanceof CheckpointVote)) return;
    this.#last = vote;
    this.#votesOf(vote.epoch).set(vote.signer, vote);
  }

  /**
   * After a final block: signs what is due, repeats itself to a new committee.
   *
   * @param firstEpoch from which on the node may sign: what it signed of earlier ones, it may have lost
   * @returns what the votes at hand prove by now
   */
  onBlock(context: Context, firstEpoch: number): CheckpointTransaction | null {
    const { due } = this.#node.state.rotation;
    if (due.length === 0) {
      this.#sentTo = null;
      if (this.#votes.size > 0) this.#forget();
      return null;
    }
    this.#forget();
    for (const each of due) this.#sign(context, each, firstEpoch);
    this.#repeat(context);
    return this.#proven();
  }

  #sign(context: Context, { checkpoint, hash, delegates }: DueCheckpoint, firstEpoch: number): void {
    const { id, signing } = this.#node.identity;
    const { chainId, epoch } = checkpoint;
    if (epoch < firstEpoch || epoch <= (this.#last?.epoch ?? -1)) return;
    const key = delegates.keyOf(id);
    // Whoever took a delegate's place within the epoch has no say in how it ended.
    if (key === undefined || key.some((byte, at) => byte !== signing.publicKey[at])) return;
    const vote = new CheckpointVote({ chainId, epoch, checkpointHash: hash, signer: id });
    context.crypto.sign(vote, signing);
    this.#node.save(context, RECORD, vote);
    this.#last = vote;
    this.#votesOf(epoch).set(id, vote);
    this.#send(context, [vote]);
  }

  #repeat(context: Context): void {
    const { state } = this.#node;
    const { committee, due } = state.rotation;
    if (this.#sentTo === committee && state.height < this.#sentHeight + RESEND_BLOCKS) return;
    const self = this.#node.identity.id;
    this.#send(
      context,
      due.flatMap(({ checkpoint }) => this.#votes.get(checkpoint.epoch)?.get(self) ?? []),
    );
  }

  #send(context: Context, votes: readonly CheckpointVote[]): void {
    const { state, identity } = this.#node;
    const { committee } = state.rotation;
    this.#sentTo = committee;
    this.#sentHeight = state.height;
    const others = committee.members.filter((id) => id !== identity.id);
    const peers = others.map((id) => this.#node.peerOf(id));
    for (const vote of votes) context.broadcast(peers, vote);
  }

  /**
   * Takes in another delegate's vote, if it is its own and about an epoch that matters.
   *
   * @returns what the votes at hand prove by now
   */
  onVote(context: Context, vote: CheckpointVote): CheckpointTransaction | null {
    const { rotation } = this.#node.state;
    const due = rotation.due.find(({ checkpoint }) => checkpoint.epoch === vote.epoch);
    const delegates = vote.epoch === rotation.epoch ? rotation.delegateSet : due?.delegates;
    if (delegates === undefined || vote.chainId !== rotation.parameters.chainId) return null;
    const known = this.#votesOf(vote.epoch).get(vote.signer);
    if (known !== undefined && !checkpointVotesConflict(known, vote)) return null;
    const key = delegates.keyOf(vote.signer);
    if (key === undefined || !context.crypto.verify(vote, key)) {
      reject(context, "checkpoint vote with a bad signature");
      return null;
    }
    if (known !== undefined) {
      this.#node.accuse(context, { kind: "double-checkpoint", first: known, second: vote });
      return null;
    }
    this.#votesOf(vote.epoch).set(vote.signer, vote);
    return due === undefined ? null : this.#proven();
  }

  #votesOf(epoch: number): Map<DelegateId, CheckpointVote> {
    const votes = this.#votes.get(epoch) ?? new Map<DelegateId, CheckpointVote>();
    this.#votes.set(epoch, votes);
    return votes;
  }

  /** Drops the votes on epochs whose checkpoints are recorded, or never will be. */
  #forget(): void {
    const { rotation } = this.#node.state;
    for (const epoch of this.#votes.keys()) {
      const isDue = rotation.due.some(({ checkpoint }) => checkpoint.epoch === epoch);
      if (!isDue && epoch !== rotation.epoch) this.#votes.delete(epoch);
    }
  }

  /** @returns the oldest awaited checkpoint that has its quorum: no more votes than that, a block need not carry them */
  #proven(): CheckpointTransaction | null {
    for (const { checkpoint, hash, delegates } of this.#node.state.rotation.due) {
      const votes = [...(this.#votes.get(checkpoint.epoch)?.values() ?? [])];
      const quorum = quorumOf(delegates.size);
      const agreeing = votes.filter((vote) => vote.checkpointHash === hash).sort((a, b) => a.signer - b.signer);
      if (agreeing.length < quorum) continue;
      return new CheckpointTransaction({ checkpoint, votes: agreeing.slice(0, quorum) });
    }
    return null;
  }
}
