import { type Certificate, certificateBytes, readCertificate, writeCertificate } from "../consensus/certificate.ts";
import { committeeHash } from "../consensus/committee.ts";
import {
  DELEGATE_KEY_BYTES,
  type DelegateKey,
  readDelegateKeys,
  writeDelegateKeys,
} from "../consensus/delegate-set.ts";
import { quorumOf } from "../consensus/parameters.ts";
import { Phase, type Vote } from "../consensus/vote.ts";
import type { Reader, Writer } from "../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../core/ids.ts";
import { bytesToHash } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import {
  BLOCK_VERSION,
  HEADER_BYTES,
  type Header,
  headerHash,
  NEWEST_BLOCK_VERSION,
  readHeader,
  writeHeader,
} from "../ledger/header.ts";
import { type Anchor, anchorOf } from "./anchor.ts";
import { MAX_HEADER_CHAIN } from "./limits.ts";

/** A final header with all it takes to see that it is final: the certificate, and the keys of the committee that signed it. */
export interface CertifiedHeader {
  readonly header: Header;
  readonly certificate: Certificate;
  /** The whole committee by priority, as the authority's `nextCommitteeHash` commits to it. */
  readonly members: readonly DelegateKey[];
}

/** Where following certified headers led, or why it led nowhere. */
export type Followed =
  | { readonly anchor: Anchor; readonly refusal: null }
  | { readonly anchor: null; readonly refusal: string };

const KEY_BYTES = 32;

function refused(refusal: string): Followed {
  return { anchor: null, refusal };
}

/**
 * Whoever follows headers alone need not know from which height on a chain has which version: every version that there is will
 * do. The committee that the anchor names judged the block by its height, and what differs between versions is no part of a header.
 */
function isKnownVersion(version: number): boolean {
  return version >= BLOCK_VERSION && version <= NEWEST_BLOCK_VERSION;
}

function headerRefusal(anchor: Anchor, header: Header): string | null {
  if (!isKnownVersion(header.version)) return "header of another version";
  if (header.chainId !== anchor.chainId) return "header of another chain";
  if (header.height <= anchor.height) return "header not above its anchor";
  if (header.timeUs <= anchor.timeUs) return "header not after its anchor";
  const { transactionRoot, stateRoot, nextCommitteeHash } = header;
  if ([transactionRoot, stateRoot, nextCommitteeHash].includes(ZERO_HASH)) return "header with a zero root";
  if (header.height !== anchor.height + 1) return null;
  return header.previousHash === anchor.blockHash ? null : "header on another parent";
}

/** What a list of members says, whoever asks: many headers share one. */
interface Membership {
  readonly hash: Hash;
  readonly keys: ReadonlyMap<DelegateId, Uint8Array>;
  readonly isDistinct: boolean;
}

const memberships = new WeakMap<readonly DelegateKey[], Membership>();

/** @param members with keys of the right size */
function membershipOf(members: readonly DelegateKey[]): Membership {
  const known = memberships.get(members);
  if (known !== undefined) return known;
  const publicKeys = members.map(({ publicKey }) => publicKey);
  const hash = committeeHash(quorumOf(publicKeys.length), publicKeys, null);
  const keys = new Map(members.map(({ id, publicKey }) => [id, publicKey]));
  const isDistinct = new Set(publicKeys.map(bytesToHash)).size === members.length && keys.size === members.length;
  const membership = { hash, keys, isDistinct };
  memberships.set(members, membership);
  return membership;
}

/** @returns the members' keys by id, or why they are not the committee that the authority names */
function authorisedKeys(
  nextCommitteeHash: Hash,
  members: readonly DelegateKey[],
): ReadonlyMap<DelegateId, Uint8Array> | string {
  if (members.some(({ publicKey }) => publicKey.length !== KEY_BYTES)) return "member with a key of another size";
  const { hash, keys, isDistinct } = membershipOf(members);
  if (hash !== nextCommitteeHash) return "header of a foreign committee";
  return isDistinct ? keys : "committee that names a member twice";
}

/** Hashes of headers that proofs carry again and again. */
const blockHashes = new WeakMap<Header, Hash>();

