import { keysOf, type SubchainRecord } from "../bridge/subchain-record.ts";
import { executionRootOf } from "../consensus/state-root.ts";
import { Phase, type Vote } from "../consensus/vote.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { hashToBytes } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { headerHash } from "../ledger/header.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import { verifyTransaction } from "../light/state-proof.ts";
import type { FraudProof } from "./fraud-proof.ts";
import { executeStep, followWitnesses, isNative } from "./re-execution.ts";
import type { ChainSpecification } from "./specification.ts";

/** Who signed a false step, or why nothing was proven. */
export type FraudVerdict =
  | { readonly culprits: readonly DelegateId[]; readonly refusal: null }
  | { readonly culprits: null; readonly refusal: string };

function refused(refusal: string): FraudVerdict {
  return { culprits: null, refusal };
}

/** @returns why the parts of a proof do not stand where they say under the header's roots, or null */
function placeRefusal({ header: { header }, ...fraud }: FraudProof): string | null {
  const { index, size } = fraud.proof;
  const { beforeProof, afterProof, executionTree } = fraud;
  // A branch shows a place only in a tree of known size, which the execution root commits to.
  if (executionRootOf(size, executionTree) !== header.executionRoot) return "fraud proof of another size";
  const placed = beforeProof.index === index && afterProof.index === index + 1;
  const sized = beforeProof.size === size + 1 && afterProof.size === size + 1;
  if (!placed || !sized) return "fraud proof whose roots are not around its transaction";
  if (!verifyTransaction(header.transactionRoot, fraud.transaction, fraud.proof))
    return "transaction that is not there";
  const before = verifyTransaction(executionTree, hashToBytes(fraud.before), beforeProof);
  return before && verifyTransaction(executionTree, hashToBytes(fraud.after), afterProof)
    ? null
    : "roots that are not there";
}

/** @returns why the step is right, or not shown to be wrong; null when it is wrong */
function stepRefusal(crypto: NodeCrypto, specification: ChainSpecification, fraud: FraudProof): string | null {
  const { witnesses, before } = fraud;
  const { height, timeUs } = fraud.header.header;
  const transaction = decodeTransaction(fraud.transaction);
  // Nobody could execute it, so nobody could find any root after it.
  if (transaction === null) return null;
  if (!isNative(transaction)) return "step that only its own chain understands";
  const values = new Map<Hash, Uint8Array | null>(witnesses.map(({ key, value }) => [key, value]));
  if (values.size !== witnesses.length) return "two witnesses of one entry";
  const context = { crypto, specification, height, timeUs, extensions: new Map() };
  const step = executeStep(context, (key) => values.get(key) ?? undefined, transaction);
  if (!step.touched.every((key) => values.has(key))) return "step without all its witnesses";
  const expected = followWitnesses(before, witnesses, step);
  if (expected === null) return "witness that does not hold";
  return step.refusal === null && expected === fraud.after ? "step that is right" : null;
}

/** @returns the signers whose commit stands under a header, by any key that ever acted in their seat */
function committers(
  crypto: NodeCrypto,
  { operators }: Pick<SubchainRecord, "operators">,
  fraud: FraudProof,
): DelegateId[] {
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
 * Judges evidence (b) of S8 by executing one transaction of a subchain again, from witnesses. Whoever signed a commit for its
 * block is guilty, in whatever committee and with however many others: an honest operator executes before it signs.
 *
 * @param record the rootchain's own of the chain
 */
export function judgeFraud(
  crypto: NodeCrypto,
  record: Pick<SubchainRecord, "specification" | "operators">,
  fraud: FraudProof,
): FraudVerdict {
  const { chainId } = record.specification.parameters;
  if (fraud.header.header.chainId !== chainId) return refused("fraud proof of another chain");
  const refusal = placeRefusal(fraud) ?? stepRefusal(crypto, record.specification, fraud);
  if (refusal !== null) return refused(refusal);
  const culprits = committers(crypto, record, fraud);
  return culprits.length === 0 ? refused("fraud that no operator signed") : { culprits, refusal: null };
}
