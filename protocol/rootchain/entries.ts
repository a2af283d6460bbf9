import { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { Output } from "./input-signature.ts";
import { MAX_SCRIPT_BYTES } from "./script/limits.ts";

/** First byte of the rootchain's own entries: what each is; the bridge's are 32 and above. */
export const RootEntry = { output: 1, totals: 2, delegate: 3, vote: 4, pot: 5, snapshot: 6, accrual: 7 } as const;

/** What an output is besides value under a script. */
export type OutputRole =
  | { readonly kind: "plain" }
  /** Stake behind a delegate; spent only by unbonding. */
  | { readonly kind: "vote"; readonly delegate: DelegateId }
  /** What a delegate's misbehaviour costs; spent only by unbonding. */
  | { readonly kind: "bond"; readonly delegate: DelegateId }
  /** What an operator's misbehaviour costs; the operator's resignation frees it. */
  | { readonly kind: "operator-bond"; readonly chainId: number; readonly seat: number }
  /** May be spent from a height on; until it is, a delegate that it was the bond of still answers with it. */
  | { readonly kind: "maturing"; readonly height: number; readonly delegate: DelegateId | null };

/** An unspent output as the rootchain keeps it. */
export interface OutputEntry extends Output {
  /** Height and header time of the block that made it, from which relative lock times count. */
  readonly createdHeight: number;
  readonly createdUs: number;
  readonly role: OutputRole;
}

/** The role of nearly every output. */
export const PLAIN: OutputRole = { kind: "plain" };

const PLAIN_ROLE = 0;
const VOTE_ROLE = 1;
const BOND_ROLE = 2;
const OPERATOR_BOND_ROLE = 3;
const MATURING_ROLE = 4;
const MATURING_BOND_ROLE = 5;

const scratch = new Writer();

function writeRole(role: OutputRole): void {
  switch (role.kind) {
    case "plain":
      scratch.u8(PLAIN_ROLE);
      return;
    case "vote":
      scratch.u8(VOTE_ROLE).u32(role.delegate);
      return;
    case "bond":
      scratch.u8(BOND_ROLE).u32(role.delegate);
      return;
    case "operator-bond":
      scratch.u8(OPERATOR_BOND_ROLE).u32(role.chainId).u32(role.seat);
      return;
    case "maturing":
      if (role.delegate === null) scratch.u8(MATURING_ROLE).u64(role.height);
      else scratch.u8(MATURING_BOND_ROLE).u64(role.height).u32(role.delegate);
  }
}

function readRole(reader: Reader): OutputRole {
  const tag = reader.u8();
  if (tag === PLAIN_ROLE) return PLAIN;
  if (tag === VOTE_ROLE) return { kind: "vote", delegate: reader.u32() as DelegateId };
  if (tag === BOND_ROLE) return { kind: "bond", delegate: reader.u32() as DelegateId };
  if (tag === OPERATOR_BOND_ROLE) return { kind: "operator-bond", chainId: reader.u32(), seat: reader.u32() };
  if (tag === MATURING_ROLE) return { kind: "maturing", height: reader.u64(), delegate: null };
  if (tag !== MATURING_BOND_ROLE) reader.fail();
  return { kind: "maturing", height: reader.u64(), delegate: reader.u32() as DelegateId };
}

/** @returns the entry that holds an unspent output */
export function encodeOutputEntry({ amount, lockingScript, createdHeight, createdUs, role }: OutputEntry): Uint8Array {
  scratch.u8(RootEntry.output).u128(amount).u64(createdHeight).u64(createdUs);
  writeRole(role);
  return scratch.bytes(lockingScript).finish();
}

/** Decoded outputs by their very bytes: entries are immutable, and every node that agrees asks for the same. */
const known = new WeakMap<Uint8Array, OutputEntry>();

/** @returns the output that an entry holds, or null when it holds none; never throws */
export function decodeOutputEntry(bytes: Uint8Array): OutputEntry | null {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.output) return null;
  const amount = reader.u128();
  const [createdHeight, createdUs, role] = [reader.u64(), reader.u64(), readRole(reader)];
  const lockingScript = reader.bytes(MAX_SCRIPT_BYTES);
  if (!reader.complete()) return null;
  const entry = { amount, lockingScript, createdHeight, createdUs, role };
  known.set(bytes, entry);
  return entry;
}

/** What the rootchain has made and destroyed of its token, and what it keeps to give out later; base units. */
export interface Totals {
  /** Made by rewards since genesis. */
  readonly issued: bigint;
  /** Destroyed by slashing. */
  readonly burned: bigint;
  /** Waits to be paid out as rewards. */
  readonly pool: bigint;
}

/** Key of the totals among the rootchain's entries. */
export const TOTALS_KEY: Hash = hashTagged("orrery/totals");

/** Nothing was made or destroyed yet. */
export const NO_TOTALS: Totals = { issued: 0n, burned: 0n, pool: 0n };

/** @returns the entry that holds the totals */
export function encodeTotals({ issued, burned, pool }: Totals): Uint8Array {
  return scratch.u8(RootEntry.totals).u128(issued).u128(burned).u128(pool).finish();
}

/** @returns the totals that an entry holds, or null when it holds none; never throws */
export function decodeTotals(bytes: Uint8Array): Totals | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== RootEntry.totals) reader.fail();
  const totals = { issued: reader.u128(), burned: reader.u128(), pool: reader.u128() };
  return reader.complete() ? totals : null;
}
