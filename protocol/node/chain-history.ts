import type { ChainState } from "../consensus/chain-state.ts";
import type { CertifiedCheckpoint } from "../consensus/checkpoint.ts";
import type { Committee } from "../consensus/committee.ts";
import { type DelegateKey, type DelegateSet, delegateSetOf } from "../consensus/delegate-set.ts";
import { bytesToHash } from "../crypto/hash.ts";
import type { Block } from "../ledger/block.ts";
import type { HeaderSteps } from "./light-messages.ts";
import { KEPT_PROOFS, KEPT_STATES } from "./limits.ts";

/** From which height on a committee signs. */
interface Term {
  readonly fromHeight: number;
  /** By priority. */
  readonly members: readonly DelegateKey[];
  /** Names the members without their order. */
  readonly memberSet: string;
}

/** A checkpoint that the chain has recorded, and who signed it. */
export interface RecordedCheckpoint {
  readonly certified: CertifiedCheckpoint;
  readonly delegates: DelegateSet;
}

/** Terms by committee: the nodes of a chain that agree keep the same ones. */
const known = new WeakMap<Committee, Term>();

/** @param state after the block that names the committee */
function termAfter({ height, rotation }: ChainState): Term {
  const { committee, registry } = rotation;
  const before = known.get(committee);
  if (before?.fromHeight === height + 1) return before;
  const members = delegateSetOf(registry, committee.members).keys;
  const memberSet = members
    .map(({ id, publicKey }) => `${id} ${bytesToHash(publicKey)}`)
    .sort()
    .join();
  const term = { fromHeight: height + 1, members, memberSet };
  known.set(committee, term);
  return term;
}

/** What a full node keeps of its chain's past to serve light clients by: who signed when, checkpoints, and recent states. */
export class ChainHistory {
  readonly #terms: Term[] = [];
  readonly #checkpoints: RecordedCheckpoint[] = [];
  /** By height modulo their number. */
  readonly #states: ChainState[] = [];
  #committee: Committee | null = null;

  constructor(genesis: ChainState) {
    this.#keep(genesis);
  }

  /** Takes note of a final block. @param before the state that it followed */
  note(before: ChainState, block: Block, after: ChainState): void {
    for (const transaction of block.transactions) {
      if (transaction.kind !== "checkpoint") continue;
      const { certified } = transaction;
      const due = before.rotation.due.find((each) => each.checkpoint.epoch === certified.checkpoint.epoch);
      if (due !== undefined) this.#checkpoints.push({ certified, delegates: due.delegates });
    }
    this.#keep(after);
  }

  #keep(state: ChainState): void {
    const { committee } = state.rotation;
    this.#states[state.height % KEPT_STATES] = state;
    this.stateAt(state.height - KEPT_PROOFS)?.ledger.entries.forgetProofs();
    if (committee.hash !== this.#committee?.hash) this.#terms.push(termAfter(state));
    this.#committee = committee;
  }

  /** @returns the state after a recent block, or undefined */
  stateAt(height: number): ChainState | undefined {
    const state = this.#states[height % KEPT_STATES];
    return state?.height === height ? state : undefined;
  }

  /** @returns who signs a height, by priority */
  membersAt(height: number): readonly DelegateKey[] {
    return this.#terms.findLast(({ fromHeight }) => fromHeight <= height)?.members ?? [];
  }

  /**
   * The heights above one and up to another whose headers lead on, in order.
   *
   * @returns at most `limit` of them
   */
  changesBetween(
    above: number,
    upTo: number,
    { steps, limit }: { readonly steps: HeaderSteps; readonly limit: number },
  ): number[] {
    const next = this.#terms.findLastIndex(({ fromHeight }) => fromHeight <= above + 1) + 1;
    let before = this.#terms[next - 1]?.memberSet;
    const heights: number[] = [];
    for (let at = next; at < this.#terms.length && heights.length < limit; at++) {
      const { fromHeight, memberSet } = this.#terms[at] as Term;
      if (fromHeight - 1 > upTo) break;
      if (steps === "other-members" && memberSet === before) continue;
      before = memberSet;
      heights.push(fromHeight - 1);
    }
    return heights;
  }

  /** @returns recorded checkpoints of an epoch and later ones, at most `limit` of them */
  checkpointsFrom(epoch: number, limit: number): readonly RecordedCheckpoint[] {
    const first = this.#checkpoints.findIndex(({ certified }) => certified.checkpoint.epoch >= epoch);
    return first < 0 ? [] : this.#checkpoints.slice(first, first + limit);
  }
}
