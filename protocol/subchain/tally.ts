import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { decodeAccount } from "../ledger/accounts.ts";
import { outstandingOf } from "./balances.ts";
import { decodeOwnLock, decodeTokenBalance, type OwnLock } from "./entries.ts";
import { rewardPoolOf } from "./rewards.ts";
import { type ChainSpecification, nativeToken } from "./specification.ts";

/** All that a subchain's ledger holds, for the accounting of protocol.md, section 4. Nothing is ever burned for good here. */
export interface Tally {
  /** By token: balances and the reward pool, base units. */
  readonly held: ReadonlyMap<number, bigint>;
  /** Locks that were not refunded here; the rootchain knows which of them it relocked. */
  readonly openLocks: readonly OwnLock[];
  /** Of the chain's own token: what is on other chains or on its way there, base units. */
  readonly outstanding: bigint;
}

/** Adds up every entry of a ledger between two blocks. Costs a walk over all of them. */
export function tallyOf(specification: ChainSpecification, entries: AuthenticatedMap): Tally {
  const held = new Map<number, bigint>();
  const openLocks: OwnLock[] = [];
  const hold = (token: number, amount: bigint) => held.set(token, (held.get(token) ?? 0n) + amount);
  hold(nativeToken(specification), rewardPoolOf(entries));
  for (const [, bytes] of entries.entries()) {
    const account = decodeAccount(bytes);
    if (account !== null) hold(nativeToken(specification), account.balance);
    const token = decodeTokenBalance(bytes);
    if (token !== null) hold(token.token, token.balance);
    const lock = decodeOwnLock(bytes);
    if (lock?.state === "open") openLocks.push(lock);
  }
  return { held, openLocks, outstanding: outstandingOf(entries) };
}
