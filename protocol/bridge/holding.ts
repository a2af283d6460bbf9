import type { Hash } from "../core/ids.ts";
import { decodeAccount } from "../ledger/accounts.ts";
import { decodeOwnLock, decodeTokenBalance, ownLockKey, tokenKey } from "../subchain/entries.ts";
import { type ChainSpecification, nativeToken } from "../subchain/specification.ts";

/** What an account has of a token in one entry of its subchain. */
export interface Holding {
  readonly key: Hash;
  /** Chain id of the token's home. */
  readonly token: number;
  /** Base units. */
  readonly amount: bigint;
  /** The lock for which the amount left the account, null where it did not. */
  readonly lockId: Hash | null;
}

/**
 * Reads an entry of a subchain's ledger as something of an account's: its balance, its balance of another token beside that, or
 * what it locked and did not get back.
 *
 * @returns null when the entry is nothing of that account's
 */
export function holdingOf(
  specification: ChainSpecification,
  { address, entry }: { address: Hash; entry: Uint8Array },
): Holding | null {
  const account = decodeAccount(entry);
  if (account !== null) {
    return { key: address, token: nativeToken(specification), amount: account.balance, lockId: null };
  }
  const held = decodeTokenBalance(entry);
  if (held !== null) {
    return { key: tokenKey(held.token, address), token: held.token, amount: held.balance, lockId: null };
  }
  const lock = decodeOwnLock(entry);
  if (lock === null || lock.sender !== address || lock.state !== "open") return null;
  const { token, amount } = lock.transfer;
  return { key: ownLockKey(lock.lockId), token, amount, lockId: lock.lockId };
}
