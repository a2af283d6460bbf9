import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import { type Account, decodeAccount, encodeAccount } from "../ledger/accounts.ts";
import {
  decodeAmount,
  decodeTokenBalance,
  encodeAmount,
  encodeTokenBalance,
  OUTSTANDING_KEY,
  SubchainEntry,
  tokenKey,
} from "./entries.ts";
import { MAX_AMOUNT } from "./limits.ts";
import { type ChainSpecification, nativeToken } from "./specification.ts";
import type { Workspace } from "./workspace.ts";

const EMPTY: Account = { balance: 0n, nonce: 0 };

/** @returns an account, empty if it was never touched */
export function accountOf(entries: Pick<Workspace, "get">, address: Hash): Account {
  const bytes = entries.get(address);
  return (bytes === undefined ? null : decodeAccount(bytes)) ?? EMPTY;
}

/** One account's balance of one token. */
export interface Holding {
  readonly address: Hash;
  /** Chain id of the token's home. */
  readonly token: number;
}

/** @returns what an account holds of a token, base units */
export function balanceOf(
  specification: ChainSpecification,
  entries: Pick<Workspace, "get">,
  { address, token }: Holding,
): bigint {
  if (token === nativeToken(specification)) return accountOf(entries, address).balance;
  return decodeTokenBalance(entries.get(tokenKey(token, address)))?.balance ?? 0n;
}

function setBalance(
  specification: ChainSpecification,
  workspace: Workspace,
  { address, token, balance }: Holding & { balance: bigint },
): void {
  if (token === nativeToken(specification)) {
    workspace.set(address, encodeAccount({ balance, nonce: accountOf(workspace, address).nonce }));
  } else workspace.set(tokenKey(token, address), encodeTokenBalance({ token, balance }));
}

/** Adds to a balance; an amount of zero touches nothing. @returns why it cannot be held, or null */
export function credit(
  specification: ChainSpecification,
  workspace: Workspace,
  holding: Holding & { amount: bigint },
): Refusal | null {
  if (holding.amount === 0n) return null;
  const balance = balanceOf(specification, workspace, holding) + holding.amount;
  // A foreign chain may create as much as it likes of its own token: no sum of it may break this one.
  if (balance > MAX_AMOUNT) return "balance beyond what an entry holds";
  setBalance(specification, workspace, { ...holding, balance });
  return null;
}

/** Takes from a balance. @returns why it cannot be taken, or null */
export function debit(
  specification: ChainSpecification,
  workspace: Workspace,
  holding: Holding & { amount: bigint },
): Refusal | null {
  if (holding.amount === 0n) return null;
  const balance = balanceOf(specification, workspace, holding) - holding.amount;
  if (balance < 0n) return "insufficient balance";
  setBalance(specification, workspace, { ...holding, balance });
  return null;
}

/** @returns how much of the chain's own token is on other chains, or on its way, base units */
export function outstandingOf(entries: Pick<Workspace, "get">): bigint {
  return decodeAmount(entries.get(OUTSTANDING_KEY), SubchainEntry.outstanding);
}

/**
 * Counts what leaves and what comes back of the chain's own token: more than went out never comes back (S6).
 *
 * @param change base units, negative for what comes back
 * @returns why it cannot be, or null; other tokens are not counted
 */
export function moveOutstanding(
  { parameters }: ChainSpecification,
  workspace: Workspace,
  { token, change }: { token: number; change: bigint },
): Refusal | null {
  if (token !== parameters.chainId) return null;
  const outstanding = outstandingOf(workspace) + change;
  if (outstanding < 0n) return "more of the chain's own token than went out";
  if (outstanding > MAX_AMOUNT) return "balance beyond what an entry holds";
  workspace.set(OUTSTANDING_KEY, encodeAmount(SubchainEntry.outstanding, outstanding));
  return null;
}
