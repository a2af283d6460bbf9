import { type Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_RANGE_BLOCKS } from "../core/limits.ts";
import type { DeferredRecord, Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { type Block, blockBytes, readBlock, writeBlock } from "../ledger/block.ts";
import { type Certificate, certificateBytes, readCertificate, writeCertificate } from "./certificate.ts";
import { readVote, type Vote, writeVote } from "./vote.ts";

/** PBFT's pre-prepare of view 0: the leader's propose vote and the block it is for. */
export class Proposal implements Message {
  readonly kind = WireKind.proposal;
  wire: Uint8Array | null = null;
  readonly vote: Vote;
  readonly block: Block;

  constructor(vote: Vote, block: Block) {
    this.vote = vote;
    this.block = block;
  }
}

/**
 * A block beside the certificate that makes it final (or, in a member's own storage, prepared). As a durable record it is
 * encoded only if it is read back: a chain's blocks are stored by each of its nodes.
 */
export class CertifiedBlock implements Message, DeferredRecord {
  readonly kind = WireKind.certifiedBlock;
  wire: Uint8Array | null = null;
  /** The answer that holds nothing else, once it was given. */
  alone: RangeResponse | null = null;
  readonly block: Block;
  readonly certificate: Certificate;
  #sizeBytes = 0;

  constructor(block: Block, certificate: Certificate) {
    this.block = block;
    this.certificate = certificate;
  }

  /** Size of the encoding, found without encoding. */
  get sizeBytes(): number {
    if (this.#sizeBytes === 0) this.#sizeBytes = 1 + blockBytes(this.block) + certificateBytes(this.certificate);
    return this.#sizeBytes;
  }

  /** @returns the encoding, which the message keeps */
  toBytes(): Uint8Array {
    if (this.wire === null) {
      writeCertifiedBlock(scratch.u8(this.kind), this);
      this.wire = scratch.finish();
    }
    return this.wire;
  }

  /** Gives up what was encoded of it: the peers that a block was new to have it. */
  forgetEncodings(): void {
    this.wire = null;
    this.alone = null;
  }
}

const scratch = new Writer();

/** "My last final block": announces blocks too large to push, and tells a peer that it is behind. */
export class Status implements Message {
  readonly kind = WireKind.status;
  wire: Uint8Array | null = null;
  readonly height: number;
  readonly blockHash: Hash;

  constructor(height: number, blockHash: Hash) {
    this.height = height;
    this.blockHash = blockHash;
  }
}

/** Asks for final blocks from a height on, as many as fit one answer. */
export class RangeRequest implements Message {
  readonly kind = WireKind.rangeRequest;
  wire: Uint8Array | null = null;
  readonly fromHeight: number;

  constructor(fromHeight: number) {
    this.fromHeight = fromHeight;
  }
}

/** Final blocks in order of height, without gaps. */
export class RangeResponse implements Message {
  readonly kind = WireKind.rangeResponse;
  wire: Uint8Array | null = null;
  readonly blocks: readonly CertifiedBlock[];

  constructor(blocks: readonly CertifiedBlock[]) {
    this.blocks = blocks;
  }
}

/** A new leader asks for the body of a block that its view changes force. */
export class BlockRequest implements Message {
  readonly kind = WireKind.blockRequest;
  wire: Uint8Array | null = null;
  readonly height: number;
  readonly blockHash: Hash;

  constructor(height: number, blockHash: Hash) {
    this.height = height;
    this.blockHash = blockHash;
  }
}

/** A block that is not final yet, on request. */
export class BlockBody implements Message {
  readonly kind = WireKind.blockBody;
  wire: Uint8Array | null = null;
  readonly block: Block;

  constructor(block: Block) {
    this.block = block;
  }
}

/** Appends the canonical encoding of a proposal. */
export function writeProposal(writer: Writer, proposal: Proposal): void {
  writeVote(writer, proposal.vote);
  writeBlock(writer, proposal.block);
}

/** Reads a proposal. */
export function readProposal(reader: Reader): Proposal {
  return new Proposal(readVote(reader), readBlock(reader));
}

/** Appends the canonical encoding of a block with its certificate. */
export function writeCertifiedBlock(writer: Writer, certified: CertifiedBlock): void {
  writeBlock(writer, certified.block);
  writeCertificate(writer, certified.certificate);
}

/** Reads a block with its certificate; whether they belong together is not checked here. */
export function readCertifiedBlock(reader: Reader): CertifiedBlock {
  return new CertifiedBlock(readBlock(reader), readCertificate(reader));
}

/** Reads an answer to a range request. */
export function readRangeResponse(reader: Reader): RangeResponse {
  return new RangeResponse(reader.list(MAX_RANGE_BLOCKS, readCertifiedBlock));
}
