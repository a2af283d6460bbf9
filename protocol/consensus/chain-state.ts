import { assert } from "../core/assert.ts";
import { Writer } from "../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../core/ids.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/limits.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { type Accounts, applyTransfer, transferFault } from "../ledger/accounts.ts";
import { Block, transactionRoot } from "../ledger/block.ts";
import { BLOCK_VERSION, type Header } from "../ledger/header.ts";
import {
  type EvidenceReport,
  encodeTransaction,
  type Rejoin,
  type SortitionClaim,
  type Transaction,
  type Transfer,
} from "../ledger/transaction.ts";
import { convict, decodeEvidence } from "./evidence.ts";
import { type ConsensusParameters, writeParameters } from "./parameters.ts";
import type { Registry } from "./registry.ts";
import { genesisRotation, type Rotation } from "./rotation.ts";
import { priorityOf } from "./sortition.ts";

/** A chain after one of its blocks: everything that decides what may follow. Immutable, shared by nodes that agree. */
export interface ChainState {
  readonly height: number;
  readonly blockHash: Hash;
  readonly timeUs: number;
  readonly stateRoot: Hash;
  readonly accounts: Accounts;
  readonly rotation: Rotation;
  /** Base units that slashing has burned. */
  readonly burned: bigint;
}

/** What a proposer decides about a block besides its transactions. */
export interface BlockPlan {
  readonly originalView: number;
  readonly timeUs: number;
  readonly proposer: DelegateId;
}

interface Ledger {
  accounts: Accounts;
  rotation: Rotation;
  burned: bigint;
}

/** Why a transaction or block is refused; a closed set would only repeat these sentences. */
type Refusal = string;

function stateRootOf({ accounts, rotation, burned }: Ledger): Hash {
  const amounts = hashTagged("orrery/burned", hashToBytes(burned.toString(16).padStart(64, "0") as Hash));
  return hashTagged("orrery/state", hashToBytes(accounts.root), hashToBytes(rotation.root), hashToBytes(amounts));
}

/** The state before block 1. */
export function genesisState(options: {
  registry: Registry;
  parameters: ConsensusParameters;
  accounts: Accounts;
  timeUs: number;
}): ChainState {
  const { registry, parameters, accounts, timeUs } = options;
  const writer = new Writer().u64(timeUs).hash(accounts.root);
  writeParameters(writer, parameters);
  registry.write(writer);
  const blockHash = hashTagged("orrery/genesis", writer.finish());
  const rotation = genesisRotation(registry, parameters, blockHash);
  const ledger = { accounts, rotation, burned: 0n };
  return { height: 0, blockHash, timeUs, stateRoot: stateRootOf(ledger), ...ledger };
}

function executeTransfer(crypto: NodeCrypto, ledger: Ledger, transfer: Transfer): Refusal | null {
  if (transfer.chainId !== ledger.rotation.parameters.chainId) return "transfer of another chain";
  const fault = transferFault(ledger.accounts, transfer);
  if (fault !== null) return fault;
  if (!crypto.verify(transfer, transfer.from)) return "transfer with a bad signature";
  ledger.accounts = applyTransfer(ledger.accounts, transfer);
  return null;
}

function executeClaim(crypto: NodeCrypto, ledger: Ledger, claim: SortitionClaim): Refusal | null {
  const { rotation } = ledger;
  if (claim.chainId !== rotation.parameters.chainId) return "claim of another chain";
  if (claim.iteration !== rotation.iteration + 1) return "claim for another iteration";
  if (!rotation.maySeekSeat(claim.delegate)) return "claim by no candidate, or a second one";
  const { vrfPublicKey } = rotation.registry.of(claim.delegate);
  const output = crypto.vrfVerify(vrfPublicKey, rotation.claimAlpha, claim.proof);
  if (output === null) return "claim with a bad proof";
  ledger.rotation = rotation.withClaim({
    delegate: claim.delegate,
    priority: priorityOf(output),
    proof: claim.proof,
  });
  return null;
}

function executeEvidence(crypto: NodeCrypto, ledger: Ledger, report: EvidenceReport): Refusal | null {
  const { rotation } = ledger;
  const standing = rotation.standings[report.culprit];
  if (standing === undefined || standing.slashed) return "evidence against nobody, or for a paid offence";
  const evidence = decodeEvidence(report.evidence);
  if (evidence === null) return "malformed evidence";
  const { chainId } = rotation.parameters;
  if (convict(crypto, rotation.registry, { chainId, evidence }) !== report.culprit) return "evidence proves nothing";
  ledger.burned += standing.bond;
  ledger.rotation = rotation.withStanding(report.culprit, { ...standing, bond: 0n, slashed: true });
  return null;
}

