import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_BYTES, MAX_DATA_BYTES } from "../core/limits.ts";
import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import type { MapProof } from "../crypto/map-proof.ts";
import { readMapProof, writeMapProof } from "../crypto/proof-codec.ts";
import { type CertifiedHeader, readHeaderChain, writeHeaderChain } from "../light/certified-header.ts";
import { type CheckpointLink, readCheckpointLinks, writeCheckpointLinks } from "../light/checkpoint-link.ts";
import { type DelegatesProof, readDelegatesProof, writeDelegatesProof } from "../light/delegates-proof.ts";
import {
  readTransactionProof,
  type StateProof,
  type TransactionProof,
  writeTransactionProof,
} from "../light/state-proof.ts";
import { MAX_FOUND, MAX_PROVEN_BYTES, MAX_PROVEN_KEYS } from "./limits.ts";

/**
 * Which headers lead the asker on: those that name another committee, or only those that name other members. Whoever holds the last
 * committee's keys can check its members' signatures in whatever order they come to propose; whoever passes the way on to others, who
 * start from elsewhere on it, needs every order by its hash.
 */
export type HeaderSteps = "every-committee" | "other-members";

/** "Lead me from a header that I trust to a later one": one certified header for each step, then the wanted one. */
export class HeadersRequest implements Message {
  readonly kind = WireKind.headersRequest;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  /** Height of the trusted header. */
  readonly fromHeight: number;
  /** The wanted height; zero: the latest final one. */
  readonly upTo: number;
  readonly steps: HeaderSteps;

  constructor(chainId: number, fromHeight: number, upTo: number, steps: HeaderSteps = "every-committee") {
    this.chainId = chainId;
    this.fromHeight = fromHeight;
    this.upTo = upTo;
    this.steps = steps;
  }
}

/** Certified headers on request; of a long way only the first part. */
export class Headers implements Message {
  readonly kind = WireKind.headers;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  /** Of the request. */
  readonly fromHeight: number;
  /** In order of height, above `fromHeight`. */
  readonly chain: readonly CertifiedHeader[];

  constructor(chainId: number, fromHeight: number, chain: readonly CertifiedHeader[]) {
    this.chainId = chainId;
    this.fromHeight = fromHeight;
    this.chain = chain;
  }
}

/** "Show me these entries of the ledger after a recent block." */
export class ProofRequest implements Message {
  readonly kind = WireKind.proofRequest;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;
  readonly keys: readonly Hash[];

  constructor(chainId: number, height: number, keys: readonly Hash[]) {
    this.chainId = chainId;
    this.height = height;
    this.keys = keys;
  }
}

/** An entry of a ledger, or its absence, with the way up to the ledger's root. */
export interface ProvenEntry {
  readonly key: Hash;
  /** Null: the ledger holds no such entry. */
  readonly value: Uint8Array | null;
  readonly map: MapProof;
}

/** Entries of a ledger on request, all after the same block. */
export class Proofs implements Message {
  readonly kind = WireKind.proofs;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;
  /** The other half of the state root, the same for all of them. */
  readonly rotationRoot: Hash;
  readonly entries: readonly ProvenEntry[];

  constructor(chainId: number, height: number, rotationRoot: Hash, entries: readonly ProvenEntry[]) {
    this.chainId = chainId;
    this.height = height;
    this.rotationRoot = rotationRoot;
    this.entries = entries;
  }

  /** @returns the whole proof of one of the entries */
  proofOf({ map }: ProvenEntry): StateProof {
    return { rotationRoot: this.rotationRoot, map };
  }
}

/** What a lookup is for: transfers between chains, or one transaction. */
export type LookupQuery =
  /** Locks and relocks; on the rootchain those for one destination only, or for all where it is zero. */
  { readonly kind: "cross"; readonly destination: number } | { readonly kind: "transaction"; readonly id: Hash };

/** "Which transactions of this kind became final from this height on?" */
export class Lookup implements Message {
  readonly kind = WireKind.lookup;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly fromHeight: number;
  readonly query: LookupQuery;

  constructor(chainId: number, fromHeight: number, query: LookupQuery) {
    this.chainId = chainId;
    this.fromHeight = fromHeight;
    this.query = query;
  }
}

/** A transaction in its place. */
export interface FoundTransaction {
  /** Of the block that holds it. */
  readonly height: number;
  readonly encoded: Uint8Array;
  readonly proof: TransactionProof;
}

