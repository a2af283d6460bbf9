import type { ChainState } from "../consensus/chain-state.ts";
import type { CertifiedCheckpoint } from "../consensus/checkpoint.ts";
import type { Committee } from "../consensus/committee.ts";
import { type DelegateKey, type DelegateSet, delegateSetOf } from "../consensus/delegate-set.ts";
import type { Block } from "../ledger/block.ts";
import { KEPT_STATES } from "./limits.ts";

/** From which height on a committee signs. */
interface Term {
  readonly fromHeight: number;
  readonly members: readonly DelegateKey[];
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
  const term = { fromHeight: height + 1, members: delegateSetOf(registry, committee.members).keys };
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

  /** @returns the heights above one and up to another whose headers name a new committee, at most `limit` of them */
  changesBetween(above: number, upTo: number, limit: number): number[] {
    let first = this.#terms.length;
    while (first > 0 && (this.#terms[first - 1]?.fromHeight ?? 0) - 1 > above) first--;
    const changes = this.#terms.slice(first, first + limit).map(({ fromHeight }) => fromHeight - 1);
    return changes.filter((height) => height <= upTo);
  }

  /** @returns recorded checkpoints of an epoch and later ones, at most `limit` of them */
  checkpointsFrom(epoch: number, limit: number): readonly RecordedCheckpoint[] {
    const first = this.#checkpoints.findIndex(({ certified }) => certified.checkpoint.epoch >= epoch);
    return first < 0 ? [] : this.#checkpoints.slice(first, first + limit);
  }
}
