import { assert } from "../core/assert.ts";
import { Writer } from "../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../core/ids.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/limits.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { Block, bodyOf } from "../ledger/block.ts";
import { type Header, headerHash } from "../ledger/header.ts";
import {
  type CheckpointTransaction,
  type EvidenceReport,
  type Rejoin,
  type SortitionClaim,
  type Transaction,
  transactionBytes,
} from "../ledger/transaction.ts";
import { checkpointHash, checkpointRefusal } from "./checkpoint.ts";
import { convict, decodeEvidence } from "./evidence.ts";
import type { Draft, LedgerDraft, LedgerRules, LedgerState, Refusal } from "./ledger-rules.ts";
import { checkpointAt } from "./make-checkpoint.ts";
import { blockVersionAt, type ConsensusParameters, maxBlockBytesAt, writeParameters } from "./parameters.ts";
import type { Registry } from "./registry.ts";
import { genesisRotation, type Rotation } from "./rotation.ts";
import { priorityOf } from "./sortition.ts";
import { executionLeaf, executionRootOf, executionTreeOf, stateRootOf } from "./state-root.ts";

/** A chain after one of its blocks: everything that decides what may follow. Immutable, shared by nodes that agree. */
export interface ChainState {
  readonly height: number;
  readonly blockHash: Hash;
  readonly timeUs: number;
  readonly stateRoot: Hash;
  readonly ledger: LedgerState;
  readonly rotation: Rotation;
  /** What the chain's transactions mean. */
  readonly rules: LedgerRules;
}

/** What a proposer decides about a block besides its transactions. */
export interface BlockPlan {
  readonly originalView: number;
  readonly timeUs: number;
  readonly proposer: DelegateId;
}

/** A block under way: what consensus knows of it, beside what its ledger makes of it. */
interface Working extends Draft {
  readonly ledger: LedgerDraft;
}

/**
 * The state before block 1.
 *
 * @param options.ledger what the genesis hash commits to
 * @param options.rules of the ledger
 */
export function genesisState(options: {
  registry: Registry;
  parameters: ConsensusParameters;
  ledger: LedgerState;
  rules: LedgerRules;
  timeUs: number;
}): ChainState {
  const { registry, parameters, ledger, rules, timeUs } = options;
  const writer = new Writer().u64(timeUs).hash(ledger.entries.root);
  writeParameters(writer, parameters);
  registry.write(writer);
  const blockHash = hashTagged("orrery/genesis", writer.finish());
  const rotation = genesisRotation(registry, parameters, blockHash);
  return {
    height: 0,
    blockHash,
    timeUs,
    stateRoot: stateRootOf(ledger.entries.root, rotation.root),
    ledger,
    rotation,
    rules,
  };
}

/**
 * Puts entries that cannot be part of the genesis hash, because they name chains that build on it, into the state before block 1.
 * The first block's state root commits to them.
 */
export function withGenesisLedger(state: ChainState, ledger: LedgerState): ChainState {
  assert(state.height === 0, "only genesis can be completed");
  return { ...state, ledger, stateRoot: stateRootOf(ledger.entries.root, state.rotation.root) };
}

function executeClaim(working: Working, claim: SortitionClaim): Refusal | null {
  const { crypto, rotation } = working;
  if (claim.chainId !== rotation.parameters.chainId) return "claim of another chain";
  if (claim.iteration !== rotation.iteration + 1) return "claim for another iteration";
  if (!rotation.maySeekSeat(claim.delegate)) return "claim by no candidate, or a second one";
  const { vrfPublicKey } = rotation.registry.of(claim.delegate);
  const output = crypto.vrfVerify(vrfPublicKey, rotation.claimAlpha, claim.proof);
  if (output === null) return "claim with a bad proof";
  working.rotation = rotation.withClaim({
    delegate: claim.delegate,
    priority: priorityOf(output),
    proof: claim.proof,
  });
  return null;
}

function executeEvidence(working: Working, report: EvidenceReport): Refusal | null {
  const { crypto, rotation } = working;
  const standing = rotation.standings[report.culprit];
  if (standing === undefined || standing.slashed) return "evidence against nobody, or for a paid offence";
  const evidence = decodeEvidence(report.evidence);
  if (evidence === null) return "malformed evidence";
  const { chainId } = rotation.parameters;
  if (convict(crypto, rotation.registry, { chainId, evidence }) !== report.culprit) return "evidence proves nothing";
  working.rotation = rotation.withStanding(report.culprit, { ...standing, bond: 0n, slashed: true });
  working.ledger.confiscate(standing.bond, report);
  return null;
}

