import { type Reader, Writer } from "../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../core/ids.ts";
import { MAX_COMMITTEE } from "../core/limits.ts";
import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { type Block, readBlock, writeBlock } from "../ledger/block.ts";
import { type Certificate, readCertificate, verifyCertificate, writeCertificate } from "./certificate.ts";
import type { Committee } from "./committee.ts";
import type { Registry } from "./registry.ts";
import { Phase, readMembership, readVote, type Vote, writeMembership, writeVote } from "./vote.ts";

/** "Nothing prepared at this height." */
export const NOT_PREPARED = -1;

interface ViewChangeFields {
  readonly chainId: number;
  readonly height: number;
  /** The view that the signer moves to. */
  readonly view: number;
  /** The highest view in which the signer holds a prepared certificate, or NOT_PREPARED. */
  readonly preparedView: number;
  /** The prepared block, zero where there is none. */
  readonly preparedHash: Hash;
  readonly signer: DelegateId;
  readonly membership: Uint8Array;
}

const scratch = new Writer();

/**
 * A member's signed statement that it gave up all lower views of a height, and what it had prepared. The certificate stands
 * beside the signed fields, so that carrying another one for the same claim is no second statement.
 */
export class ViewChange extends SignedObject implements Message, ViewChangeFields {
  readonly kind = WireKind.viewChange;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;
  readonly view: number;
  readonly preparedView: number;
  readonly preparedHash: Hash;
  readonly signer: DelegateId;
  readonly membership: Uint8Array;
  /** Proof of the claim; null where nothing is prepared, or where only the statement is carried (evidence). */
  readonly certificate: Certificate | null;

  constructor(
    fields: ViewChangeFields,
    certificate: Certificate | null,
    signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES),
  ) {
    super(signature);
    this.chainId = fields.chainId;
    this.height = fields.height;
    this.view = fields.view;
    this.preparedView = fields.preparedView;
    this.preparedHash = fields.preparedHash;
    this.signer = fields.signer;
    this.membership = fields.membership;
    this.certificate = certificate;
  }

  preimage(): Uint8Array {
    scratch.ascii("orrery/view-change").u32(this.chainId).u64(this.height).u32(this.view);
    return scratch
      .u32(this.preparedView + 1)
      .hash(this.preparedHash)
      .finish();
  }
}

/** A leader's proof that it may lead a view, and the block that it proposes (or carries). */
export class NewView implements Message {
  readonly kind = WireKind.newView;
  wire: Uint8Array | null = null;
  /** A quorum, in ascending order of signer. */
  readonly viewChanges: readonly ViewChange[];
  /** The leader's propose vote, which commits to all of this through its `newViewHash`. */
  readonly vote: Vote;
  readonly block: Block;

  constructor(viewChanges: readonly ViewChange[], vote: Vote, block: Block) {
    this.viewChanges = viewChanges;
    this.vote = vote;
    this.block = block;
  }
}

/**
 * The block that a set of view changes forces: the one prepared in the highest view.
 *
 * @returns the view change that names it, or null when nothing is prepared and the leader is free
 */
export function forcedBy(viewChanges: readonly ViewChange[]): ViewChange | null {
  let highest: ViewChange | null = null;
  for (const viewChange of viewChanges) {
    if (viewChange.preparedView > (highest?.preparedView ?? NOT_PREPARED)) highest = viewChange;
  }
  return highest;
}

/**
 * What prepares of a view > 0 refer to: commits to the statements that justify the view and to the block.
 *
 * @param viewChanges in ascending order of signer
 */
export function newViewHash(viewChanges: readonly ViewChange[], blockHash: Hash): Hash {
  const writer = new Writer().hash(blockHash).u32(viewChanges.length);
  for (const viewChange of viewChanges) writer.u32(viewChange.signer).bytes(viewChange.preimage());
  return hashTagged("orrery/new-view", writer.finish());
}

/** @returns whether the prepared certificate is there exactly where it is claimed, and holds */
function verifyClaim(crypto: NodeCrypto, committee: Committee, viewChange: ViewChange): boolean {
  const { certificate } = viewChange;
  if (viewChange.preparedView === NOT_PREPARED) return certificate === null && viewChange.preparedHash === ZERO_HASH;
  if (certificate === null || viewChange.preparedView >= viewChange.view) return false;
  return (
    certificate.phase === Phase.prepare &&
    certificate.chainId === viewChange.chainId &&
    certificate.height === viewChange.height &&
    certificate.view === viewChange.preparedView &&
    certificate.blockHash === viewChange.preparedHash &&
    verifyCertificate(crypto, committee, certificate)
  );
}

/** @returns whether a member signed the view change, and its claim is proven */
export function verifyViewChange(
  crypto: NodeCrypto,
  options: { registry: Registry; committee: Committee; viewChange: ViewChange },
): boolean {
  const { registry, committee, viewChange } = options;
  if (committee.seatOf(viewChange.signer) < 0) return false;
  if (!crypto.verify(viewChange, registry.of(viewChange.signer).publicKey)) return false;
  if (!committee.verifyMembership(crypto, viewChange.signer, viewChange.membership)) return false;
  return verifyClaim(crypto, committee, viewChange);
}

function writeStatement(writer: Writer, viewChange: ViewChange): void {
  writer
    .u32(viewChange.chainId)
    .u64(viewChange.height)
    .u32(viewChange.view)
    .u32(viewChange.preparedView + 1);
  writer.hash(viewChange.preparedHash).u32(viewChange.signer);
  writeMembership(writer, viewChange.membership);
  writer.fixed(viewChange.signature);
}

/** Appends the canonical encoding of a view change. */
export function writeViewChange(writer: Writer, viewChange: ViewChange): void {
  writeStatement(writer, viewChange);
  writer.u8(viewChange.certificate === null ? 0 : 1);
  if (viewChange.certificate !== null) writeCertificate(writer, viewChange.certificate);
}

/** Reads a view change; the reader is marked failed when the bytes are none. */
export function readViewChange(reader: Reader): ViewChange {
  const fields = {
    chainId: reader.u32(),
    height: reader.u64(),
    view: reader.u32(),
    preparedView: reader.u32() - 1,
    preparedHash: reader.hash(),
    signer: reader.u32() as DelegateId,
    membership: readMembership(reader),
  };
  const signature = reader.fixed(SIGNATURE_BYTES);
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return new ViewChange(fields, flag === 1 ? readCertificate(reader) : null, signature);
}

/** Appends only what is signed, for evidence. */
export function writeViewChangeStatement(writer: Writer, viewChange: ViewChange): void {
  writeViewChange(writer, new ViewChange(viewChange, null, viewChange.signature));
}

/** Appends the canonical encoding of a new view. */
export function writeNewView(writer: Writer, newView: NewView): void {
  writer.u32(newView.viewChanges.length);
  for (const viewChange of newView.viewChanges) writeViewChange(writer, viewChange);
  writeVote(writer, newView.vote);
  writeBlock(writer, newView.block);
}

/** Reads a new view; signers out of order, or twice, fail the reader. */
export function readNewView(reader: Reader): NewView {
  let previous = -1;
  const viewChanges = reader.list(MAX_COMMITTEE, () => {
    const viewChange = readViewChange(reader);
    if (viewChange.signer <= previous) reader.fail();
    previous = viewChange.signer;
    return viewChange;
  });
  return new NewView(viewChanges, readVote(reader), readBlock(reader));
}
