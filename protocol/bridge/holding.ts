import type { Hash } from "../core/ids.ts";
import { decodeAccount } from "../ledger/accounts.ts";
import { decodeOwnLock, decodeTokenBalance, ownLockKey, tokenKey } from "../subchain/entries.ts";
import { type ChainSpecification, nativeToken } from "../subchain/specification.ts";

/** What of the root token an account has in one entry of its subchain. */
export interface Holding {
  readonly key: Hash;
  /** Base units. */
  readonly amount: bigint;
  /** The lock for which the amount left the account, null where it did not. */
  readonly lockId: Hash | null;
}

/**
 * Reads an entry of a subchain's ledger as something of an account's: its balance, its balance of the root token beside the
 * chain's own, or what it locked and did not get back.
 *
 * @param rootChain id of the rootchain and its token
 * @returns null when it is worth nothing to that account on the rootchain
 */
export function holdingOf(
  specification: ChainSpecification,
  rootChain: number,
  { address, entry }: { address: Hash; entry: Uint8Array },
): Holding | null {
  const account = decodeAccount(entry);
  if (account !== null) {
    return nativeToken(specification) === rootChain ? { key: address, amount: account.balance, lockId: null } : null;
  }
  const held = decodeTokenBalance(entry);
  if (held !== null) {
    return held.token === rootChain ? { key: tokenKey(rootChain, address), amount: held.balance, lockId: null } : null;
  }
  const lock = decodeOwnLock(entry);
  if (lock === null || lock.sender !== address || lock.state !== "open") return null;
  if (lock.transfer.token !== rootChain) return null;
  return { key: ownLockKey(lock.lockId), amount: lock.transfer.amount, lockId: lock.lockId };
}
