import type { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_COMMITTEE } from "../core/limits.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { SIGNATURE_BYTES } from "../crypto/signed-object.ts";
import type { Committee } from "./committee.ts";
import { Phase, readMembership, Vote, writeMembership } from "./vote.ts";

/** A quorum of equal votes of one phase: proof that a block is prepared, or final. */
export interface Certificate {
  readonly chainId: number;
  readonly height: number;
  readonly view: number;
  readonly phase: Phase;
  readonly blockHash: Hash;
  readonly newViewHash: Hash;
  /** In ascending order of signer, each signer once. */
  readonly votes: readonly Vote[];
}

/** Gathers equal votes into a certificate. @param votes at least one, in ascending order of signer, all else equal */
export function certificateOf(votes: readonly Vote[]): Certificate {
  const { chainId, height, view, phase, blockHash, newViewHash } = votes[0] as Vote;
  // They have been sent, and are kept for as long as the block is: a message of their own is not needed any more.
  for (const vote of votes) vote.wire = null;
  return { chainId, height, view, phase, blockHash, newViewHash, votes };
}

/** @returns whether the certificate holds a quorum of valid votes of this committee */
export function verifyCertificate(crypto: NodeCrypto, committee: Committee, certificate: Certificate): boolean {
  const { votes } = certificate;
  if (votes.length < committee.quorum) return false;
  return votes.every((vote) => committee.verifyVote(crypto, vote));
}

/** Appends the canonical encoding: what all votes share once, then signer, membership and signature of each. */
export function writeCertificate(writer: Writer, certificate: Certificate): void {
  writer.u32(certificate.chainId).u64(certificate.height).u32(certificate.view).u8(certificate.phase);
  writer.hash(certificate.blockHash).hash(certificate.newViewHash).u32(certificate.votes.length);
  for (const vote of certificate.votes) {
    writer.u32(vote.signer);
    writeMembership(writer, vote.membership);
    writer.fixed(vote.signature);
  }
}

const HEAD_BYTES = 4 + 8 + 4 + 1 + 2 * HASH_BYTES + 4;

/** @returns the encoded size of a certificate in bytes */
export function certificateBytes({ votes }: Certificate): number {
  return votes.reduce((sum, vote) => sum + 4 + 1 + vote.membership.length + SIGNATURE_BYTES, HEAD_BYTES);
}

/** Reads a certificate; signers out of order, or twice, fail the reader. */
export function readCertificate(reader: Reader): Certificate {
  const shared = {
    chainId: reader.u32(),
    height: reader.u64(),
    view: reader.u32(),
    phase: reader.u8() as Phase,
    blockHash: reader.hash(),
    newViewHash: reader.hash(),
  };
  if (shared.phase > Phase.commit) reader.fail();
  let previous = -1;
  const votes = reader.list(MAX_COMMITTEE, () => {
    const signer = reader.u32() as DelegateId;
    if (signer <= previous) reader.fail();
    previous = signer;
    const membership = readMembership(reader);
    return new Vote({ ...shared, signer, membership }, reader.fixed(SIGNATURE_BYTES));
  });
  if (votes.length === 0) reader.fail();
  return { ...shared, votes };
}
