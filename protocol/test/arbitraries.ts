import fc from "fast-check";
import type { Certificate } from "../consensus/certificate.ts";
import { type CertifiedCheckpoint, CheckpointVote, checkpointHash } from "../consensus/checkpoint.ts";
import {
  BlockBody,
  BlockRequest,
  CertifiedBlock,
  Proposal,
  RangeRequest,
  RangeResponse,
  Status,
} from "../consensus/messages.ts";
import { NewView, ViewChange } from "../consensus/view-change.ts";
import { NO_PROOF, type Phase, Vote } from "../consensus/vote.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_DATA_BYTES } from "../core/limits.ts";
import type { Message } from "../core/machine.ts";
import type { WireKind } from "../core/wire-kind.ts";
import { Announce, Request, Transactions } from "../gossip/messages.ts";
import { Block } from "../ledger/block.ts";
import {
  CheckpointTransaction,
  EvidenceReport,
  Rejoin,
  SortitionClaim,
  type Transaction,
  Transfer,
} from "../ledger/transaction.ts";
import { lightMessages } from "./node/light-arbitraries.ts";

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const edge = (max: number) => fc.oneof(fc.constantFrom(0, 1, max - 1, max), fc.nat({ max: Math.min(max, 50) }));
export const u32 = edge(4_294_967_295);
export const u64 = edge(Number.MAX_SAFE_INTEGER);
export const u128 = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.constantFrom(0n, (1n << 128n) - 1n));
export const hash = bytes(32).map((each) => Buffer.from(each).toString("hex") as Hash);
const signature = bytes(64);
const membership = fc.oneof(fc.constant(NO_PROOF), bytes(80));
const delegate = u32.map((id) => id as DelegateId);
const phase = fc.constantFrom<Phase>(0, 1, 2);

export const vote = fc
  .record({
    chainId: u32,
    height: u64,
    view: u32,
    phase,
    blockHash: hash,
    newViewHash: hash,
    signer: delegate,
    membership,
  })
  .chain((fields) => signature.map((each) => new Vote(fields, each)));

const signers = (minLength: number) =>
  fc.uniqueArray(u32, { minLength, maxLength: 4 }).map((ids) => ids.sort((a, b) => a - b) as DelegateId[]);

export const certificate: fc.Arbitrary<Certificate> = fc
  .tuple(vote, signers(1), fc.infiniteStream(fc.tuple(membership, signature)))
  .map(([like, ids, rest]) => {
    const { chainId, height, view, phase, blockHash, newViewHash } = like;
    const shared = { chainId, height, view, phase, blockHash, newViewHash };
    const votes = ids.map((signer) => {
      const [proof, sign] = rest.next().value;
      return new Vote({ ...shared, signer, membership: proof }, sign);
    });
    return { ...shared, votes };
  });

const viewChangeFields = fc.record({
  chainId: u32,
  height: u64,
  view: u32,
  preparedView: edge(4_294_967_295).map((view) => view - 1),
  preparedHash: hash,
  signer: delegate,
  membership,
});

export const viewChange = fc
  .tuple(viewChangeFields, fc.option(certificate, { nil: null }), signature)
  .map(([fields, proof, sign]) => new ViewChange(fields, proof, sign));

const transfer = fc
  .record({
    chainId: u32,
    from: bytes(32),
    nonce: u64,
    to: hash,
    amount: u128,
    fee: u128,
    data: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(new Uint8Array(MAX_DATA_BYTES).fill(7))),
  })
  .chain((fields) => signature.map((each) => new Transfer(fields, each)));
const claim = fc
  .record({ chainId: u32, iteration: u64, delegate, proof: bytes(80) })
  .map((fields) => new SortitionClaim(fields));
const report = fc.tuple(delegate, fc.uint8Array()).map(([culprit, each]) => new EvidenceReport(culprit, each));
const rejoin = fc
  .record({ chainId: u32, delegate, nonce: u32, salt: u32 })
  .chain((fields) => signature.map((each) => new Rejoin(fields, each)));
const checkpointVote = fc
  .record({ chainId: u32, epoch: u64, checkpointHash: hash, signer: delegate })
  .chain((fields) => signature.map((each) => new CheckpointVote(fields, each)));

export const certifiedCheckpoint: fc.Arbitrary<CertifiedCheckpoint> = fc
  .record({
    chainId: u32,
    epoch: u64,
    height: u64,
    timeUs: u64,
    blockHash: hash,
    stateRoot: hash,
    transactionRoot: hash,
    delegatesHash: hash,
    nextDelegatesHash: hash,
    nextCommitteeHash: hash,
  })
  .chain((checkpoint) =>
    fc.tuple(signers(0), fc.infiniteStream(signature)).map(([ids, signatures]) => {
      const { chainId, epoch } = checkpoint;
      const fields = { chainId, epoch, checkpointHash: checkpointHash(checkpoint) };
      const votes = ids.map((signer) => new CheckpointVote({ ...fields, signer }, signatures.next().value));
      return { checkpoint, votes };
    }),
  );

const checkpoint = certifiedCheckpoint.map((each) => new CheckpointTransaction(each));
export const transaction: fc.Arbitrary<Transaction> = fc.oneof(transfer, claim, report, rejoin, checkpoint);

const header = fc.record({
  version: u32,
  chainId: u32,
  height: u64,
  originalView: u32,
  timeUs: u64,
  previousHash: hash,
  transactionRoot: hash,
  stateRoot: hash,
  executionRoot: hash,
  proposer: delegate,
  vrfPriority: hash,
  vrfProof: bytes(80),
  nextCommitteeHash: hash,
});
export const block = fc
  .tuple(header, fc.array(transaction, { maxLength: 3 }))
  .map(([each, transactions]) => new Block(each, transactions));

const certified = fc.tuple(block, certificate).map(([each, proof]) => new CertifiedBlock(each, proof));
const newView = fc.tuple(signers(0), fc.infiniteStream(viewChange), vote, block).map(([ids, changes, lead, each]) => {
  const ordered = ids.map((signer) => {
    const change = changes.next().value;
    return new ViewChange({ ...change, signer }, change.certificate, change.signature);
  });
  return new NewView(ordered, lead, each);
});
const ids = fc.array(hash, { maxLength: 4 });

/** Any well-formed message, by wire kind. */
export const messages: Record<keyof typeof WireKind, fc.Arbitrary<Message>> = {
  vote,
  viewChange,
  newView,
  proposal: fc.tuple(vote, block).map(([lead, each]) => new Proposal(lead, each)),
  certifiedBlock: certified,
  status: fc.tuple(u64, hash).map(([height, each]) => new Status(height, each)),
  rangeRequest: u64.map((height) => new RangeRequest(height)),
  rangeResponse: fc.array(certified, { maxLength: 3 }).map((blocks) => new RangeResponse(blocks)),
  blockRequest: fc.tuple(u64, hash).map(([height, each]) => new BlockRequest(height, each)),
  blockBody: block.map((each) => new BlockBody(each)),
  announce: ids.map((each) => new Announce(each)),
  request: ids.map((each) => new Request(each)),
  checkpointVote,
  transactions: fc.array(transaction, { maxLength: 3 }).map((each) => new Transactions(each)),
  ...lightMessages({ u32, u64, hash, header, certificate, certifiedCheckpoint }),
};

/** Any well-formed message. */
export const message = fc.oneof(...Object.values(messages));
