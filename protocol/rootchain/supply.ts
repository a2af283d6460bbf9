import { decodeEscrow } from "../bridge/escrow.ts";
import { decodeBids, decodeGrants } from "../bridge/quota-entries.ts";
import type { LedgerState } from "../consensus/ledger-rules.ts";
import { decodeOutputEntry, decodeTotals } from "./entries.ts";
import { decodeAccrual, decodePot } from "./staking-entries.ts";

/** Value of the root token in one entry of the rootchain's ledger. */
export interface Holding {
  readonly kind: "output" | "unclaimed" | "pool" | "escrow" | "deposit";
  /** Base units. */
  readonly amount: bigint;
}

function sumOf(parts: readonly bigint[]): bigint {
  return parts.reduce((sum, part) => sum + part, 0n);
}

/**
 * Tells what an entry is worth.
 *
 * @param rootToken chain id of the rootchain
 * @returns null for one that holds nothing of the token
 */
export function describeEntry(value: Uint8Array, rootToken: number): Holding | null {
  const output = decodeOutputEntry(value);
  if (output !== null) return { kind: "output", amount: output.amount };
  const pot = decodePot(value);
  if (pot !== null) return { kind: "unclaimed", amount: pot.earned - pot.paid };
  const accrual = decodeAccrual(value);
  if (accrual !== null) return { kind: "unclaimed", amount: accrual.share * BigInt(accrual.members.length) };
  const totals = decodeTotals(value);
  if (totals !== null) return { kind: "pool", amount: totals.pool };
  const escrow = decodeEscrow(value);
  if (escrow !== null) return escrow.token === rootToken ? { kind: "escrow", amount: escrow.amount } : null;
  const bids = decodeBids(value);
  if (bids !== null) return { kind: "deposit", amount: sumOf(bids.map(({ deposit }) => deposit)) };
  const grants = decodeGrants(value);
  return grants === null ? null : { kind: "deposit", amount: sumOf(grants.map(({ remaining }) => remaining)) };
}

/**
 * Everything that there is of the root token, whoever holds it: the supply at genesis, plus what rewards have issued, less
 * what was burned (R6). Cost: linear in the entries.
 *
 * @returns base units
 */
export function supplyOf({ entries }: LedgerState, rootToken: number): bigint {
  let supply = 0n;
  for (const [, value] of entries.entries()) supply += describeEntry(value, rootToken)?.amount ?? 0n;
  return supply;
}
