import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import { updatedRoot } from "../crypto/map-update.ts";
import { isSystem, type Transaction } from "../ledger/transaction.ts";
import { closeOn, executeOn } from "./execute.ts";
import type { ExecutionContext } from "./execution-context.ts";
import type { Witness } from "./fraud-proof.ts";
import type { Payees } from "./rewards.ts";
import { OverlayWorkspace } from "./workspace.ts";

/** What one step of a block makes of entries: everything it asked for, and what it wrote unless it was refused. */
export interface Step {
  readonly refusal: Refusal | null;
  /** In order of the first time. */
  readonly touched: readonly Hash[];
  readonly writes: ReadonlyMap<Hash, Uint8Array | undefined>;
}

/** A step that leaves everything as it is. */
export const NO_CHANGE: Step = { refusal: null, touched: [], writes: new Map() };

/** What an entry was before a step: the ledger may be at hand as a whole, or in a few witnesses. */
export type EntryBefore = (key: Hash) => Uint8Array | undefined;

/** @returns whether the rootchain knows what a transaction means without knowing the chain's own extensions (S8) */
export function isNative(transaction: Transaction): boolean {
  return transaction.kind !== "action" || transaction.action.kind !== "call";
}

function stepOf(before: EntryBefore, act: (workspace: OverlayWorkspace) => Refusal | null): Step {
  const workspace = new OverlayWorkspace(before);
  const refusal = act(workspace);
  return { refusal, touched: [...workspace.touched], writes: refusal === null ? workspace.writes : new Map() };
}

/** Executes one transaction again. */
export function executeStep(context: ExecutionContext, before: EntryBefore, transaction: Transaction): Step {
  // What consensus executes leaves the ledger as it is: bonds lie on the rootchain.
  if (isSystem(transaction)) return NO_CHANGE;
  return stepOf(before, (workspace) => executeOn(context, workspace, transaction));
}

/** Ends a block again. */
export function closingStep(
  context: Pick<ExecutionContext, "specification" | "height">,
  before: EntryBefore,
  payees: Payees,
): Step {
  return stepOf(before, (workspace) => closeOn(context, workspace, payees));
}

/**
 * Follows the witnesses from one root to the next.
 *
 * @returns the root after the step's writes, or null when a witness is not what the map of the root before held
 */
export function followWitnesses(before: Hash, witnesses: readonly Witness[], { writes }: Step): Hash | null {
  let root: Hash | null = before;
  for (const { key, value, proof } of witnesses) {
    if (root === null) return null;
    const was = value ?? undefined;
    root = updatedRoot(root, { key, before: was, after: writes.has(key) ? writes.get(key) : was }, proof);
  }
  return root;
}
