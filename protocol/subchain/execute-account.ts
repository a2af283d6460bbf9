import { type CrossTransfer, lockIdOf, MAX_ADDRESS_BYTES } from "../bridge/cross-transfer.ts";
import { termsRefusal } from "../bridge/transfer-terms.ts";
import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import type { SignedObject } from "../crypto/signed-object.ts";
import { encodeAccount } from "../ledger/accounts.ts";
import type { Transfer } from "../ledger/transaction.ts";
import { accountOf, credit, debit, moveOutstanding } from "./balances.ts";
import { encodeAdmission, encodeOwnLock, ownLockKey, permissionKey } from "./entries.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { mayWrite } from "./permission.ts";
import { collectFee } from "./rewards.ts";
import { type ChainSpecification, nativeToken, ROOT_CHAIN } from "./specification.ts";
import type { AccountAction } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

/** What transfers and actions have in common: an account signs them, one after another. */
interface AccountTransaction extends SignedObject {
  readonly chainId: number;
  readonly from: Uint8Array;
  readonly sender: Hash;
  readonly nonce: number;
  readonly fee: bigint;
}

/** Takes the fee, an amount of the native token and the nonce from a sender who signed for them. */
function spend(
  { crypto, specification }: ExecutionContext,
  workspace: Workspace,
  { transaction, amount }: { transaction: AccountTransaction; amount: bigint },
): Refusal | null {
  const { chainId, from, sender, nonce, fee } = transaction;
  if (chainId !== specification.parameters.chainId) return "transaction of another chain";
  if (!mayWrite(specification, workspace, sender)) return "sender that may not write";
  const account = accountOf(workspace, sender);
  if (nonce !== account.nonce) return nonce < account.nonce ? "stale nonce" : "nonce gap";
  const balance = account.balance - amount - fee;
  if (balance < 0n) return "insufficient balance";
  if (nonce === Number.MAX_SAFE_INTEGER) return "account without a nonce left";
  if (!crypto.verify(transaction, from)) return "transaction with a bad signature";
  workspace.set(sender, encodeAccount({ balance, nonce: nonce + 1 }));
  return collectFee(workspace, fee);
}

/** Moves native token between two accounts. */
export function executeTransfer(context: ExecutionContext, workspace: Workspace, transfer: Transfer): Refusal | null {
  const { specification } = context;
  if (!mayWrite(specification, workspace, transfer.to)) return "receiver that may not write";
  const refusal = spend(context, workspace, { transaction: transfer, amount: transfer.amount });
  if (refusal !== null) return refusal;
  const { to: address, amount } = transfer;
  return credit(specification, workspace, {
    address,
    token: specification.ownToken ? transfer.chainId : ROOT_CHAIN,
    amount,
  });
}

/** A lock that could only end in a refund, or not even in that, is refused before it burns anything. */
function lockRefusal(
  { parameters, trustPeriodUs }: ChainSpecification,
  transfer: CrossTransfer,
  timeUs: number,
): Refusal | null {
  const { sourceChain, destinationChain, rootExpiryUs, destinationExpiryUs } = transfer;
  const longest = Math.max(transfer.receiver.length, transfer.fallback.length);
  if (longest > MAX_ADDRESS_BYTES) return "lock with an address beyond measure";
  if (sourceChain !== parameters.chainId) return "lock from another chain";
  const refusal = termsRefusal(ROOT_CHAIN, transfer);
  if (refusal !== null) return refusal;
  if (rootExpiryUs <= timeUs || rootExpiryUs >= timeUs + trustPeriodUs) return "root expiry out of range";
  const inRange = destinationExpiryUs >= rootExpiryUs && destinationExpiryUs < timeUs + trustPeriodUs;
  return destinationChain === ROOT_CHAIN || inRange ? null : "destination expiry out of range";
}

/** Burns here what another chain may create: remembered, so that it can come back. */
function executeLock(
  { specification, timeUs }: ExecutionContext,
  workspace: Workspace,
  { action, transfer }: { action: AccountAction; transfer: CrossTransfer },
): Refusal | null {
  const { token, amount } = transfer;
  const { sender } = action;
  const refusal =
    lockRefusal(specification, transfer, timeUs) ??
    debit(specification, workspace, { address: sender, token, amount }) ??
    moveOutstanding(specification, workspace, { token, change: amount });
  if (refusal !== null) return refusal;
  const lockId = lockIdOf(action.chainId, action.id);
  workspace.set(ownLockKey(lockId), encodeOwnLock({ lockId, sender, state: "open", transfer }));
  return null;
}

/** Pays onward in a token of another chain (S6). */
function executePayment(
  { specification }: ExecutionContext,
  workspace: Workspace,
  { sender, token, to, amount }: { sender: Hash; token: number; to: Hash; amount: bigint },
): Refusal | null {
  if (token === nativeToken(specification)) return "payment in the native token, which transfers move";
  if (!mayWrite(specification, workspace, to)) return "receiver that may not write";
  return (
    debit(specification, workspace, { address: sender, token, amount }) ??
    credit(specification, workspace, { address: to, token, amount })
  );
}

function executeCall(
  { extensions, height, timeUs }: ExecutionContext,
  workspace: Workspace,
  { sender, code, input }: { sender: Hash; code: number; input: Uint8Array },
): Refusal | null {
  const extension = extensions.get(code);
  return extension === undefined
    ? "call of unknown code"
    : extension.execute(workspace, { sender, input, height, timeUs });
}

/** Carries an account's request out. */
export function executeAction(
  context: ExecutionContext,
  workspace: Workspace,
  transaction: AccountAction,
): Refusal | null {
  const { action, sender } = transaction;
  const refusal = spend(context, workspace, { transaction, amount: 0n });
  if (refusal !== null) return refusal;
  switch (action.kind) {
    case "lock":
      return executeLock(context, workspace, { action: transaction, transfer: action.transfer });
    case "permit": {
      const { permission } = context.specification;
      if (permission.kind !== "private" || permission.administrator !== sender)
        return "permission from no administrator";
      workspace.set(permissionKey(action.address), encodeAdmission(action));
      return null;
    }
    case "pay":
      return executePayment(context, workspace, { sender, ...action });
    case "call":
      return executeCall(context, workspace, { sender, code: action.code, input: action.input });
  }
}