/** The answer to a lookup, as far as one answer reaches. */
export class Found implements Message {
  readonly kind = WireKind.found;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  /** Of the request. */
  readonly fromHeight: number;
  /** The last height that was looked through; below `fromHeight` where there is none yet. */
  readonly throughHeight: number;
  readonly transactions: readonly FoundTransaction[];

  constructor(fields: {
    chainId: number;
    fromHeight: number;
    throughHeight: number;
    transactions: readonly FoundTransaction[];
  }) {
    this.chainId = fields.chainId;
    this.fromHeight = fields.fromHeight;
    this.throughHeight = fields.throughHeight;
    this.transactions = fields.transactions;
  }
}

/** A user hands a relayer the data that travels beside a transfer; its hash says which. */
export class RelayOrder implements Message {
  readonly kind = WireKind.relayOrder;
  wire: Uint8Array | null = null;
  readonly data: Uint8Array;

  constructor(data: Uint8Array) {
    this.data = data;
  }
}

/** "Which checkpoints did the chain record from this epoch on?" */
export class CheckpointsRequest implements Message {
  readonly kind = WireKind.checkpointsRequest;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly fromEpoch: number;

  constructor(chainId: number, fromEpoch: number) {
    this.chainId = chainId;
    this.fromEpoch = fromEpoch;
  }
}

/** Recorded checkpoints on request, in order of epoch, as far as one answer reaches. */
export class Checkpoints implements Message {
  readonly kind = WireKind.checkpoints;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly links: readonly CheckpointLink[];

  constructor(chainId: number, links: readonly CheckpointLink[]) {
    this.chainId = chainId;
    this.links = links;
  }
}

/** "Who are the delegates, by the state after this block?" */
export class DelegatesRequest implements Message {
  readonly kind = WireKind.delegatesRequest;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;

  constructor(chainId: number, height: number) {
    this.chainId = chainId;
    this.height = height;
  }
}

/** The delegates on request, shown by the state after a recent block: the way over a checkpoint that was never recorded. */
export class Delegates implements Message {
  readonly kind = WireKind.delegates;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly height: number;
  readonly proof: DelegatesProof;

  constructor(chainId: number, height: number, proof: DelegatesProof) {
    this.chainId = chainId;
    this.height = height;
    this.proof = proof;
  }
}

/** What light clients ask full nodes for. */
export type LightRequest = HeadersRequest | ProofRequest | Lookup | CheckpointsRequest | DelegatesRequest;

/** @returns whether a message is what light clients ask full nodes for */
export function isLightRequest(message: Message): message is LightRequest {
  return (
    message instanceof HeadersRequest ||
    message instanceof ProofRequest ||
    message instanceof Lookup ||
    message instanceof CheckpointsRequest ||
    message instanceof DelegatesRequest
  );
}

/** Everything that light clients and those who serve them say to each other. */
export type LightMessage = LightRequest | Headers | Proofs | Found | RelayOrder | Checkpoints | Delegates;

function writeProofs(writer: Writer, { chainId, height, rotationRoot, entries }: Proofs): void {
  writer.u32(chainId).u64(height).hash(rotationRoot).u32(entries.length);
  for (const { key, value, map } of entries) {
    writer.hash(key).u8(value === null ? 0 : 1);
    if (value !== null) writer.bytes(value);
    writeMapProof(writer, map);
  }
}

function readProofs(reader: Reader): Proofs {
  const [chainId, height, rotationRoot] = [reader.u32(), reader.u64(), reader.hash()];
  const entries = reader.list(MAX_PROVEN_KEYS, () => {
    const [key, flag] = [reader.hash(), reader.u8()];
    if (flag > 1) reader.fail();
    return { key, value: flag === 1 ? reader.bytes(MAX_PROVEN_BYTES) : null, map: readMapProof(reader) };
  });
  return new Proofs(chainId, height, rotationRoot, entries);
}

const CROSS = 0;
const TRANSACTION = 1;

function writeLookup(writer: Writer, { chainId, fromHeight, query }: Lookup): void {
  writer.u32(chainId).u64(fromHeight);
  if (query.kind === "cross") writer.u8(CROSS).u32(query.destination);
  else writer.u8(TRANSACTION).hash(query.id);
}

