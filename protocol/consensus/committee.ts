import { Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { type ConsensusParameters, quorumOf } from "./parameters.ts";
import type { Registry } from "./registry.ts";
import { selects } from "./sortition.ts";
import type { Vote } from "./vote.ts";

/** Private self-selection: who may vote is proven by the vote itself. */
interface SelfSelection {
  /** The VRF input of the iteration. */
  readonly alpha: Uint8Array;
  readonly expectedSize: number;
}

/**
 * What a header commits to about its successor's signers.
 *
 * @param keys by priority
 * @param rule null where the committee is public
 */
export function committeeHash(quorum: number, keys: readonly Uint8Array[], rule: SelfSelection | null): Hash {
  const writer = new Writer().u32(quorum).u32(keys.length);
  for (const key of keys) writer.fixed(key);
  if (rule !== null) writer.bytes(rule.alpha).u32(rule.expectedSize);
  return hashTagged("orrery/committee", writer.finish());
}

/** Who may sign the blocks of one iteration. Immutable, shared by all nodes that agree. */
export class Committee {
  readonly iteration: number;
  /** By priority, best first; in threshold mode all delegates, of whom each proves that it was selected. */
  readonly members: readonly DelegateId[];
  readonly quorum: number;
  /** Commits to keys, order, quorum and rule. */
  readonly hash: Hash;
  readonly selfSelection: SelfSelection | null;
  /** All seats, in ascending order of their members' ids. */
  readonly seatsById: readonly number[];
  readonly #seats: Int32Array;
  readonly #registry: Registry;

  constructor(options: {
    registry: Registry;
    iteration: number;
    members: readonly DelegateId[];
    quorum: number;
    selfSelection: SelfSelection | null;
  }) {
    this.iteration = options.iteration;
    this.members = options.members;
    this.quorum = options.quorum;
    this.selfSelection = options.selfSelection;
    this.#registry = options.registry;
    this.#seats = new Int32Array(options.registry.size).fill(-1);
    options.members.forEach((id, seat) => {
      this.#seats[id] = seat;
    });
    const { members } = options;
    this.seatsById = [...members.keys()].sort((a, b) => (members[a] as number) - (members[b] as number));
    const keys = members.map((id) => options.registry.of(id).publicKey);
    this.hash = committeeHash(this.quorum, keys, this.selfSelection);
  }

  /** How many members may misbehave, or be missing, before the quorum is at risk. */
  get faultBudget(): number {
    const size = this.selfSelection === null ? this.members.length : this.selfSelection.expectedSize;
    return Math.max(0, Math.min(size - this.quorum, Math.floor((size - 1) / 3)));
  }

  /** @returns the seat, or −1; accepts any number, as ids come from peers */
  seatOf(id: DelegateId): number {
    // An index that is no 31-bit integer would have engines throw away what they compiled, each time that a liar sends one.
    const at = id | 0;
    return at === id && at >= 0 && at < this.#seats.length ? (this.#seats[at] as number) : -1;
  }

  /** @returns whether a vote was signed by a member that may sign */
  verifyVote(crypto: NodeCrypto, vote: Vote): boolean {
    if (this.seatOf(vote.signer) < 0) return false;
    if (!crypto.verify(vote, this.#registry.of(vote.signer).publicKey)) return false;
    return this.verifyMembership(crypto, vote.signer, vote.membership);
  }

  /** @returns whether a signer's membership proof is the one that its rule asks for (none where the committee is public) */
  verifyMembership(crypto: NodeCrypto, signer: DelegateId, membership: Uint8Array): boolean {
    const rule = this.selfSelection;
    if (rule === null) return membership.length === 0;
    const output = crypto.vrfVerify(this.#registry.of(signer).vrfPublicKey, rule.alpha, membership);
    return output !== null && selects(output, rule.expectedSize, this.members.length);
  }
}

/** A committee of the ranked mode: its members are public, more than two thirds of them decide. */
export function publicCommittee(registry: Registry, iteration: number, members: readonly DelegateId[]): Committee {
  return new Committee({ registry, iteration, members, quorum: quorumOf(members.length), selfSelection: null });
}

/** A committee of the threshold mode over all delegates of the epoch. */
export function privateCommittee(
  registry: Registry,
  parameters: ConsensusParameters,
  options: { iteration: number; members: readonly DelegateId[]; alpha: Uint8Array },
): Committee {
  const { sortition } = parameters;
  const rule = sortition.mode === "threshold" ? sortition : null;
  if (rule === null) return publicCommittee(registry, options.iteration, options.members);
  const selfSelection = { alpha: options.alpha, expectedSize: rule.expectedSize };
  return new Committee({ registry, ...options, quorum: rule.quorum, selfSelection });
}
