import type { ChainState } from "../consensus/chain-state.ts";
import { checkpointHash, type DueCheckpoint } from "../consensus/checkpoint.ts";
import type { Committee } from "../consensus/committee.ts";
import type { PbftNode } from "../consensus/pbft-node.ts";
import type { Rotation } from "../consensus/rotation.ts";
import type { Context } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import type { CheckpointTransaction, SystemTransaction } from "../ledger/transaction.ts";

/** Blocks after which an unrecorded submission is sent again. */
const RESEND_BLOCKS = 3;

/** @returns what a system transaction is about: a later one about the same takes its place */
export function subjectOf(transaction: SystemTransaction): string {
  switch (transaction.kind) {
    case "evidence":
      return `evidence/${transaction.culprit}`;
    case "checkpoint":
      return `checkpoint/${transaction.certified.checkpoint.epoch}`;
    default:
      return `${transaction.kind}/${transaction.delegate}`;
  }
}

/** @returns the awaited checkpoint that a transaction brings votes on */
export function dueFor(rotation: Rotation, { certified }: CheckpointTransaction): DueCheckpoint | undefined {
  const hash = checkpointHash(certified.checkpoint);
  return rotation.due.find((each) => each.hash === hash);
}

/** @returns whether a system transaction can still take effect on a state */
export function isPending(transaction: SystemTransaction, { rotation }: ChainState): boolean {
  switch (transaction.kind) {
    case "claim":
      return transaction.iteration === rotation.iteration + 1 && rotation.maySeekSeat(transaction.delegate);
    case "evidence":
      return rotation.standings[transaction.culprit]?.slashed === false;
    case "rejoin":
      return rotation.standings[transaction.delegate]?.rejoins === transaction.nonce - 1;
    case "checkpoint":
      return dueFor(rotation, transaction) !== undefined;
  }
}

/** Sends system transactions to the sitting committee, again and again until the chain has recorded them. */
export class Submissions {
  readonly #node: PbftNode;
  readonly #pending = new Map<string, { transaction: SystemTransaction; sentHeight: number }>();

  constructor(node: PbftNode) {
    this.#node = node;
  }

  submit(context: Context, transaction: SystemTransaction): void {
    this.#pending.set(subjectOf(transaction), { transaction, sentHeight: this.#node.state.height });
    this.#send(context, this.#node.state.rotation.committee, transaction);
  }

  /** After a final block: forgets what was recorded, repeats what is overdue. */
  onBlock(context: Context): void {
    const { state } = this.#node;
    for (const [subject, entry] of this.#pending) {
      if (!isPending(entry.transaction, state)) this.#pending.delete(subject);
      else if (state.height >= entry.sentHeight + RESEND_BLOCKS) {
        entry.sentHeight = state.height;
        this.#send(context, state.rotation.committee, entry.transaction);
      }
    }
  }

  #send(context: Context, committee: Committee, transaction: SystemTransaction): void {
    const self = this.#node.identity.id;
    const peers = committee.members.filter((id) => id !== self).map((id) => this.#node.peerOf(id));
    context.broadcast(peers, new Transactions([transaction]));
  }
}
