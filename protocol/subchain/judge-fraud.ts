import { keysOf, type SubchainRecord } from "../bridge/subchain-record.ts";
import { committeeHash } from "../consensus/committee.ts";
import { quorumOf } from "../consensus/parameters.ts";
import { executionRootOf, stateRootOf } from "../consensus/state-root.ts";
import { Phase, type Vote } from "../consensus/vote.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { bytesToHash, hashToBytes } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { addressOf } from "../ledger/address.ts";
import { headerHash } from "../ledger/header.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import { verifyTransaction } from "../light/state-proof.ts";
import type { FraudProof, FraudStep } from "./fraud-proof.ts";
import {
  closingStep,
  type EntryBefore,
  executeStep,
  followWitnesses,
  isNative,
  NO_CHANGE,
  type Step,
} from "./re-execution.ts";
import type { Payees } from "./rewards.ts";

/** Who signed a false step, or why nothing was proven. */
export type FraudVerdict =
  | { readonly culprits: readonly DelegateId[]; readonly refusal: null }
  | { readonly culprits: null; readonly refusal: string };

/** What the rootchain knows of the chain. */
type KnownChain = Pick<SubchainRecord, "specification" | "operators">;
type TransactionStep = Extract<FraudStep, { kind: "transaction" }>;
type OpeningStep = Extract<FraudStep, { kind: "opening" }>;
type ClosingStep = Extract<FraudStep, { kind: "closing" }>;
/** A step executed again, or why it cannot be; null for one that nobody can execute. */
type Again = Step | string | null;

function refused(refusal: string): FraudVerdict {
  return { culprits: null, refusal };
}

/** @returns why a root is not one of the execution tree's, or null @param size transactions in the block */
function rootRefusal(fraud: FraudProof, root: Hash, size: number): string | null {
  const { header, executionTree, beforeProof } = fraud;
  if (size < 0) return "fraud proof of another size";
  // A branch shows a place only in a tree of known size, which the execution root commits to.
  if (executionRootOf(size, executionTree) !== header.header.executionRoot) return "fraud proof of another size";
  if (beforeProof.size !== size + 1) return "fraud proof of another size";
  return verifyTransaction(executionTree, hashToBytes(root), beforeProof) ? null : "roots that are not there";
}

function openingRefusal(fraud: FraudProof, { previous, rotationRoot }: OpeningStep): string | null {
  const { before, after, beforeProof, witnesses } = fraud;
  const refusal = rootRefusal(fraud, after, beforeProof.size - 1);
  if (refusal !== null) return refusal;
  if (beforeProof.index !== 0 || witnesses.length > 0) return "fraud proof that does not end at the first root";
  if (headerHash(previous) !== fraud.header.header.previousHash) return "fraud proof with another header before";
  return stateRootOf(before, rotationRoot) === previous.stateRoot ? null : "roots that are not there";
}

function transactionRefusal(fraud: FraudProof, { transaction, proof, afterProof }: TransactionStep): string | null {
  const { index, size } = proof;
  const { header, executionTree, after, beforeProof } = fraud;
  const refusal = rootRefusal(fraud, fraud.before, size);
  if (refusal !== null) return refusal;
  const placed = beforeProof.index === index && afterProof.index === index + 1 && afterProof.size === size + 1;
  if (!placed) return "fraud proof whose roots are not around its transaction";
  if (!verifyTransaction(header.header.transactionRoot, transaction, proof)) return "transaction that is not there";
  return verifyTransaction(executionTree, hashToBytes(after), afterProof) ? null : "roots that are not there";
}

function closingRefusal(fraud: FraudProof, { previous, rotationRoot }: ClosingStep): string | null {
  const { header } = fraud.header;
  const refusal = rootRefusal(fraud, fraud.before, fraud.beforeProof.size - 1);
  if (refusal !== null) return refusal;
  if (fraud.beforeProof.index !== fraud.beforeProof.size - 1)
    return "fraud proof that does not start from the last root";
  if (headerHash(previous) !== header.previousHash) return "fraud proof with another header before";
  return stateRootOf(fraud.after, rotationRoot) === header.stateRoot ? null : "roots that are not there";
}

