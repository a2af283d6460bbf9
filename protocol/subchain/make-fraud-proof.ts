import { executionLeaf, executionTreeOf } from "../consensus/state-root.ts";
import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { hashToBytes } from "../crypto/hash.ts";
import { addressOf } from "../ledger/address.ts";
import type { Header } from "../ledger/header.ts";
import { encodeTransaction, type Transaction } from "../ledger/transaction.ts";
import type { CertifiedHeader } from "../light/certified-header.ts";
import { proveTransaction } from "../light/state-proof.ts";
import type { ExecutionContext } from "./execution-context.ts";
import type { FraudProof, FraudStep, Witness } from "./fraud-proof.ts";
import { closingStep, executeStep, isNative, type Step } from "./re-execution.ts";
import type { Payees } from "./rewards.ts";

/**
 * A final block of a subchain as somebody has it who knows the ledger before it, and what its signers say came of it. What they
 * withhold cannot be proven.
 */
export interface SuspectBlock {
  /** With the committee of the block as its members. */
  readonly certified: CertifiedHeader;
  readonly transactions: readonly Transaction[];
  /** The ledger's roots under the header's execution root, one more than there are transactions. */
  readonly roots: readonly Hash[];
  /** The ledger before the block. */
  readonly entries: AuthenticatedMap;
  /** What its two ends can be judged by; null to judge the transactions alone. */
  readonly ends: BlockEnds | null;
}

/** What stands around a block's execution tree. */
export interface BlockEnds {
  readonly previous: Header;
  /** The other half of the previous header's state root. */
  readonly previousRotationRoot: Hash;
  /** The two halves of the block's own state root. */
  readonly ledgerRoot: Hash;
  readonly rotationRoot: Hash;
}

/** What does not change from block to block. */
type ChainContext = Pick<ExecutionContext, "crypto" | "specification" | "extensions">;

function after(map: AuthenticatedMap, { writes }: Step): AuthenticatedMap {
  let result = map;
  for (const [key, value] of writes) result = value === undefined ? result.delete(key) : result.set(key, value);
  return result;
}

/** Each entry is proven in the ledger that the ones before it have changed already. */
function witnessesOf(map: AuthenticatedMap, { touched, writes }: Step): Witness[] {
  let current = map;
  return touched.map((key) => {
    const witness = { key, value: map.get(key) ?? null, proof: current.prove(key) };
    if (writes.has(key)) {
      const value = writes.get(key);
      current = value === undefined ? current.delete(key) : current.set(key, value);
    }
    return witness;
  });
}

function contextOf(chain: ChainContext, { certified }: Pick<SuspectBlock, "certified">): ExecutionContext {
  const { height, timeUs } = certified.header;
  return { ...chain, height, timeUs };
}

function payeesOf({ header, members }: CertifiedHeader): Payees {
  const proposer = members.find(({ id }) => id === header.proposer);
  assert(proposer !== undefined, "a final block's proposer sits in its committee");
  return { committee: members.map(({ publicKey }) => addressOf(publicKey)), proposer: addressOf(proposer.publicKey) };
}

/** A step in its place: by its transaction's, or, as many as there are, the end of the block. */
interface Place {
  readonly index: number;
  /** The ledger before the step. */
  readonly ledger: AuthenticatedMap;
}

function executeAt(chain: ChainContext, block: SuspectBlock, { index, ledger }: Place): Step {
  const context = contextOf(chain, block);
  const transaction = block.transactions[index];
  const entryOf = (key: Hash) => ledger.get(key);
  if (transaction === undefined) return closingStep(context, entryOf, payeesOf(block.certified));
  return executeStep(context, entryOf, transaction);
}

function stepAt({ transactions, roots, ends }: SuspectBlock, index: number): { step: FraudStep; after: Hash } {
  if (index === transactions.length) {
    assert(ends !== null, "the end of the block is known");
    const { previous, rotationRoot, ledgerRoot } = ends;
    return { step: { kind: "closing", previous, rotationRoot }, after: ledgerRoot };
  }
  const encoded = transactions.map(encodeTransaction);
  const afterProof = proveTransaction(roots.map(hashToBytes), index + 1);
  const [transaction, proof] = [encoded[index] as Uint8Array, proveTransaction(encoded, index)];
  return { step: { kind: "transaction", transaction, proof, afterProof }, after: roots[index + 1] as Hash };
}

/** Shows one step of a final block, right or wrong: a judge finds out which. */
export function proveStep(chain: ChainContext, block: SuspectBlock, place: Place): FraudProof {
  const { certified, roots } = block;
  return {
    header: certified,
    ...stepAt(block, place.index),
    executionTree: executionTreeOf(roots.map(executionLeaf)),
    before: roots[place.index] as Hash,
    beforeProof: proveTransaction(roots.map(hashToBytes), place.index),
    witnesses: witnessesOf(place.ledger, executeAt(chain, block, place)),
  };
}

/** @returns the ledger's roots before and after each transaction of a block, as the rules have them, up to a refused one */
export function ledgerRoots(
  chain: ChainContext,
  block: Pick<SuspectBlock, "certified" | "transactions" | "entries">,
): Hash[] {
  const context = contextOf(chain, block);
  let map = block.entries;
  const roots = [map.root];
  for (const transaction of block.transactions) {
    const current = map;
    const step = executeStep(context, (key) => current.get(key), transaction);
    if (step.refusal !== null) break;
    map = after(map, step);
    roots.push(map.root);
  }
  return roots;
}

/** Shows how a final block starts from the ledger that the last one left. */
export function proveOpening({ certified, roots, entries }: SuspectBlock, ends: BlockEnds): FraudProof {
  return {
    header: certified,
    step: { kind: "opening", previous: ends.previous, rotationRoot: ends.previousRotationRoot },
    executionTree: executionTreeOf(roots.map(executionLeaf)),
    before: entries.root,
    beforeProof: proveTransaction(roots.map(hashToBytes), 0),
    after: roots[0] as Hash,
    witnesses: [],
  };
}

/**
 * Finds the first step of a final block that is not what the rules give, and proves it (S8).
 *
 * @returns null when no step is wrong, or the first wrong one is of a kind that the rootchain does not know
 */
export function makeFraudProof(chain: ChainContext, block: SuspectBlock): FraudProof | null {
  const { transactions, roots, entries, ends } = block;
  if (entries.root !== roots[0]) return ends === null ? null : proveOpening(block, ends);
  const steps = ends === null ? transactions.length : transactions.length + 1;
  let ledger = entries;
  for (let index = 0; index < steps; index++) {
    const place = { index, ledger };
    const step = executeAt(chain, block, place);
    ledger = after(ledger, step);
    const claimed = index === transactions.length ? ends?.ledgerRoot : roots[index + 1];
    if (step.refusal === null && ledger.root === claimed) continue;
    const transaction = transactions[index];
    return transaction === undefined || isNative(transaction) ? proveStep(chain, block, place) : null;
  }
  return null;
}