function readLookup(reader: Reader): Lookup {
  const [chainId, fromHeight, kind] = [reader.u32(), reader.u64(), reader.u8()];
  if (kind > TRANSACTION) reader.fail();
  const query: LookupQuery =
    kind === CROSS ? { kind: "cross", destination: reader.u32() } : { kind: "transaction", id: reader.hash() };
  return new Lookup(chainId, fromHeight, query);
}

function writeFound(writer: Writer, { chainId, fromHeight, throughHeight, transactions }: Found): void {
  writer.u32(chainId).u64(fromHeight).u64(throughHeight).u32(transactions.length);
  for (const { height, encoded, proof } of transactions) {
    writeTransactionProof(writer.u64(height).bytes(encoded), proof);
  }
}

function readFound(reader: Reader): Found {
  const [chainId, fromHeight, throughHeight] = [reader.u32(), reader.u64(), reader.u64()];
  const transactions = reader.list(MAX_FOUND, () => ({
    height: reader.u64(),
    encoded: reader.bytes(MAX_BLOCK_BYTES),
    proof: readTransactionProof(reader),
  }));
  return new Found({ chainId, fromHeight, throughHeight, transactions });
}

const HEADER_STEPS: readonly HeaderSteps[] = ["every-committee", "other-members"];

function writeHeadersRequest(writer: Writer, { chainId, fromHeight, upTo, steps }: HeadersRequest): void {
  writer.u32(chainId).u64(fromHeight).u64(upTo).u8(HEADER_STEPS.indexOf(steps));
}

function readHeadersRequest(reader: Reader): HeadersRequest {
  const [chainId, fromHeight, upTo] = [reader.u32(), reader.u64(), reader.u64()];
  const steps = HEADER_STEPS[reader.u8()];
  if (steps === undefined) reader.fail();
  return new HeadersRequest(chainId, fromHeight, upTo, steps);
}

/** Appends the encoding of a message after its kind. @returns whether it was one of these */
export function writeLightMessage(writer: Writer, message: Message): boolean {
  if (message instanceof HeadersRequest) writeHeadersRequest(writer, message);
  else if (message instanceof Headers) {
    writeHeaderChain(writer.u32(message.chainId).u64(message.fromHeight), message.chain);
  } else if (message instanceof ProofRequest) {
    writer.u32(message.chainId).u64(message.height).u32(message.keys.length);
    for (const key of message.keys) writer.hash(key);
  } else if (message instanceof Proofs) writeProofs(writer, message);
  else if (message instanceof Lookup) writeLookup(writer, message);
  else if (message instanceof Found) writeFound(writer, message);
  else if (message instanceof RelayOrder) writer.bytes(message.data);
  else if (message instanceof CheckpointsRequest) writer.u32(message.chainId).u64(message.fromEpoch);
  else if (message instanceof Checkpoints) writeCheckpointLinks(writer.u32(message.chainId), message.links);
  else if (message instanceof DelegatesRequest) writer.u32(message.chainId).u64(message.height);
  else if (message instanceof Delegates) {
    writeDelegatesProof(writer.u32(message.chainId).u64(message.height), message.proof);
  } else return false;
  return true;
}

/** Reads a message of one of these kinds; what it claims is not checked here. @returns null for another kind */
export function readLightMessage(kind: number, reader: Reader): LightMessage | null {
  switch (kind) {
    case WireKind.headersRequest:
      return readHeadersRequest(reader);
    case WireKind.headers:
      return new Headers(reader.u32(), reader.u64(), readHeaderChain(reader));
    case WireKind.proofRequest:
      return new ProofRequest(
        reader.u32(),
        reader.u64(),
        reader.list(MAX_PROVEN_KEYS, (from) => from.hash()),
      );
    case WireKind.proofs:
      return readProofs(reader);
    case WireKind.lookup:
      return readLookup(reader);
    case WireKind.found:
      return readFound(reader);
    case WireKind.relayOrder:
      return new RelayOrder(reader.bytes(MAX_DATA_BYTES));
    case WireKind.checkpointsRequest:
      return new CheckpointsRequest(reader.u32(), reader.u64());
    case WireKind.checkpoints:
      return new Checkpoints(reader.u32(), readCheckpointLinks(reader));
    case WireKind.delegatesRequest:
      return new DelegatesRequest(reader.u32(), reader.u64());
    case WireKind.delegates:
      return new Delegates(reader.u32(), reader.u64(), readDelegatesProof(reader));
    default:
      return null;
  }
}
