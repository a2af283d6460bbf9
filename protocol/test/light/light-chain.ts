import { certificateOf } from "../../consensus/certificate.ts";
import { buildBlock, type ChainState } from "../../consensus/chain-state.ts";
import {
  type CertifiedCheckpoint,
  type Checkpoint,
  CheckpointVote,
  checkpointHash,
} from "../../consensus/checkpoint.ts";
import { DelegateSet } from "../../consensus/delegate-set.ts";
import { type ConsensusParameters, quorumOf } from "../../consensus/parameters.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { Block } from "../../ledger/block.ts";
import type { Header } from "../../ledger/header.ts";
import { CheckpointTransaction, type Transaction } from "../../ledger/transaction.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { crypto, genesisOf, identityOf, registryOf, smallChain } from "../people.ts";

/** Blocks of an epoch of the small chain. */
export const EPOCH_BLOCKS = 6;

/** @returns some hash */
export function anyHash(...numbers: readonly number[]): Hash {
  return hashTagged("test/any", Uint8Array.from(numbers));
}

/** @returns the set of delegates of these numbers, with their own keys */
export function setOf(ids: readonly number[]): DelegateSet {
  return new DelegateSet(ids.map((id) => ({ id: id as DelegateId, publicKey: identityOf(id).signing.publicKey })));
}

/** @returns a header as these members make it final, in ascending order of signer */
export function certify(
  header: Header,
  blockHash: Hash,
  options: { members: readonly number[]; signers?: readonly number[]; phase?: Phase },
): CertifiedHeader {
  const { members, signers = [...members].sort((a, b) => a - b).slice(0, quorumOf(members.length)) } = options;
  const { chainId, height } = header;
  const fields = { chainId, height, view: 0, phase: options.phase ?? Phase.commit, blockHash, newViewHash: ZERO_HASH };
  const votes = signers.map((signer) => {
    const vote = new Vote({ ...fields, signer: signer as DelegateId, membership: NO_PROOF });
    crypto.sign(vote, identityOf(signer).signing);
    return vote;
  });
  return { header, certificate: certificateOf(votes), members: setOf(members).keys };
}

/** @returns a checkpoint with the votes of its signers, in ascending order */
export function certifyCheckpoint(checkpoint: Checkpoint, signers: readonly number[]): CertifiedCheckpoint {
  const { chainId, epoch } = checkpoint;
  const fields = { chainId, epoch, checkpointHash: checkpointHash(checkpoint) };
  const votes = [...signers]
    .sort((a, b) => a - b)
    .map((signer) => {
      const vote = new CheckpointVote({ ...fields, signer: signer as DelegateId });
      crypto.sign(vote, identityOf(signer).signing);
      return vote;
    });
  return { checkpoint, votes };
}

/** A chain of real blocks over seven delegates and committees of four, with all that is signed about it. */
export class LightChain {
  readonly genesis: ChainState;
  state: ChainState;
  readonly blocks: Block[] = [];
  /** Certified headers by height − 1. */
  readonly headers: CertifiedHeader[] = [];
  /** By epoch. */
  readonly checkpoints: CertifiedCheckpoint[] = [];

  constructor(delegates = 7, changes: Partial<ConsensusParameters> = {}) {
    const parameters = smallChain(delegates, { committee: Math.min(4, delegates), ...changes });
    this.genesis = genesisOf(parameters, registryOf(delegates));
    this.state = this.genesis;
  }

  /** Grows by one block, with the last epoch's checkpoint as soon as there is one. */
  add(candidates: readonly Transaction[] = []): Block {
    const { rotation, timeUs } = this.state;
    const due = rotation.due.map(({ checkpoint, delegates }) => {
      const ids = delegates.keys.map(({ id }) => id);
      return new CheckpointTransaction(
        certifyCheckpoint(checkpoint, ids.sort((a, b) => a - b).slice(0, quorumOf(ids.length))),
      );
    });
    this.checkpoints.push(...due.map(({ certified }) => certified));
    const plan = { originalView: 0, timeUs: timeUs + rotation.parameters.roundUs, proposer: rotation.proposer(0) };
    const { block, after } = buildBlock(crypto, this.state, { plan, candidates: [...due, ...candidates] });
    this.headers.push(certify(block.header, block.hash, { members: rotation.committee.members }));
    this.blocks.push(block);
    this.state = after;
    return block;
  }

  /** Grows to a height. */
  grow(height: number): this {
    while (this.state.height < height) this.add();
    return this;
  }

  at(height: number): CertifiedHeader {
    const certified = this.headers[height - 1];
    if (certified === undefined) throw new Error(`no block ${height}`);
    return certified;
  }

  /** @returns the last header of each iteration above one height, then the header of another */
  path(above: number, height: number): CertifiedHeader[] {
    const { roundsPerIteration } = this.state.rotation.parameters;
    const path = this.headers.filter(({ header }) => {
      const isLast = header.height % roundsPerIteration === 0;
      return isLast && header.height > above && header.height < height;
    });
    return [...path, this.at(height)];
  }
}
