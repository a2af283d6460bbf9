import { decodeEscrow } from "../../protocol/bridge/escrow.ts";
import { decodeBids, decodeGrants } from "../../protocol/bridge/quota-entries.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { decodeOutputEntry, decodeTotals } from "../../protocol/rootchain/entries.ts";
import { decodeAccrual, decodePot } from "../../protocol/rootchain/staking-entries.ts";

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

type Sum = { -readonly [K in keyof RootValue]: bigint };

const NOTHING: RootValue = { outputs: 0n, unclaimed: 0n, pool: 0n, escrow: 0n, deposits: 0n, issued: 0n, burned: 0n };

/** Adds up every entry of the rootchain's ledger. @param rootToken chain id of the rootchain */
export function rootValueIn(entries: AuthenticatedMap, rootToken: number): RootValue {
  const sum = { ...NOTHING };
  for (const [, entry] of entries.entries()) add(sum, holdingsOf(entry, rootToken), 1n);
  return sum;
}

/** The same sum, followed from version to version by what changes. */
export class RunningValue {
  readonly #rootToken: number;
  readonly #sum: Sum;
  #entries: AuthenticatedMap;

  constructor(entries: AuthenticatedMap, rootToken: number) {
    this.#entries = entries;
    this.#rootToken = rootToken;
    this.#sum = rootValueIn(entries, rootToken);
  }

  /** @returns the sum of this version */
  follow(entries: AuthenticatedMap): RootValue {
    for (const { before, after } of entries.changesSince(this.#entries)) {
      if (before !== undefined) add(this.#sum, holdingsOf(before, this.#rootToken), -1n);
      if (after !== undefined) add(this.#sum, holdingsOf(after, this.#rootToken), 1n);
    }
    this.#entries = entries;
    return { ...this.#sum };
  }
}

function add(sum: Sum, value: Partial<RootValue>, sign: bigint): void {
  for (const name of Object.keys(NOTHING) as (keyof RootValue)[]) sum[name] += sign * (value[name] ?? 0n);
}

function holdingsOf(entry: Uint8Array, rootToken: number): Partial<RootValue> {
  const output = decodeOutputEntry(entry);
  if (output !== null) return { outputs: output.amount };
  const totals = decodeTotals(entry);
  if (totals !== null) return totals;
  const escrow = decodeEscrow(entry);
  if (escrow !== null) return { escrow: escrow.token === rootToken ? escrow.amount : 0n };
  const pot = decodePot(entry);
  if (pot !== null) return { unclaimed: pot.earned - pot.paid };
  const accrual = decodeAccrual(entry);
  if (accrual !== null) return { unclaimed: accrual.share * BigInt(accrual.members.length) };
  const bids = (decodeBids(entry) ?? []).map(({ deposit }) => deposit);
  const grants = (decodeGrants(entry) ?? []).map(({ remaining }) => remaining);
  return { deposits: [...bids, ...grants].reduce((sum, each) => sum + each, 0n) };
}

/** @returns everything that there is, whoever holds it */
export function totalOf({ outputs, unclaimed, pool, escrow, deposits }: RootValue): bigint {
  return outputs + unclaimed + pool + escrow + deposits;
}
