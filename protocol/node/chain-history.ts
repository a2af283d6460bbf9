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

/** Who signed a chain up to one of its states, and the checkpoints recorded until then. */
interface Past {
  readonly terms: readonly Term[];
  readonly checkpoints: readonly RecordedCheckpoint[];
}

/** Pasts by their last state, and states by their last block: the nodes of a chain that agree keep the same ones. */
const pasts = new WeakMap<ChainState, Past>();
const statesAfter = new WeakMap<Block, ChainState>();

function pastOf(genesis: ChainState): Past {
  const past = pasts.get(genesis) ?? { terms: [termAfter(genesis)], checkpoints: [] };
  pasts.set(genesis, past);
  return past;
}

/** @param before the past up to the state that the block followed */
function pastAfter(past: Past, { before, block, after }: Step): Past {
  const known = pasts.get(after);
  if (known !== undefined) return known;
  const recorded = block.transactions.flatMap((transaction) => {
    if (transaction.kind !== "checkpoint") return [];
    const { certified } = transaction;
    const due = before.rotation.due.find((each) => each.checkpoint.epoch === certified.checkpoint.epoch);
    return due === undefined ? [] : [{ certified, delegates: due.delegates }];
  });
  const isNewTerm = after.rotation.committee.hash !== before.rotation.committee.hash;
  const next = {
    terms: isNewTerm ? [...past.terms, termAfter(after)] : past.terms,
    checkpoints: recorded.length > 0 ? [...past.checkpoints, ...recorded] : past.checkpoints,
  };
  pasts.set(after, next);
  return next;
}

/** A final block between two states. */
interface Step {
  readonly before: ChainState;
  readonly block: Block;
  readonly after: ChainState;
}

/** What a full node keeps of its chain's past to serve light clients by: who signed when, checkpoints, and recent states. */
export class ChainHistory {
  #past: Past;
  /** By height modulo their number. */
  readonly #states: ChainState[] = [];

  constructor(genesis: ChainState) {
    this.#past = pastOf(genesis);
    this.#keep(genesis);
  }

  /** Takes note of a final block. @param before the state that it followed */
  note(before: ChainState, block: Block, after: ChainState): void {
    this.#past = pastAfter(this.#past, { before, block, after });
    statesAfter.set(block, after);
    this.#keep(after);
  }

  /**
   * Takes up a chain that was noted before, by this node or another of this process.
   *
   * @param recent its last blocks in order, as many as states are kept or all
   * @returns whether all that is known of them is still at hand; if not, nothing was taken up
   */
  resume(recent: readonly Block[], last: ChainState): boolean {
    const states = recent.map((block) => statesAfter.get(block));
    const past = pasts.get(last);
    if (past === undefined || states.includes(undefined)) return false;
    this.#past = past;
    for (const state of states) this.#keep(state as ChainState);
    return true;
  }

  #keep(state: ChainState): void {
    this.#states[state.height % KEPT_STATES] = state;
    this.stateAt(state.height - KEPT_PROOFS)?.ledger.entries.forgetProofs();
  }

  /** @returns the state after a recent block, or undefined */
  stateAt(height: number): ChainState | undefined {
    const state = this.#states[height % KEPT_STATES];
    return state?.height === height ? state : undefined;
  }

  /** @returns who signs a height, by priority */
  membersAt(height: number): readonly DelegateKey[] {
    return this.#past.terms.findLast(({ fromHeight }) => fromHeight <= height)?.members ?? [];
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
    const next = this.#past.terms.findLastIndex(({ fromHeight }) => fromHeight <= above + 1) + 1;
    let before = this.#past.terms[next - 1]?.memberSet;
    const heights: number[] = [];
    for (let at = next; at < this.#past.terms.length && heights.length < limit; at++) {
      const { fromHeight, memberSet } = this.#past.terms[at] as Term;
      if (fromHeight - 1 > upTo) break;
      if (steps === "other-members" && memberSet === before) continue;
      before = memberSet;
      heights.push(fromHeight - 1);
    }
    return heights;
  }

  /** @returns recorded checkpoints of an epoch and later ones, at most `limit` of them */
  checkpointsFrom(epoch: number, limit: number): readonly RecordedCheckpoint[] {
    const first = this.#past.checkpoints.findIndex(({ certified }) => certified.checkpoint.epoch >= epoch);
    return first < 0 ? [] : this.#past.checkpoints.slice(first, first + limit);
  }
}
