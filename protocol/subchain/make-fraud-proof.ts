import { executionLeaf, executionTreeOf } from "../consensus/state-root.ts";
import type { Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { hashToBytes } from "../crypto/hash.ts";
import { encodeTransaction, type Transaction } from "../ledger/transaction.ts";
import type { CertifiedHeader } from "../light/certified-header.ts";
import { proveTransaction } from "../light/state-proof.ts";
import type { ExecutionContext } from "./execution-context.ts";
import type { FraudProof, Witness } from "./fraud-proof.ts";
import { executeStep, isNative, type Step } from "./re-execution.ts";

/** A final block of a subchain as somebody who has the ledger before it received it. */
export interface SuspectBlock {
  readonly certified: CertifiedHeader;
  readonly transactions: readonly Transaction[];
  /** The ledger's roots that the header's execution root commits to, one more than there are transactions. */
  readonly roots: readonly Hash[];
  /** The ledger before the block. */
  readonly entries: AuthenticatedMap;
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

function proofAt(block: SuspectBlock, index: number, witnesses: readonly Witness[]): FraudProof {
  const { certified, transactions, roots } = block;
  const encoded = transactions.map(encodeTransaction);
  const leaves = roots.map(hashToBytes);
  return {
    header: certified,
    transaction: encoded[index] as Uint8Array,
    proof: proveTransaction(encoded, index),
    executionTree: executionTreeOf(roots.map(executionLeaf)),
    before: roots[index] as Hash,
    beforeProof: proveTransaction(leaves, index),
    after: roots[index + 1] as Hash,
    afterProof: proveTransaction(leaves, index + 1),
    witnesses,
  };
}

/** @returns the ledger's roots before and after each transaction of a block, as the rules have them, up to a refused one */
export function ledgerRoots(chain: ChainContext, block: Omit<SuspectBlock, "roots">): Hash[] {
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

/**
 * Shows one step of a final block, right or wrong: a judge finds out which.
 *
 * @param ledger the ledger before the step
 */
export function proveStep(
  chain: ChainContext,
  block: SuspectBlock,
  { index, ledger }: { index: number; ledger: AuthenticatedMap },
): FraudProof {
  const step = executeStep(contextOf(chain, block), (key) => ledger.get(key), block.transactions[index] as Transaction);
  return proofAt(block, index, witnessesOf(ledger, step));
}

/**
 * Finds the first step of a final block that is not what the rules give, and proves it (S8).
 *
 * The block's own roots are needed: what its signers withhold cannot be proven.
 *
 * @returns null when every step is right, or the first wrong one is of a kind that the rootchain does not know
 */
export function makeFraudProof(chain: ChainContext, block: SuspectBlock): FraudProof | null {
  const { transactions, roots } = block;
  const context = contextOf(chain, block);
  let ledger = block.entries;
  for (const [index, transaction] of transactions.entries()) {
    // Before this step stands what no step led to: that is wrong, but no transaction of this block shows it.
    if (ledger.root !== roots[index]) return null;
    const current = ledger;
    const step = executeStep(context, (key) => current.get(key), transaction);
    ledger = after(current, step);
    if (step.refusal === null && ledger.root === roots[index + 1]) continue;
    return isNative(transaction) ? proveStep(chain, block, { index, ledger: current }) : null;
  }
  return null;
}