/** @returns who is paid at a block's end, null where the proof does not show it beyond doubt */
function payeesOf({ operators }: KnownChain, fraud: FraudProof, { previous }: ClosingStep): Payees | null {
  const { header, members } = fraud.header;
  const keys = members.map(({ publicKey }) => publicKey);
  if (committeeHash(quorumOf(keys.length), keys, null) !== previous.nextCommitteeHash) return null;
  let proposer: Hash | null = null;
  for (const key of keys) {
    // The committee's hash names keys only, the header names a seat: a key that acted in two seats tells nothing.
    const name = bytesToHash(key);
    const seats = operators.flatMap((each, id) => (keysOf(each).some((own) => bytesToHash(own) === name) ? [id] : []));
    if (seats.length !== 1) return null;
    if (seats[0] === header.proposer) proposer = proposer === null ? addressOf(key) : null;
  }
  return proposer === null ? null : { committee: keys.map(addressOf), proposer };
}

function executeAgain(crypto: NodeCrypto, record: KnownChain, fraud: FraudProof, before: EntryBefore): Again {
  const { specification } = record;
  const { height, timeUs } = fraud.header.header;
  const { step } = fraud;
  if (step.kind === "opening") return NO_CHANGE;
  if (step.kind === "closing") {
    const payees = payeesOf(record, fraud, step);
    return payees === null
      ? "end of a block with an unknown committee"
      : closingStep({ specification, height }, before, payees);
  }
  const transaction = decodeTransaction(step.transaction);
  if (transaction === null) return null;
  if (!isNative(transaction)) return "step that only its own chain understands";
  return executeStep({ crypto, specification, height, timeUs, extensions: new Map() }, before, transaction);
}

function placeRefusal(fraud: FraudProof, step: FraudStep): string | null {
  switch (step.kind) {
    case "opening":
      return openingRefusal(fraud, step);
    case "transaction":
      return transactionRefusal(fraud, step);
    case "closing":
      return closingRefusal(fraud, step);
  }
}

/** @returns why the step is right, or not shown to be wrong; null when it is wrong */
function stepRefusal(crypto: NodeCrypto, record: KnownChain, fraud: FraudProof): string | null {
  const { witnesses, step } = fraud;
  const misplaced = placeRefusal(fraud, step);
  if (misplaced !== null) return misplaced;
  const values = new Map<Hash, Uint8Array | null>(witnesses.map(({ key, value }) => [key, value]));
  if (values.size !== witnesses.length) return "two witnesses of one entry";
  const again = executeAgain(crypto, record, fraud, (key) => values.get(key) ?? undefined);
  // Nobody could execute it, so nobody could find any root after it.
  if (again === null || typeof again === "string") return again;
  if (!again.touched.every((key) => values.has(key))) return "step without all its witnesses";
  const expected = followWitnesses(fraud.before, witnesses, again);
  if (expected === null) return "witness that does not hold";
  return again.refusal === null && expected === fraud.after ? "step that is right" : null;
}

/** @returns the signers whose commit stands under a header, by any key that ever acted in their seat */
function committers(crypto: NodeCrypto, { operators }: KnownChain, fraud: FraudProof): DelegateId[] {
  const { header, certificate } = fraud.header;
  const blockHash = headerHash(header);
  const signed = (vote: Vote): boolean => {
    const operator = operators[vote.signer];
    const about = vote.chainId === header.chainId && vote.height === header.height && vote.blockHash === blockHash;
    if (!about || vote.phase !== Phase.commit || operator === undefined) return false;
    return keysOf(operator).some((key) => crypto.verify(vote, key));
  };
  return [...new Set(certificate.votes.filter(signed).map(({ signer }) => signer))];
}

/**
 * Judges evidence (b) of S8 by taking one step of a subchain's block again, from witnesses. Whoever signed a commit for its
 * block is guilty, in whatever committee and with however many others: an honest operator executes before it signs.
 *
 * @param record the rootchain's own of the chain
 */
export function judgeFraud(crypto: NodeCrypto, record: KnownChain, fraud: FraudProof): FraudVerdict {
  const { chainId } = record.specification.parameters;
  if (fraud.header.header.chainId !== chainId) return refused("fraud proof of another chain");
  const refusal = stepRefusal(crypto, record, fraud);
  if (refusal !== null) return refused(refusal);
  const culprits = committers(crypto, record, fraud);
  return culprits.length === 0 ? refused("fraud that no operator signed") : { culprits, refusal: null };
}