function executeRejoin(crypto: NodeCrypto, ledger: Ledger, rejoin: Rejoin): Refusal | null {
  const { rotation } = ledger;
  const standing = rotation.standings[rejoin.delegate];
  if (standing === undefined || rejoin.chainId !== rotation.parameters.chainId) return "rejoin of no delegate here";
  if (rejoin.nonce !== standing.rejoins + 1) return "rejoin with a used nonce";
  if (!crypto.verify(rejoin, rotation.registry.of(rejoin.delegate).publicKey)) return "rejoin with a bad signature";
  // Out until the second epoch after this one: whatever it signed before it lost its disk is settled by then (C7).
  const next = { ...standing, rejoins: rejoin.nonce, eligibleEpoch: rotation.epoch + 2 };
  ledger.rotation = rotation.withStanding(rejoin.delegate, next);
  return null;
}

function executeTransaction(crypto: NodeCrypto, ledger: Ledger, transaction: Transaction): Refusal | null {
  switch (transaction.kind) {
    case "transfer":
      return executeTransfer(crypto, ledger, transaction);
    case "claim":
      return executeClaim(crypto, ledger, transaction);
    case "evidence":
      return executeEvidence(crypto, ledger, transaction);
    case "rejoin":
      return executeRejoin(crypto, ledger, transaction);
  }
}

function feeOf(transaction: Transaction): bigint {
  return transaction.kind === "transfer" ? transaction.fee : 0n;
}

function ledgerOf(state: ChainState): Ledger {
  return { accounts: state.accounts, rotation: state.rotation, burned: state.burned };
}

/** Pays the fees and turns to the next height. */
function close(ledger: Ledger, height: number, options: { plan: BlockPlan; fees: bigint }): void {
  const { plan, fees } = options;
  ledger.accounts = ledger.accounts.credit(ledger.rotation.registry.addressOf(plan.proposer), fees);
  ledger.rotation = ledger.rotation.advance(height, plan.originalView);
}

function sealed(state: ChainState, block: Block, ledger: Ledger): ChainState {
  const ended = ledger.rotation.iteration !== state.rotation.iteration;
  return {
    height: block.header.height,
    blockHash: block.hash,
    timeUs: block.header.timeUs,
    stateRoot: block.header.stateRoot,
    accounts: ledger.accounts,
    rotation: ended ? ledger.rotation.withSeed(block.hash) : ledger.rotation,
    burned: ledger.burned,
  };
}

function headerOf(state: ChainState, ledger: Ledger, plan: BlockPlan, root: Hash): Header {
  const { priority, proof } = state.rotation.proofOf(plan.proposer);
  return {
    version: BLOCK_VERSION,
    chainId: state.rotation.parameters.chainId,
    height: state.height + 1,
    originalView: plan.originalView,
    timeUs: plan.timeUs,
    previousHash: state.blockHash,
    transactionRoot: root,
    stateRoot: stateRootOf(ledger),
    proposer: plan.proposer,
    vrfPriority: priority,
    vrfProof: proof,
    nextCommitteeHash: nextCommitteeHash(ledger.rotation),
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
function executeFitting(crypto: NodeCrypto, ledger: Ledger, candidates: readonly Transaction[]): Transaction[] {
  let roomBytes = ledger.rotation.parameters.maxBlockBytes;
  const taken: Transaction[] = [];
  for (const candidate of candidates) {
    const sizeBytes = encodeTransaction(candidate).length;
    if (sizeBytes > roomBytes || executeTransaction(crypto, ledger, candidate) !== null) continue;
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
  const ledger = ledgerOf(state);
  const transactions = executeFitting(crypto, ledger, candidates);
  const fees = transactions.reduce((sum, each) => sum + feeOf(each), 0n);
  close(ledger, state.height + 1, { plan, fees });
  const block = new Block(headerOf(state, ledger, plan, transactionRoot(transactions)), transactions);
  return { block, after: sealed(state, block, ledger) };
}

function headerRefusal(state: ChainState, header: Header): Refusal | null {
  const { rotation } = state;
  if (header.version !== BLOCK_VERSION) return "block of another version";
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
  if (block.bodyBytes > state.rotation.parameters.maxBlockBytes) return { after: null, refusal: "block too large" };
  const ledger = ledgerOf(state);
  let fees = 0n;
  for (const transaction of transactions) {
    const refusal = executeTransaction(crypto, ledger, transaction);
    if (refusal !== null) return { after: null, refusal };
    fees += feeOf(transaction);
  }
  close(ledger, header.height, { plan: header, fees });
  const expected = new Block(headerOf(state, ledger, header, block.bodyRoot), transactions);
  if (expected.hash !== block.hash) return { after: null, refusal: "block whose header is not the one its body gives" };
  return { after: sealed(state, block, ledger), refusal: null };
}