function executeRejoin(working: Working, rejoin: Rejoin): Refusal | null {
  const { crypto, rotation } = working;
  const standing = rotation.standings[rejoin.delegate];
  if (standing === undefined || rejoin.chainId !== rotation.parameters.chainId) return "rejoin of no delegate here";
  if (rejoin.nonce !== standing.rejoins + 1) return "rejoin with a used nonce";
  if (!crypto.verify(rejoin, rotation.registry.of(rejoin.delegate).publicKey)) return "rejoin with a bad signature";
  // Out until the second epoch after this one: whatever it signed before it lost its disk is settled by then (C7).
  // One that withdrew its bond stays out.
  const eligibleEpoch = Math.max(standing.eligibleEpoch, rotation.epoch + 2);
  const next = { ...standing, rejoins: rejoin.nonce, eligibleEpoch };
  working.rotation = rotation.withStanding(rejoin.delegate, next);
  return null;
}

function executeCheckpoint(working: Working, { certified }: CheckpointTransaction): Refusal | null {
  const { crypto, rotation } = working;
  const { epoch } = certified.checkpoint;
  const due = rotation.due.find((each) => each.checkpoint.epoch === epoch);
  if (due === undefined) return "checkpoint of no epoch that awaits one";
  if (checkpointHash(certified.checkpoint) !== due.hash) return "checkpoint of another history";
  const refusal = checkpointRefusal(crypto, due.delegates, certified);
  if (refusal === null) working.rotation = rotation.withCheckpoint(due);
  return refusal;
}

function executeTransaction(working: Working, transaction: Transaction): Refusal | null {
  switch (transaction.kind) {
    case "claim":
      return executeClaim(working, transaction);
    case "evidence":
      return executeEvidence(working, transaction);
    case "rejoin":
      return executeRejoin(working, transaction);
    case "checkpoint":
      return executeCheckpoint(working, transaction);
    default:
      return working.ledger.execute(transaction);
  }
}

class BlockDraft implements Working {
  readonly crypto: NodeCrypto;
  readonly height: number;
  readonly timeUs: number;
  readonly proposer: DelegateId;
  rotation: Rotation;
  readonly ledger: LedgerDraft;
  /** Ledger roots before and after each transaction, where the chain commits to them. */
  readonly #roots: Uint8Array[] | null;

  constructor(crypto: NodeCrypto, state: ChainState, plan: BlockPlan) {
    this.crypto = crypto;
    this.height = state.height + 1;
    this.timeUs = plan.timeUs;
    this.proposer = plan.proposer;
    this.rotation = state.rotation;
    this.ledger = state.rules.begin(state.ledger, this);
    this.#roots = state.rules.commitsExecution ? [] : null;
    this.#noteRoot();
  }

  /** @returns why the transaction is refused, or null after it took effect */
  execute(transaction: Transaction): Refusal | null {
    const refusal = executeTransaction(this, transaction);
    if (refusal === null) this.#noteRoot();
    return refusal;
  }

