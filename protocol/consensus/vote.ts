import { type Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { VRF_PROOF_BYTES } from "../ledger/header.ts";

/** The three statements that PBFT's normal case signs (Castro and Liskov 1999, section 4.2). */
export const Phase = { propose: 0, prepare: 1, commit: 2 } as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** No membership proof: the committee is public. */
export const NO_PROOF = new Uint8Array(0);

interface VoteFields {
  readonly chainId: number;
  readonly height: number;
  readonly view: number;
  readonly phase: Phase;
  readonly blockHash: Hash;
  /** The new view that this statement refers to (zero in view 0 and in commits). */
  readonly newViewHash: Hash;
  readonly signer: DelegateId;
  /** VRF proof of membership where sortition is private (threshold mode), else empty. */
  readonly membership: Uint8Array;
}

const scratch = new Writer();

/** One member's signed statement about one block in one view. */
export class Vote extends SignedObject implements Message, VoteFields {
  readonly kind = WireKind.vote;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;
  readonly view: number;
  readonly phase: Phase;
  readonly blockHash: Hash;
  readonly newViewHash: Hash;
  readonly signer: DelegateId;
  readonly membership: Uint8Array;

  constructor(fields: VoteFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.chainId = fields.chainId;
    this.height = fields.height;
    this.view = fields.view;
    this.phase = fields.phase;
    this.blockHash = fields.blockHash;
    this.newViewHash = fields.newViewHash;
    this.signer = fields.signer;
    this.membership = fields.membership;
  }

  preimage(): Uint8Array {
    scratch.ascii("orrery/vote").u32(this.chainId).u64(this.height).u32(this.view).u8(this.phase);
    return scratch.hash(this.blockHash).hash(this.newViewHash).finish();
  }
}

/** Appends a membership proof: a flag, then 80 bytes or none. */
export function writeMembership(writer: Writer, proof: Uint8Array): void {
  writer.u8(proof.length === 0 ? 0 : 1).fixed(proof);
}

/** Reads a membership proof. */
export function readMembership(reader: Reader): Uint8Array {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag === 1 ? reader.fixed(VRF_PROOF_BYTES) : NO_PROOF;
}

/** Appends the canonical encoding of a vote. */
export function writeVote(writer: Writer, vote: Vote): void {
  writer.u32(vote.chainId).u64(vote.height).u32(vote.view).u8(vote.phase).hash(vote.blockHash).hash(vote.newViewHash);
  writer.u32(vote.signer);
  writeMembership(writer, vote.membership);
  writer.fixed(vote.signature);
}

/** Reads a vote; the reader is marked failed when the bytes are none. */
export function readVote(reader: Reader): Vote {
  const fields = {
    chainId: reader.u32(),
    height: reader.u64(),
    view: reader.u32(),
    phase: reader.u8() as Phase,
    blockHash: reader.hash(),
    newViewHash: reader.hash(),
    signer: reader.u32() as DelegateId,
    membership: readMembership(reader),
  };
  if (fields.phase > Phase.commit) reader.fail();
  return new Vote(fields, reader.fixed(SIGNATURE_BYTES));
}
