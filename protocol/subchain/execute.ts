import type { Refusal } from "../consensus/ledger-rules.ts";
import type { LedgerTransaction } from "../ledger/transaction.ts";
import { executeAction, executeTransfer } from "./execute-account.ts";
import { executeRefund, executeReorg } from "./execute-bridge.ts";
import { executeRootUpdate } from "./execute-root-update.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { freezeOperators } from "./operators.ts";
import { type Payees, payOperators } from "./rewards.ts";
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

/**
 * Ends a block on its entries: pays what its transactions left and what is due. Shared as {@link executeOn} is.
 *
 * @returns why it cannot be, or null: always null in a ledger that keeps to the rules
 */
export function closeOn(
  { specification, height }: Pick<ExecutionContext, "specification" | "height">,
  workspace: Workspace,
  payees: Payees,
): Refusal | null {
  freezeOperators(workspace, specification.parameters, height);
  return payOperators(specification, workspace, { height, payees });
}
