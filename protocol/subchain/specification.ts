import { type ConsensusParameters, readParameters, writeParameters } from "../consensus/parameters.ts";
import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";

/** Who may read and write a subchain (S5). */
export type Permission =
  | { readonly kind: "public" }
  /** Only addresses that the administrator admits; the administrator itself always may. */
  | { readonly kind: "private"; readonly administrator: Hash };

/** All that distinguishes one subchain from another; registered on the rootchain and immutable (S3, S10). */
export interface ChainSpecification {
  /** Lower-case letters, digits and dashes, 1 … 32 of them; unique on the rootchain for ever. */
  readonly name: string;
  readonly parameters: ConsensusParameters;
  /** Whether fees and balances are in a token of its own, whose id is the chain's, instead of the root token (S6). */
  readonly ownToken: boolean;
  readonly permission: Permission;
  /** Base units of the chain's token that reward its operators, paid in equal parts over `rewardBlocks` from a prefunded pool. */
  readonly rewardPool: bigint;
  readonly rewardBlocks: number;
  /** A view of the rootchain older than this is no base for a proof any more (B3), µs; expiries of transfers are shorter. */
  readonly trustPeriodUs: number;
}

/** Chain id of the rootchain, and with it the name of its token. */
export const ROOT_CHAIN = 1;

/** @returns the token of the chain's fees and accounts: its own, or the rootchain's (S6) */
export function nativeToken({ ownToken, parameters }: Pick<ChainSpecification, "ownToken" | "parameters">): number {
  return ownToken ? parameters.chainId : ROOT_CHAIN;
}

const MAX_NAME_BYTES = 32;

/** Appends the canonical encoding. */
export function writeSpecification(writer: Writer, specification: ChainSpecification): void {
  const { permission } = specification;
  writer.ascii(specification.name);
  writeParameters(writer, specification.parameters);
  writer.u8(specification.ownToken ? 1 : 0).u8(permission.kind === "private" ? 1 : 0);
  if (permission.kind === "private") writer.hash(permission.administrator);
  writer.u128(specification.rewardPool).u64(specification.rewardBlocks).u64(specification.trustPeriodUs);
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag === 1;
}

function readName(reader: Reader): string {
  const name = String.fromCharCode(...reader.bytes(MAX_NAME_BYTES));
  if (!/^[a-z0-9-]{1,32}$/.test(name)) reader.fail();
  return name;
}

/** Reads a specification; the reader is marked failed when the bytes are none. */
export function readSpecification(reader: Reader): ChainSpecification {
  return {
    name: readName(reader),
    parameters: readParameters(reader),
    ownToken: readFlag(reader),
    permission: readFlag(reader) ? { kind: "private", administrator: reader.hash() } : { kind: "public" },
    rewardPool: reader.u128(),
    rewardBlocks: reader.u64(),
    trustPeriodUs: reader.u64(),
  };
}
