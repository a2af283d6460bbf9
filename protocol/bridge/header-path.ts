import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { Anchor } from "../light/anchor.ts";
import { followHeaders } from "../light/certified-header.ts";
import type { HeaderPath } from "../light/header-path.ts";
import { type AnchorRing, lastAnchored, withAnchored } from "./anchor-ring.ts";
import type { BridgeParameters } from "./parameters.ts";
import type { Subchain } from "./subchains.ts";

/** Where a path led: the header that a proof hangs on, and the ring of anchors after it. */
export type Reached =
  | { readonly anchor: Anchor; readonly ring: AnchorRing; readonly refusal: null }
  | { readonly anchor: null; readonly refusal: string };

/** What following a path depends on besides the path. */
interface Follower {
  readonly crypto: NodeCrypto;
  /** Of the rootchain's header, µs. */
  readonly timeUs: number;
}

function refused(refusal: string): Reached {
  return { anchor: null, refusal };
}

/** @returns whether a header below the last anchor fits the anchored one at its height, or else the next one above */
function contradicts(ring: AnchorRing, anchor: Anchor): boolean {
  const above = ring.findLast((each) => each.anchor.height >= anchor.height)?.anchor;
  if (above === undefined) return false;
  return above.height === anchor.height ? above.blockHash !== anchor.blockHash : above.timeUs <= anchor.timeUs;
}

/**
 * Follows a subchain's certified headers from what the rootchain has anchored of it (B3).
 *
 * Always from the highest anchor below the path's end: what lies between was anchored meanwhile and needs no showing, and no
 * path of older committees can lead around it. A dead chain's headers after its terminal anchor are void (B5).
 *
 * @returns the header at the path's end, which became an anchor if it is above all others
 */
export function followPath(
  { crypto, timeUs }: Follower,
  { trustPeriodUs }: Pick<BridgeParameters, "trustPeriodUs">,
  { ring, status }: Pick<Subchain, "ring" | "status">,
  { headers, height }: HeaderPath,
): Reached {
  if (headers.length === 0) {
    const anchor = ring.find((each) => each.anchor.height === height)?.anchor;
    return anchor === undefined ? refused("no anchored header at that height") : { anchor, ring, refusal: null };
  }
  if (headers.at(-1)?.header.height !== height) return refused("header path to another height");
  const start = ring.find(({ anchor }) => anchor.height < height);
  if (start === undefined) return refused("header from before the recent anchors");
  const advances = start === lastAnchored(ring);
  if (advances && status === "dead") return refused("header of a dead chain after its terminal anchor");
  if (timeUs - start.anchoredUs > trustPeriodUs) return refused("header from an anchor older than the trust period");
  const ahead = headers.filter(({ header }) => header.height > start.anchor.height);
  const { anchor, refusal } = followHeaders(crypto, start.anchor, ahead);
  if (anchor === null) return refused(refusal);
  if (advances)
    return { anchor, ring: withAnchored(ring, { anchor, anchoredUs: timeUs }, trustPeriodUs), refusal: null };
  return contradicts(ring, anchor)
    ? refused("header that contradicts an anchored one")
    : { anchor, ring, refusal: null };
}
