import { certificateBytes } from "../../protocol/consensus/certificate.ts";
import { type Checkpoint, CheckpointVote, checkpointHash } from "../../protocol/consensus/checkpoint.ts";
import { DELEGATE_KEY_BYTES, DelegateSet } from "../../protocol/consensus/delegate-set.ts";
import { quorumOf } from "../../protocol/consensus/parameters.ts";
import { NO_PROOF, Phase, Vote } from "../../protocol/consensus/vote.ts";
import { Writer } from "../../protocol/core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { createPlainNodeCrypto } from "../../protocol/crypto/plain-node-crypto.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { HEADER_BYTES } from "../../protocol/ledger/header.ts";
import type { CheckpointLink } from "../../protocol/light/checkpoint-link.ts";
import type { TrustedState } from "../../protocol/light/client.ts";

/** The paper's figures (section 3). */
export const PAPER = {
  delegates: 97,
  committee: 11,
  iterations: 47,
  epochBlocks: 517,
  roundUs: 3 * SECOND_US,
} as const;

function someHash(kind: number, number: number): Hash {
  return hashTagged("orrery/bench", new Writer().u32(kind).u64(number).finish());
}

/**
 * A chain's checkpoints, made up and really signed: of its 97 delegates, one is replaced at the end of each epoch, so that
 * every link carries a set of its own.
 */
export class SyntheticEpochs {
  readonly #backend: CryptoBackend;
  readonly #keys: KeyPair[] = [];

  constructor(backend: CryptoBackend) {
    this.#backend = backend;
  }

  #key(id: number): KeyPair {
    for (let next = this.#keys.length; next <= id; next++) {
      const seed = new Uint8Array(32);
      new DataView(seed.buffer).setUint32(0, next + 1);
      this.#keys.push(this.#backend.keyPairFromSeed(seed));
    }
    return this.#keys[id] as KeyPair;
  }

  /** @returns the delegates of an epoch, those who hold office longest first */
  set(epoch: number): DelegateSet {
    const keys = Array.from({ length: PAPER.delegates }, (_, at) => {
      return { id: (epoch + at) as DelegateId, publicKey: this.#key(epoch + at).publicKey };
    });
    return new DelegateSet(keys);
  }

  /** What a client that has slept since genesis trusts. */
  get trusted(): TrustedState {
    const blockHash = someHash(0, 0);
    const anchor = { chainId: 1, height: 0, blockHash, timeUs: 0, stateRoot: someHash(1, 0) };
    const roots = { transactionRoot: someHash(2, 0), nextCommitteeHash: someHash(3, 0) };
    return { anchor: { ...anchor, ...roots }, epoch: 0, delegates: this.set(0) };
  }

  /** @returns an epoch's checkpoint with its delegates, signed by just above two thirds of them */
  link(epoch: number): CheckpointLink {
    const set = this.set(epoch);
    const height = (epoch + 1) * PAPER.epochBlocks;
    const checkpoint: Checkpoint = {
      chainId: 1,
      epoch,
      height,
      timeUs: height * PAPER.roundUs,
      blockHash: someHash(0, height),
      stateRoot: someHash(1, height),
      transactionRoot: someHash(2, height),
      delegatesHash: set.hash,
      nextDelegatesHash: this.set(epoch + 1).hash,
      nextCommitteeHash: someHash(3, height),
    };
    const fields = { chainId: 1, epoch, checkpointHash: checkpointHash(checkpoint) };
    const crypto = createPlainNodeCrypto(this.#backend);
    const votes = set.keys.slice(0, quorumOf(set.size)).map(({ id }) => {
      const vote = new CheckpointVote({ ...fields, signer: id });
      crypto.sign(vote, this.#key(id));
      return vote;
    });
    return { certified: { checkpoint, votes }, delegates: set.keys };
  }
}

/** What one epoch costs whoever follows every header of it: computed, not run. */
export function everyHeader(): { bytes: number; signatures: number } {
  const quorum = quorumOf(PAPER.committee);
  const fields = { chainId: 1, height: 1, view: 0, phase: Phase.commit, blockHash: ZERO_HASH, newViewHash: ZERO_HASH };
  const votes = Array.from({ length: quorum }, (_, signer) => {
    return new Vote({ ...fields, signer: signer as DelegateId, membership: NO_PROOF });
  });
  const certified = HEADER_BYTES + certificateBytes({ ...fields, votes });
  // The committee's keys are needed once in each iteration.
  const keys = PAPER.iterations * (4 + PAPER.committee * DELEGATE_KEY_BYTES);
  return { bytes: PAPER.epochBlocks * certified + keys, signatures: PAPER.epochBlocks * quorum };
}
