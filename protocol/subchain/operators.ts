import { actingSeat, type OperatorRecord } from "../bridge/subchain-record.ts";
import { type ConsensusParameters, iterationOf } from "../consensus/parameters.ts";
import type { Rotation, Standing } from "../consensus/rotation.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, PeerId } from "../core/ids.ts";
import { bytesToHash, hashTagged } from "../crypto/hash.ts";
import { MAX_OPERATORS } from "../rootchain/payload.ts";
import { SubchainEntry } from "./entries.ts";
import { NEVER_EPOCH } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/** Who acts in a seat, and whether it may be selected again. */
export interface Seat {
  readonly publicKey: Uint8Array;
  readonly vrfPublicKey: Uint8Array;
  readonly endpoint: PeerId;
  readonly slashed: boolean;
  readonly resigned: boolean;
}

/** What a chain has learned of its operators from the rootchain. */
export interface OperatorView {
  /** Rootchain height at which it was so. */
  readonly rootHeight: number;
  /** By seat; a seat's place is its operator's id. */
  readonly seats: readonly Seat[];
}

/** Key of the latest view. */
export const OPERATORS_KEY = hashTagged("orrery/operators");
/** Key of the view that the next epoch starts with, taken when its delegates are elected (S3). */
export const NEXT_OPERATORS_KEY = hashTagged("orrery/next-operators");

const KEY_BYTES = 32;
const scratch = new Writer();

/** @returns the entry that holds a view */
export function encodeOperators({ rootHeight, seats }: OperatorView): Uint8Array {
  scratch.u8(SubchainEntry.operators).u64(rootHeight).u32(seats.length);
  for (const { publicKey, vrfPublicKey, endpoint, slashed, resigned } of seats) {
    scratch.fixed(publicKey).fixed(vrfPublicKey).u32(endpoint);
    scratch.u8((slashed ? 1 : 0) | (resigned ? 2 : 0));
  }
  return scratch.finish();
}

function readSeat(reader: Reader): Seat {
  const [publicKey, vrfPublicKey] = [reader.fixed(KEY_BYTES), reader.fixed(KEY_BYTES)];
  const [endpoint, flags] = [reader.u32() as PeerId, reader.u8()];
  if (flags > 3) reader.fail();
  return { publicKey, vrfPublicKey, endpoint, slashed: (flags & 1) !== 0, resigned: (flags & 2) !== 0 };
}

const known = new WeakMap<Uint8Array, OperatorView>();

/** @returns the view that an entry holds, or null when it holds none; never throws */
export function decodeOperators(bytes: Uint8Array | undefined): OperatorView | null {
  if (bytes === undefined) return null;
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const reader = new Reader(bytes);
  if (reader.u8() !== SubchainEntry.operators) reader.fail();
  const view = { rootHeight: reader.u64(), seats: reader.list(MAX_OPERATORS, readSeat) };
  if (!reader.complete()) return null;
  known.set(bytes, view);
  return view;
}

/** @returns what matters of the rootchain's record here */
export function seatsOf(operators: readonly OperatorRecord[]): Seat[] {
  return operators.map((operator) => {
    const { publicKey, vrfPublicKey, endpoint } = actingSeat(operator);
    return { publicKey, vrfPublicKey, endpoint, slashed: operator.slashed, resigned: operator.resigned };
  });
}

function withSeat(standing: Standing, { slashed, resigned }: Seat): Standing {
  if (slashed && !standing.slashed) return { ...standing, bond: 0n, slashed: true };
  if (resigned && standing.eligibleEpoch !== NEVER_EPOCH) return { ...standing, eligibleEpoch: NEVER_EPOCH };
  return standing;
}

/** Takes slashed and resigned seats out of all selections to come; committees that sit already keep them (S8). */
function withStandings(rotation: Rotation, seats: readonly Seat[]): Rotation {
  let result = rotation;
  seats.forEach((seat, id) => {
    const standing = result.standings[id];
    if (standing === undefined) return;
    const next = withSeat(standing, seat);
    if (next !== standing) result = result.withStanding(id as DelegateId, next);
  });
  return result;
}

/** Seats the nominees that were known when the epoch's delegates were elected. */
function withNominees(rotation: Rotation, seats: readonly Seat[]): Rotation {
  let result = rotation;
  seats.forEach(({ publicKey, vrfPublicKey, endpoint }, index) => {
    const id = index as DelegateId;
    const current = result.registry.get(id);
    if (current === undefined || bytesToHash(current.publicKey) === bytesToHash(publicKey)) return;
    // A key that sits already cannot sit twice; the seat keeps its old one.
    if (result.registry.has(publicKey)) return;
    result = result.withReplaced(id, { ...current, publicKey, vrfPublicKey, endpoint });
  });
  return result;
}

/**
 * A view becomes the next epoch's at the end of the block after which its delegates are elected, so that nobody chooses a key
 * once the seed is known (C1, S3).
 *
 * @param height of the block
 */
export function freezeOperators(workspace: Workspace, parameters: ConsensusParameters, height: number): void {
  if (endedInEpoch(parameters, height) !== parameters.iterationsPerEpoch - 3) return;
  const view = workspace.get(OPERATORS_KEY);
  if (view !== undefined) workspace.set(NEXT_OPERATORS_KEY, view);
}

/** @returns the place in its epoch of the iteration that a block ends, −1 where it ends none */
function endedInEpoch(parameters: ConsensusParameters, height: number): number {
  const iteration = iterationOf(parameters, height);
  return iterationOf(parameters, height + 1) === iteration ? -1 : iteration % parameters.iterationsPerEpoch;
}

/**
 * What the chain knows of its operators, put into effect at the end of a block: who was slashed or resigned is out at once,
 * nominees begin with the epoch.
 *
 * @param height of the block
 */
export function turnOperators(entries: Pick<Workspace, "get">, rotation: Rotation, height: number): Rotation {
  const view = decodeOperators(entries.get(OPERATORS_KEY));
  if (view === null) return rotation;
  const result = withStandings(rotation, view.seats);
  const { parameters } = rotation;
  if (endedInEpoch(parameters, height) !== parameters.iterationsPerEpoch - 1) return result;
  const next = decodeOperators(entries.get(NEXT_OPERATORS_KEY));
  return next === null ? result : withNominees(result, next.seats);
}