function isAbout(vote: Vote, certificate: Certificate): boolean {
  return (
    vote.chainId === certificate.chainId &&
    vote.height === certificate.height &&
    vote.view === certificate.view &&
    vote.phase === certificate.phase &&
    vote.blockHash === certificate.blockHash &&
    vote.newViewHash === certificate.newViewHash &&
    vote.membership.length === 0
  );
}

function certificateRefusal(
  crypto: NodeCrypto,
  keys: ReadonlyMap<DelegateId, Uint8Array>,
  certificate: Certificate,
): string | null {
  const { votes } = certificate;
  if (votes.length < quorumOf(keys.size)) return "certificate without a quorum";
  let previous = -1;
  for (const vote of votes) {
    const key = keys.get(vote.signer);
    if (key === undefined) return "certificate with an unknown signer";
    if (vote.signer <= previous) return "certificate with a signer twice or out of order";
    if (!isAbout(vote, certificate)) return "certificate with a vote on something else";
    if (!crypto.verify(vote, key)) return "certificate with a bad signature";
    previous = vote.signer;
  }
  return null;
}

/**
 * Follows one certified header: signed as final by the committee that the anchor names, later and higher than it.
 *
 * Committees of the ranked mode only: in threshold mode nobody knows a committee's size, so that nothing can be shown to
 * whoever did not follow the chain.
 *
 * @returns the anchor after it, or why it is refused
 */
export function followHeader(crypto: NodeCrypto, anchor: Anchor, certified: CertifiedHeader): Followed {
  const { header, certificate, members } = certified;
  const misfit = headerRefusal(anchor, header);
  if (misfit !== null) return refused(misfit);
  const blockHash = blockHashes.get(header) ?? headerHash(header);
  blockHashes.set(header, blockHash);
  if (certificate.phase !== Phase.commit) return refused("certificate that makes nothing final");
  const { chainId, height } = header;
  if (certificate.chainId !== chainId || certificate.height !== height || certificate.blockHash !== blockHash) {
    return refused("certificate of another header");
  }
  const keys = authorisedKeys(anchor.nextCommitteeHash, members);
  if (typeof keys === "string") return refused(keys);
  const refusal = certificateRefusal(crypto, keys, certificate);
  return refusal === null ? { anchor: anchorOf(header, blockHash), refusal: null } : refused(refusal);
}

/**
 * Follows certified headers from a trusted one: one for each change of committee, then the one that is wanted. A committee
 * signs all heights from the one after the header that names it until a certified header names another one.
 *
 * @param chain in order of height; empty: the anchor itself is wanted
 */
export function followHeaders(crypto: NodeCrypto, anchor: Anchor, chain: readonly CertifiedHeader[]): Followed {
  if (chain.length > MAX_HEADER_CHAIN) return refused("header chain too long");
  let reached = anchor;
  for (const certified of chain) {
    const followed = followHeader(crypto, reached, certified);
    if (followed.anchor === null) return followed;
    reached = followed.anchor;
  }
  return { anchor: reached, refusal: null };
}

/** @returns the encoded size of a certified header, in bytes */
export function certifiedHeaderBytes({ certificate, members }: CertifiedHeader): number {
  return HEADER_BYTES + certificateBytes(certificate) + 4 + members.length * DELEGATE_KEY_BYTES;
}

/** Appends the canonical encoding of a certified header. */
export function writeCertifiedHeader(writer: Writer, { header, certificate, members }: CertifiedHeader): void {
  writeHeader(writer, header);
  writeCertificate(writer, certificate);
  writeDelegateKeys(writer, members);
}

/** Reads a certified header; whether it deserves trust is not checked here. */
export function readCertifiedHeader(reader: Reader): CertifiedHeader {
  return { header: readHeader(reader), certificate: readCertificate(reader), members: readDelegateKeys(reader) };
}

/** Appends the canonical encoding of a header chain. */
export function writeHeaderChain(writer: Writer, chain: readonly CertifiedHeader[]): void {
  writer.u32(chain.length);
  for (const certified of chain) writeCertifiedHeader(writer, certified);
}

/** Reads a header chain; whether its links hold is not checked here. */
export function readHeaderChain(reader: Reader): CertifiedHeader[] {
  return reader.list(MAX_HEADER_CHAIN, readCertifiedHeader);
}
