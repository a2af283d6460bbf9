import { assert } from "../core/assert.ts";
import type { Reader, Writer } from "../core/codec.ts";
import { BLOCK_VERSION, NEWEST_BLOCK_VERSION } from "../ledger/header.ts";

/** How committees come about (C2). */
export type Sortition =
  /** Recorded VRF proofs, the best of them sit: every node computes the same committee. */
  | { readonly mode: "ranked" }
  /**
   * Private self-selection as in Algorand: a delegate sits when its VRF output falls below expectedSize / delegates.
   * Promises neither agreement nor accountability.
   */
  | {
      readonly mode: "threshold";
      readonly expectedSize: number;
      readonly quorum: number;
      /** Which block seeds iteration i: the last of i − 2 (default), or of i − 1 as the paper has it. */
      readonly seedRule: "two-back" | "one-back";
    };

/** A change of the rules that everybody knows of from genesis on, and that takes force at a height. */
export interface Upgrade {
  /** First block of the new version. */
  readonly height: number;
  /** Replaces the parameters' from there on. */
  readonly maxBlockBytes: number;
}

/** Parameters of one chain's consensus; the same code runs every chain. */
export interface ConsensusParameters {
  readonly chainId: number;
  /** Delegates of an epoch. */
  readonly delegates: number;
  /** Members of a committee, fewer where there are fewer candidates. */
  readonly committee: number;
  readonly iterationsPerEpoch: number;
  readonly roundsPerIteration: number;
  /** Least time between a block and its parent, µs. */
  readonly roundUs: number;
  readonly sortition: Sortition;
  /** Time-out of view 0 once a proposal is due, µs; doubles with each view. */
  readonly timeoutBaseUs: number;
  /** How far a proposal's time may be ahead of a member's clock, µs. */
  readonly maxDriftUs: number;
  readonly maxBlockBytes: number;
  /** Left out where the rules stay as they are for ever. */
  readonly upgrade?: Upgrade;
}

/** @returns the version that the chain's block at a height (1 …) has, and whose rules judge it */
export function blockVersionAt({ upgrade }: ConsensusParameters, height: number): number {
  return upgrade !== undefined && height >= upgrade.height ? NEWEST_BLOCK_VERSION : BLOCK_VERSION;
}

/** @returns the most bytes that the transactions of the block at a height (1 …) may have */
export function maxBlockBytesAt({ upgrade, maxBlockBytes }: ConsensusParameters, height: number): number {
  return upgrade !== undefined && height >= upgrade.height ? upgrade.maxBlockBytes : maxBlockBytes;
}

/** Appends the canonical encoding of all parameters: nodes that differ in one of them are on different chains. */
export function writeParameters(writer: Writer, parameters: ConsensusParameters): void {
  const { sortition, upgrade } = parameters;
  writer.u32(parameters.chainId).u32(parameters.delegates).u32(parameters.committee);
  writer.u32(parameters.iterationsPerEpoch).u32(parameters.roundsPerIteration).u64(parameters.roundUs);
  writer.u64(parameters.timeoutBaseUs).u64(parameters.maxDriftUs).u64(parameters.maxBlockBytes);
  // In the place of the rule that follows: chains without one are what they were before there were any.
  if (upgrade !== undefined) writer.ascii(UPGRADE).u64(upgrade.height).u64(upgrade.maxBlockBytes);
  writer.ascii(sortition.mode);
  if (sortition.mode === "threshold")
    writer.u32(sortition.expectedSize).u32(sortition.quorum).ascii(sortition.seedRule);
}

/** Longest name of a rule in an encoding, in bytes. */
const MAX_RULE_BYTES = 16;
/** Stands where the name of the sortition would, in parameters that change at a height. */
const UPGRADE = "upgrade";

function readRule(reader: Reader): string {
  return String.fromCharCode(...reader.bytes(MAX_RULE_BYTES));
}

function readSortition(reader: Reader, mode: string): Sortition {
  if (mode === "ranked") return { mode };
  if (mode !== "threshold") reader.fail();
  const [expectedSize, quorum, seedRule] = [reader.u32(), reader.u32(), readRule(reader)];
  if (seedRule !== "one-back" && seedRule !== "two-back") reader.fail();
  return { mode: "threshold", expectedSize, quorum, seedRule: seedRule === "one-back" ? "one-back" : "two-back" };
}

/** Reads parameters; whether a chain can live by them is not checked here. */
export function readParameters(reader: Reader): ConsensusParameters {
  const [chainId, delegates, committee] = [reader.u32(), reader.u32(), reader.u32()];
  const [iterationsPerEpoch, roundsPerIteration, roundUs] = [reader.u32(), reader.u32(), reader.u64()];
  const [timeoutBaseUs, maxDriftUs, maxBlockBytes] = [reader.u64(), reader.u64(), reader.u64()];
  const rule = readRule(reader);
  const upgrade = rule === UPGRADE ? { upgrade: { height: reader.u64(), maxBlockBytes: reader.u64() } } : {};
  return {
    chainId,
    delegates,
    committee,
    iterationsPerEpoch,
    roundsPerIteration,
    roundUs,
    sortition: readSortition(reader, rule === UPGRADE ? readRule(reader) : rule),
    timeoutBaseUs,
    maxDriftUs,
    maxBlockBytes,
    ...upgrade,
  };
}

/** @returns ⌊2n/3⌋ + 1: more than two thirds of the committee */
export function quorumOf(committee: number): number {
  return Math.floor((2 * committee) / 3) + 1;
}

/** @returns the iteration (0 …) of a block height (1 …) */
export function iterationOf(parameters: ConsensusParameters, height: number): number {
  assert(height >= 1, "genesis belongs to no iteration");
  return Math.floor((height - 1) / parameters.roundsPerIteration);
}

/** @returns the epoch (0 …) of an iteration */
export function epochOf(parameters: ConsensusParameters, iteration: number): number {
  return Math.floor(iteration / parameters.iterationsPerEpoch);
}
