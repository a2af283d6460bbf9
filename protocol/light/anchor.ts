import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { bytesToHash } from "../crypto/hash.ts";
import { EMPTY_MERKLE_ROOT } from "../crypto/merkle.ts";
import type { Header } from "../ledger/header.ts";

/** What a verifier trusts of another chain: one final header, and whose signatures count after it. */
export interface Anchor {
  readonly chainId: number;
  readonly height: number;
  readonly blockHash: Hash;
  /** Header time, µs since the run's epoch. */
  readonly timeUs: number;
  readonly stateRoot: Hash;
  readonly transactionRoot: Hash;
  /** Commits to the committee that signs the following heights, until a certified header names another one. */
  readonly nextCommitteeHash: Hash;
}

/** The part of a chain's state at genesis that an anchor is made of. */
export interface AnchoredState {
  readonly height: number;
  readonly blockHash: Hash;
  readonly timeUs: number;
  readonly stateRoot: Hash;
  readonly rotation: {
    readonly parameters: { readonly chainId: number };
    readonly committee: { readonly hash: Hash };
  };
}

/** @returns the anchor that a trusted header gives */
export function anchorOf(header: Header, blockHash: Hash): Anchor {
  const { chainId, height, timeUs, stateRoot, transactionRoot, nextCommitteeHash } = header;
  return { chainId, height, blockHash, timeUs, stateRoot, transactionRoot, nextCommitteeHash };
}

/** Genesis has no transactions: none can be proven under its anchor. */
const NO_TRANSACTIONS = bytesToHash(EMPTY_MERKLE_ROOT);

/** @returns the anchor of a chain before its block 1 */
export function genesisAnchor(state: AnchoredState): Anchor {
  const { height, blockHash, timeUs, stateRoot, rotation } = state;
  const { chainId } = rotation.parameters;
  const nextCommitteeHash = rotation.committee.hash;
  return { chainId, height, blockHash, timeUs, stateRoot, transactionRoot: NO_TRANSACTIONS, nextCommitteeHash };
}

/** Appends the canonical encoding of an anchor. */
export function writeAnchor(writer: Writer, anchor: Anchor): void {
  writer.u32(anchor.chainId).u64(anchor.height).hash(anchor.blockHash).u64(anchor.timeUs);
  writer.hash(anchor.stateRoot).hash(anchor.transactionRoot).hash(anchor.nextCommitteeHash);
}

/** Reads an anchor; whether it deserves trust is not checked here. */
export function readAnchor(reader: Reader): Anchor {
  return {
    chainId: reader.u32(),
    height: reader.u64(),
    blockHash: reader.hash(),
    timeUs: reader.u64(),
    stateRoot: reader.hash(),
    transactionRoot: reader.hash(),
    nextCommitteeHash: reader.hash(),
  };
}
