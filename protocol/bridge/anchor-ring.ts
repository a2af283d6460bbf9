import { assert } from "../core/assert.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { type Anchor, readAnchor, writeAnchor } from "../light/anchor.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { remembering } from "./key-cache.ts";
import { MAX_ANCHORS, MAX_RECENT_ANCHORS } from "./limits.ts";
import { placeToDrop } from "./milestones.ts";
import type { BridgeParameters } from "./parameters.ts";

/** A subchain's header that the rootchain accepted, and when it did. */
export interface AnchoredHeader {
  readonly anchor: Anchor;
  /** Time of the rootchain's header whose block accepted it, µs. */
  readonly anchoredUs: number;
}

/** The latest accepted headers of one subchain and a few from before, last first; never empty, as it starts with genesis. */
export type AnchorRing = readonly AnchoredHeader[];

/** Whether a subchain is heard of (B5): silent ones can still return, dead ones never. */
export type SubchainStatus = "alive" | "silent" | "dead";

const scratch = new Writer();

/** @returns the key of a subchain's recent anchors among the rootchain's entries */
export const anchorRingKey = remembering((chainId: number): Hash => {
  return hashTagged("orrery/subchain-anchors", scratch.u32(chainId).finish());
});

/** @returns the last accepted header; of a dead subchain its terminal anchor */
export function lastAnchored(ring: AnchorRing): AnchoredHeader {
  const last = ring[0];
  assert(last !== undefined, "a subchain is anchored at its genesis at least");
  return last;
}

/**
 * @param trustPeriodUs after which an anchor is no base for a proof any more
 * @returns a ring with one more header, later and higher than all in it
 */
export function withAnchored(ring: AnchorRing, header: AnchoredHeader, trustPeriodUs: number): AnchorRing {
  assert(header.anchor.height > lastAnchored(ring).anchor.height, "anchors only advance");
  const longer = [header, ...ring];
  if (longer.length <= MAX_ANCHORS) return longer;
  const times = longer.map(({ anchoredUs }) => anchoredUs);
  return longer.toSpliced(placeToDrop(times, { recent: MAX_RECENT_ANCHORS, reach: trustPeriodUs }), 1);
}

/**
 * A subchain's status at a time of the rootchain: a pure function, nothing has to be executed for a chain to die.
 *
 * @param timeUs of the rootchain's header
 */
export function subchainStatus(
  lastAnchoredUs: number,
  timeUs: number,
  { deadAfterUs, challengeUs }: Pick<BridgeParameters, "deadAfterUs" | "challengeUs">,
): SubchainStatus {
  const silenceUs = timeUs - lastAnchoredUs;
  if (silenceUs < deadAfterUs) return "alive";
  return silenceUs < deadAfterUs + challengeUs ? "silent" : "dead";
}

/** Rings by the entries that hold them, and headers by their part of one: a ring differs from the one before in one header. */
const known = new WeakMap<Uint8Array, AnchorRing>();
const encodedHeaders = new WeakMap<AnchoredHeader, Uint8Array>();
const headerScratch = new Writer();

function encodeHeader(header: AnchoredHeader): Uint8Array {
  const before = encodedHeaders.get(header);
  if (before !== undefined) return before;
  writeAnchor(headerScratch, header.anchor);
  const encoded = headerScratch.u64(header.anchoredUs).finish();
  encodedHeaders.set(header, encoded);
  return encoded;
}

/** @returns the entry that holds a ring */
export function encodeAnchorRing(ring: AnchorRing): Uint8Array {
  scratch.u8(BridgeEntry.anchors).u32(ring.length);
  for (const header of ring) scratch.fixed(encodeHeader(header));
  const entry = scratch.finish();
  known.set(entry, ring);
  return entry;
}

/** @returns the ring that an entry holds, or null when it holds none; never throws */
export function decodeAnchorRing(bytes: Uint8Array): AnchorRing | null {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.anchors) reader.fail();
  const ring = reader.list(MAX_ANCHORS, () => ({ anchor: readAnchor(reader), anchoredUs: reader.u64() }));
  if (!reader.complete() || ring.length === 0) return null;
  known.set(bytes, ring);
  return ring;
}