  #noteRoot(): void {
    this.#roots?.push(executionLeaf(this.ledger.entries.root));
  }

  get executionRoot(): Hash {
    if (this.#roots === null) return ZERO_HASH;
    return executionRootOf(this.#roots.length - 1, executionTreeOf(this.#roots));
  }

  /** Pays what is due and turns to the next height. */
  close(originalView: number): void {
    this.ledger.close();
    this.rotation = this.rotation.advance(this.height, originalView);
  }
}

/** What only the sealed block's hash gives: the seed at an iteration's end, the checkpoint at an epoch's. */
function sealedRotation(before: Rotation, { header, hash }: Block, after: Rotation): Rotation {
  if (after.iteration === before.iteration) return after;
  const seeded = after.withSeed(hash);
  return after.epoch === before.epoch ? seeded : seeded.withDue(checkpointAt(header, hash, { before, after: seeded }));
}

function sealed(state: ChainState, block: Block, draft: BlockDraft): ChainState {
  return {
    height: block.header.height,
    blockHash: block.hash,
    timeUs: block.header.timeUs,
    stateRoot: block.header.stateRoot,
    ledger: { entries: draft.ledger.entries },
    rotation: sealedRotation(state.rotation, block, draft.rotation),
    rules: state.rules,
  };
}

function headerOf(state: ChainState, draft: BlockDraft, plan: BlockPlan, root: Hash): Header {
  const { parameters } = state.rotation;
  const { priority, proof } = state.rotation.proofOf(plan.proposer);
  return {
    version: blockVersionAt(parameters, draft.height),
    chainId: parameters.chainId,
    height: draft.height,
    originalView: plan.originalView,
    timeUs: plan.timeUs,
    previousHash: state.blockHash,
    transactionRoot: root,
    stateRoot: stateRootOf(draft.ledger.entries.root, draft.rotation.root),
    executionRoot: draft.executionRoot,
    proposer: plan.proposer,
    vrfPriority: priority,
    vrfProof: proof,
    nextCommitteeHash: nextCommitteeHash(draft.rotation),
  };
}

/**
 * With the seed one block back, the next committee's seed is the very block that would name it: its header carries zero,
 * which is one of the reasons why that rule is only a variant to measure.
 */
function nextCommitteeHash(rotation: Rotation): Hash {
  const { sortition } = rotation.parameters;
  return sortition.mode === "threshold" && sortition.seedRule === "one-back" ? ZERO_HASH : rotation.committee.hash;
}

/** Executes candidates in order, as far as they fit a block. @returns those that took effect */
function executeFitting(draft: BlockDraft, candidates: readonly Transaction[]): Transaction[] {
  let roomBytes = maxBlockBytesAt(draft.rotation.parameters, draft.height);
  const taken: Transaction[] = [];
  for (const candidate of candidates) {
    const sizeBytes = transactionBytes(candidate);
    if (sizeBytes > roomBytes || draft.execute(candidate) !== null) continue;
    taken.push(candidate);
    roomBytes -= sizeBytes;
    if (taken.length === MAX_BLOCK_TRANSACTIONS) break;
  }
  return taken;
}

/**
 * Builds the next block from candidates in order, leaving out what cannot take effect.
 *
 * @param crypto pays for what it verifies
 * @returns the block, and the state after it
 */
export function buildBlock(
  crypto: NodeCrypto,
  state: ChainState,
  options: { plan: BlockPlan; candidates: readonly Transaction[] },
): { block: Block; after: ChainState } {
  const { plan, candidates } = options;
  assert(plan.timeUs >= state.timeUs + state.rotation.parameters.roundUs, "a block is a round later than its parent");
  const draft = new BlockDraft(crypto, state, plan);
  const transactions = executeFitting(draft, candidates);
  draft.close(plan.originalView);
  const body = bodyOf(transactions);
  const block = new Block(headerOf(state, draft, plan, body.root), transactions, body);
  return { block, after: sealed(state, block, draft) };
}

function headerRefusal(state: ChainState, header: Header): Refusal | null {
  const { rotation } = state;
  if (header.version !== blockVersionAt(rotation.parameters, state.height + 1)) return "block of another version";
  if (header.chainId !== rotation.parameters.chainId) return "block of another chain";
  if (header.height !== state.height + 1) return "block of another height";
  if (header.previousHash !== state.blockHash) return "block on another parent";
  if (header.timeUs < state.timeUs + rotation.parameters.roundUs) return "block before its time";
  return header.proposer === rotation.proposer(header.originalView) ? null : "block of another proposer";
}

/** What judging a block finds: the state after it, or why it is refused. */
export type Judgement =
  | { readonly after: ChainState; readonly refusal: null }
  | { readonly after: null; readonly refusal: Refusal };

/** Judges a block against the state before it, re-executing all of it. Pure: same state and block, same result. */
export function judgeBlock(crypto: NodeCrypto, state: ChainState, block: Block): Judgement {
  const { header, transactions } = block;
  const refused = headerRefusal(state, header);
  if (refused !== null) return { after: null, refusal: refused };
  const maxBytes = maxBlockBytesAt(state.rotation.parameters, header.height);
  if (block.bodyBytes > maxBytes) return { after: null, refusal: "block too large" };
  const draft = new BlockDraft(crypto, state, header);
  for (const transaction of transactions) {
    const refusal = draft.execute(transaction);
    if (refusal !== null) return { after: null, refusal };
  }
  draft.close(header.originalView);
  const expected = headerHash(headerOf(state, draft, header, block.bodyRoot));
  if (expected !== block.hash) return { after: null, refusal: "block whose header is not the one its body gives" };
  return { after: sealed(state, block, draft), refusal: null };
}
