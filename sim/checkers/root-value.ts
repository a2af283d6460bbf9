import { decodeEscrow } from "../../protocol/bridge/escrow.ts";
import { decodeBids, decodeGrants } from "../../protocol/bridge/quota-entries.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { decodeOutputEntry, decodeTotals } from "../../protocol/rootchain/entries.ts";
import { decodePot } from "../../protocol/rootchain/staking-entries.ts";

/** What the rootchain's ledger holds of its token, base units. */
export interface RootValue {
  /** Under scripts: plain outputs, votes, bonds. */
  readonly outputs: bigint;
  /** Earned, but not claimed. */
  readonly unclaimed: bigint;
  /** Yet to be paid out as rewards. */
  readonly pool: bigint;
  /** Outstanding on subchains. */
  readonly escrow: bigint;
  /** Bid for bandwidth, and not charged or given back. */
  readonly deposits: bigint;
  /** Made since genesis, and destroyed since, by the ledger's own account. */
  readonly issued: bigint;
  readonly burned: bigint;
}

/** Adds up every entry of the rootchain's ledger. @param rootToken chain id of the rootchain */
export function rootValueIn(entries: AuthenticatedMap, rootToken: number): RootValue {
  const sum = { outputs: 0n, unclaimed: 0n, pool: 0n, escrow: 0n, deposits: 0n, issued: 0n, burned: 0n };
  for (const [, entry] of entries.entries()) {
    const output = decodeOutputEntry(entry);
    if (output === null) addOther(sum, entry, rootToken);
    else sum.outputs += output.amount;
  }
  return sum;
}

function addOther(sum: { -readonly [K in keyof RootValue]: bigint }, entry: Uint8Array, rootToken: number): void {
  const totals = decodeTotals(entry);
  const escrow = decodeEscrow(entry);
  const pot = decodePot(entry);
  if (totals !== null) {
    sum.pool += totals.pool;
    sum.issued += totals.issued;
    sum.burned += totals.burned;
  } else if (escrow?.token === rootToken) sum.escrow += escrow.amount;
  else if (pot !== null) sum.unclaimed += pot.earned - pot.paid;
  for (const { deposit } of decodeBids(entry) ?? []) sum.deposits += deposit;
  for (const { remaining } of decodeGrants(entry) ?? []) sum.deposits += remaining;
}

/** @returns everything that there is, whoever holds it */
export function totalOf({ outputs, unclaimed, pool, escrow, deposits }: RootValue): bigint {
  return outputs + unclaimed + pool + escrow + deposits;
}
