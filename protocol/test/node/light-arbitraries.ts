import fc from "fast-check";
import type { Certificate } from "../../consensus/certificate.ts";
import type { CertifiedCheckpoint } from "../../consensus/checkpoint.ts";
import { RangeRequest } from "../../consensus/messages.ts";
import type { DelegateId, Hash, PeerId } from "../../core/ids.ts";
import { MAX_DATA_BYTES } from "../../core/limits.ts";
import type { MapProof } from "../../crypto/map-proof.ts";
import type { Header } from "../../ledger/header.ts";
import { FraudTip } from "../../node/fraud-tip.ts";
import {
  Checkpoints,
  CheckpointsRequest,
  Delegates,
  DelegatesRequest,
  Found,
  type HeaderSteps,
  Headers,
  HeadersRequest,
  Lookup,
  type LookupQuery,
  ProofRequest,
  Proofs,
  RelayOrder,
} from "../../node/light-messages.ts";
import { type GuardedRequest, ReadRequest } from "../../node/read-request.ts";
import type { FraudProof, FraudStep } from "../../subchain/fraud-proof.ts";

/** What messages for light clients are made of. */
export interface Parts {
  readonly u32: fc.Arbitrary<number>;
  readonly u64: fc.Arbitrary<number>;
  readonly hash: fc.Arbitrary<Hash>;
  readonly header: fc.Arbitrary<Header>;
  readonly certificate: fc.Arbitrary<Certificate>;
  readonly certifiedCheckpoint: fc.Arbitrary<CertifiedCheckpoint>;
}

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const short = fc.uint8Array({ maxLength: 20 });
const delegateKey = fc.record({ id: fc.nat().map((id) => id as DelegateId), publicKey: digest });
const headerSteps = fc.constantFrom<HeaderSteps>("every-committee", "other-members");
const steps = fc
  .uniqueArray(fc.nat({ max: 255 }), { maxLength: 5 })
  .chain((bits) =>
    fc
      .array(digest, { minLength: bits.length, maxLength: bits.length })
      .map((siblings) =>
        [...bits].sort((a, b) => b - a).map((bit, at) => ({ bit, sibling: siblings[at] as Uint8Array })),
      ),
  );

/** @returns any well-formed message between light clients and their servers, by wire kind */
export function lightMessages({ u32, u64, hash, header, certificate, certifiedCheckpoint }: Parts) {
  const certifiedHeader = fc.record({ header, certificate, members: fc.array(delegateKey, { maxLength: 3 }) });
  const map: fc.Arbitrary<MapProof> = fc.record({
    other: fc.option(fc.record({ key: hash, valueDigest: digest }), { nil: null }),
    steps,
  });
  const entry = fc.record({ key: hash, value: fc.option(short, { nil: null }), map });
  const proof = fc.record({ index: u32, size: u32, branch: fc.array(digest, { maxLength: 4 }) });
  const query: fc.Arbitrary<LookupQuery> = fc.oneof(
    u32.map((destination) => ({ kind: "cross", destination }) as const),
    hash.map((id) => ({ kind: "transaction", id }) as const),
  );
  const link = fc.record({
    certified: certifiedCheckpoint,
    delegates: fc.option(fc.array(delegateKey, { maxLength: 3 }), { nil: null }),
  });
  const found = fc.record({
    chainId: u32,
    fromHeight: u64,
    throughHeight: u64,
    transactions: fc.array(fc.record({ height: u64, encoded: short, proof }), { maxLength: 3 }),
  });
  const rotation = fc.record({
    committeeHash: hash,
    iteration: u64,
    standingsHash: hash,
    delegatesHash: hash,
    nextDelegatesHash: hash,
    claimsHash: hash,
    checkpointHash: hash,
    marks: fc.array(fc.boolean(), { maxLength: 4 }),
  });
  const delegates = fc.record({ ledgerRoot: hash, rotation, delegates: fc.array(delegateKey, { maxLength: 3 }) });
  const request: fc.Arbitrary<GuardedRequest> = fc.oneof(
    u64.map((height) => new RangeRequest(height)),
    fc.tuple(u32, u64, query).map((each) => new Lookup(...each)),
    fc.tuple(u32, u64, u64, headerSteps).map((each) => new HeadersRequest(...each)),
    fc.tuple(u32, u64).map((each) => new DelegatesRequest(...each)),
  );
  const readRequest = fc.record({
    chainId: u32,
    node: u32.map((node) => node as PeerId),
    stampUs: u64,
    reader: digest,
    request,
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  });
  const witness = fc.record({ key: hash, value: fc.option(short, { nil: null }), proof: map });
  const step: fc.Arbitrary<FraudStep> = fc.oneof(
    fc.record({ kind: fc.constant("transaction" as const), transaction: short, proof, afterProof: proof }),
    fc.record({ kind: fc.constantFrom("opening" as const, "closing" as const), previous: header, rotationRoot: hash }),
  );
  const fraud: fc.Arbitrary<FraudProof> = fc.record({
    header: certifiedHeader,
    step,
    executionTree: hash,
    before: hash,
    beforeProof: proof,
    after: hash,
    witnesses: fc.array(witness, { maxLength: 3 }),
  });
  return {
    fraudTip: fraud.map((each) => new FraudTip(each)),
    headersRequest: fc.tuple(u32, u64, u64, headerSteps).map((each) => new HeadersRequest(...each)),
    headers: fc.tuple(u32, u64, fc.array(certifiedHeader, { maxLength: 3 })).map((each) => new Headers(...each)),
    proofRequest: fc.tuple(u32, u64, fc.array(hash, { maxLength: 4 })).map((each) => new ProofRequest(...each)),
    proofs: fc.tuple(u32, u64, hash, fc.array(entry, { maxLength: 3 })).map((each) => new Proofs(...each)),
    lookup: fc.tuple(u32, u64, query).map((each) => new Lookup(...each)),
    found: found.map((each) => new Found(each)),
    relayOrder: fc.oneof(short, fc.constant(new Uint8Array(MAX_DATA_BYTES))).map((each) => new RelayOrder(each)),
    checkpointsRequest: fc.tuple(u32, u64).map((each) => new CheckpointsRequest(...each)),
    delegatesRequest: fc.tuple(u32, u64).map((each) => new DelegatesRequest(...each)),
    delegates: fc.tuple(u32, u64, delegates).map((each) => new Delegates(...each)),
    readRequest: readRequest.map((each) => new ReadRequest(each)),
    checkpoints: fc.tuple(u32, fc.array(link, { maxLength: 3 })).map((each) => new Checkpoints(...each)),
  };
}
