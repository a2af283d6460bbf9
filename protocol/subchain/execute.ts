import type { Refusal } from "../consensus/ledger-rules.ts";
import type { LedgerTransaction } from "../ledger/transaction.ts";
import { executeAction, executeTransfer } from "./execute-account.ts";
import { executeRefund, executeReorg } from "./execute-bridge.ts";
import { executeRootUpdate } from "./execute-root-update.ts";
import type { ExecutionContext } from "./execution-context.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Executes one transaction of a subchain on its entries: the one meaning that operators, pools and the rootchain's judgement
 * of fraud share.
 *
 * @returns why it is refused (the workspace may hold half of its writes: the caller drops them), or null after it took effect
 */
export function executeOn(
  context: ExecutionContext,
  workspace: Workspace,
  transaction: LedgerTransaction,
): Refusal | null {
  switch (transaction.kind) {
    case "transfer":
      return executeTransfer(context, workspace, transaction);
    case "action":
      return executeAction(context, workspace, transaction);
    case "reorg":
      return executeReorg(context, workspace, transaction);
    case "sub-refund":
      return executeRefund(context, workspace, transaction);
    case "root-update":
      return executeRootUpdate(context, workspace, transaction);
    case "utxo":
      return "transaction of another kind of chain";
  }
}

/** @returns what a transaction pays to the operators, base units of the native token */
export function feeOf(transaction: LedgerTransaction): bigint {
  return transaction.kind === "transfer" || transaction.kind === "action" ? transaction.fee : 0n;
}
