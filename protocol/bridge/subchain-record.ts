import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { MAX_OPERATORS, type OperatorSeat, readOperatorSeat, writeOperatorSeat } from "../rootchain/payload.ts";
import { type ChainSpecification, readSpecification, writeSpecification } from "../subchain/specification.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { remembering } from "./key-cache.ts";
import { MAX_NOMINATIONS } from "./limits.ts";

/** One seat of a subchain as the rootchain knows it (S3). */
export interface OperatorRecord {
  readonly registered: OperatorSeat;
  /** Who was nominated to act in the seat, latest last; everybody who ever acted answers with the seat's bond. */
  readonly nominees: readonly OperatorSeat[];
  /** Out from the next selection on (S8). */
  readonly slashed: boolean;
  /** Out from the next selection on, at its own wish. */
  readonly resigned: boolean;
  /** The output that holds the bond. */
  readonly bond: { readonly transactionId: Hash; readonly index: number };
}

/** What the rootchain knows of a subchain and its operators; its anchors have an entry of their own, as they change often. */
export interface SubchainRecord {
  readonly specification: ChainSpecification;
  /** Rootchain height of the registration. */
  readonly registeredHeight: number;
  /** By seat; a seat's place is its operator's id on the subchain. */
  readonly operators: readonly OperatorRecord[];
}

const scratch = new Writer();

/** @returns the key of a subchain's record among the rootchain's entries */
export const subchainKey = remembering((chainId: number): Hash => {
  return hashTagged("orrery/subchain", scratch.u32(chainId).finish());
});

/** @returns the key that remembers for ever that a name was given out */
export function nameKey(name: string): Hash {
  return hashTagged("orrery/subchain-name", scratch.ascii(name).finish());
}

/** @returns who acts in a seat: the latest nominee, or the registered operator itself */
export function actingSeat(operator: OperatorRecord): OperatorSeat {
  return operator.nominees.at(-1) ?? operator.registered;
}

/** @returns every key that ever acted in a seat */
export function keysOf({ registered, nominees }: OperatorRecord): Uint8Array[] {
  return [registered, ...nominees].map(({ publicKey }) => publicKey);
}

/** @returns whether a seat may be selected again */
export function maySit({ slashed, resigned }: OperatorRecord): boolean {
  return !slashed && !resigned;
}

function writeOperator(writer: Writer, { registered, nominees, slashed, resigned, bond }: OperatorRecord): void {
  writeOperatorSeat(writer, registered);
  writer.u32(nominees.length);
  for (const nominee of nominees) writeOperatorSeat(writer, nominee);
  writer.u8((slashed ? 1 : 0) | (resigned ? 2 : 0));
  writer.hash(bond.transactionId).u32(bond.index);
}

function readOperator(reader: Reader): OperatorRecord {
  const [registered, nominees] = [readOperatorSeat(reader), reader.list(MAX_NOMINATIONS, readOperatorSeat)];
  const flags = reader.u8();
  if (flags > 3) reader.fail();
  const bond = { transactionId: reader.hash(), index: reader.u32() };
  return { registered, nominees, slashed: (flags & 1) !== 0, resigned: (flags & 2) !== 0, bond };
}

/** @returns the entry that holds a record */
export function encodeSubchainRecord({ specification, registeredHeight, operators }: SubchainRecord): Uint8Array {
  const writer = new Writer().u8(BridgeEntry.subchain);
  writeSpecification(writer, specification);
  writer.u64(registeredHeight).u32(operators.length);
  for (const operator of operators) writeOperator(writer, operator);
  return writer.finish();
}

/** Decoded entries by their very bytes: entries are immutable and shared, and most transactions ask for the same few. */
const known = new WeakMap<Uint8Array, SubchainRecord>();

/** @returns the record that an entry holds, or null when it holds none; never throws */
export function decodeSubchainRecord(bytes: Uint8Array): SubchainRecord | null {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.subchain) reader.fail();
  const specification = readSpecification(reader);
  const registeredHeight = reader.u64();
  const record = { specification, registeredHeight, operators: reader.list(MAX_OPERATORS, readOperator) };
  if (!reader.complete()) return null;
  known.set(bytes, record);
  return record;
}
