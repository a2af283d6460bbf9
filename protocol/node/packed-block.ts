import { equalBytes } from "@noble/curves/utils.js";
import { type Certificate, certificateOf } from "../consensus/certificate.ts";
import { readMembership, Vote, writeMembership } from "../consensus/vote.ts";
import { assert } from "../core/assert.ts";
import { ownBytes, Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { shareBytes } from "../core/shared-bytes.ts";
import { SIGNATURE_BYTES } from "../crypto/signed-object.ts";
import { type Block, readBlock, writeBlock } from "../ledger/block.ts";

/** Blocks that stay at hand after they were unpacked: who looks through the past asks for the same ones. */
const MAX_UNPACKED = 64;

const scratch = new Writer();

/** By block: the nodes of a chain that agree keep one. */
const packedBlocks = new WeakMap<Block, PackedBlock>();
const unpacked: PackedBlock[] = [];
let oldestUnpacked = 0;

/** Picks of the votes of one packed block: a bit for each, as a number where that needs no object of its own. */
export type Picks = number | bigint;
const SMALL_PICKS = 1n << 31n;

const MARK_BYTES = 4;

/** The first four bytes of a transaction's id. */
export function markOf(id: Hash): number {
  return Number.parseInt(id.slice(0, 8), 16);
}

function markAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, MARK_BYTES).getUint32(0);
}

/** All votes of one view in the certificates that the nodes of a chain hold of a block, each once. */
export class Ballots {
  readonly packed: PackedBlock;
  /** Those of another view on the same block; mostly there are none. */
  readonly next: Ballots | null;
  readonly statement: Omit<Certificate, "votes">;
  /** Signer, membership and signature of each vote, as certificates encode them, one after the other. */
  #bytes: Uint8Array = new Uint8Array(0);
  #count = 0;

  constructor(packed: PackedBlock, certificate: Certificate, next: Ballots | null) {
    const { chainId, height, view, phase, blockHash, newViewHash } = certificate;
    this.packed = packed;
    this.next = next;
    this.statement = { chainId, height, view, phase, blockHash, newViewHash };
  }

  isOf({ view, phase, newViewHash }: Certificate): boolean {
    const { statement } = this;
    return statement.view === view && statement.phase === phase && statement.newViewHash === newViewHash;
  }

  /** Takes up votes that it does not hold yet. */
  pick(votes: readonly Vote[]): Picks {
    const held = this.#votes();
    let picks = 0n;
    for (const vote of votes) {
      const place = held.findIndex((other) => isSame(vote, other));
      picks |= 1n << BigInt(place < 0 ? held.push(vote) - 1 : place);
    }
    if (held.length > this.#count) this.#hold(held);
    return picks < SMALL_PICKS ? Number(picks) : picks;
  }

  #hold(votes: readonly Vote[]): void {
    for (const { signer, membership, signature } of votes) {
      writeMembership(scratch.u32(signer), membership);
      scratch.fixed(signature);
    }
    this.#bytes = ownBytes(scratch.finish());
    this.#count = votes.length;
  }

  certificate(picks: Picks): Certificate {
    const bits = BigInt(picks);
    const votes = this.#votes().filter((_, place) => (bits & (1n << BigInt(place))) !== 0n);
    return certificateOf(votes.sort((one, other) => one.signer - other.signer));
  }

  #votes(): Vote[] {
    const reader = new Reader(this.#bytes);
    return Array.from({ length: this.#count }, () => {
      const signer = reader.u32() as DelegateId;
      const membership = readMembership(reader);
      return new Vote({ ...this.statement, signer, membership }, reader.fixed(SIGNATURE_BYTES));
    });
  }
}

function isSame(one: Vote, other: Vote): boolean {
  return (
    one.signer === other.signer &&
    equalBytes(one.signature, other.signature) &&
    equalBytes(one.membership, other.membership)
  );
}

/** A block in as few objects as can be: its encoding, and what tells that it does not hold a transaction. */
export class PackedBlock {
  /** From here on: the marks of its transactions, and then the canonical encoding of header and body, in a room of many blocks. */
  readonly #room: Uint8Array;
  readonly #start: number;
  readonly #bodyStart: number;
  readonly #end: number;
  /** Of the view that was taken up last. */
  #ballots: Ballots | null = null;
  #block: Block | null = null;

  private constructor(block: Block) {
    for (const { id } of block.transactions) scratch.u32(markOf(id));
    writeBlock(scratch, block);
    const bytes = scratch.finish();
    const { room, start } = shareBytes(bytes);
    this.#room = room;
    this.#start = start;
    this.#bodyStart = start + MARK_BYTES * block.transactions.length;
    this.#end = start + bytes.length;
  }

  static of(block: Block): PackedBlock {
    const packed = packedBlocks.get(block) ?? new PackedBlock(block);
    packedBlocks.set(block, packed);
    return packed;
  }

  /** The canonical encoding of header and body: to be read at once, as it lies in the room of many. */
  get bytes(): Uint8Array {
    return this.#room.subarray(this.#bodyStart, this.#end);
  }

  /** @param mark of a transaction's id @returns false where the block surely does not hold it */
  mayHold(mark: number): boolean {
    const room = this.#room;
    for (let at = this.#start; at < this.#bodyStart; at += MARK_BYTES) {
      if (room[at] === mark >>> 24 && markAt(room, at) === mark) return true;
    }
    return false;
  }

  /** Takes up the votes of a certificate. @returns what names it again */
  take(certificate: Certificate): { readonly ballots: Ballots; readonly picks: Picks } {
    let ballots = this.#ballots;
    while (ballots !== null && !ballots.isOf(certificate)) ballots = ballots.next;
    if (ballots === null) {
      ballots = new Ballots(this, certificate, this.#ballots);
      this.#ballots = ballots;
    }
    return { ballots, picks: ballots.pick(certificate.votes) };
  }

  get block(): Block {
    return this.#block ?? this.#unpack();
  }

  #unpack(): Block {
    const reader = new Reader(this.bytes);
    const block = readBlock(reader);
    assert(reader.complete(), "a block of this project decodes");
    packedBlocks.set(block, this);
    const oldest = unpacked[oldestUnpacked];
    if (oldest !== undefined) oldest.#block = null;
    unpacked[oldestUnpacked] = this;
    oldestUnpacked = (oldestUnpacked + 1) % MAX_UNPACKED;
    this.#block = block;
    return block;
  }
}
