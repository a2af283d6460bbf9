import { placeToDrop } from "../bridge/milestones.ts";
import { assert } from "../core/assert.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { Anchor } from "../light/anchor.ts";
import { type Followed, followHeaders } from "../light/certified-header.ts";
import type { HeaderPath } from "../light/header-path.ts";
import {
  decodeRootAnchor,
  decodeRootView,
  encodeRootAnchor,
  encodeRootView,
  ROOT_VIEW_KEY,
  rootAnchorKey,
} from "./entries.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { MAX_RECENT_ROOT_ANCHORS, MAX_ROOT_ANCHORS } from "./limits.ts";
import type { Workspace } from "./workspace.ts";

/** @returns the heights of the rootchain that are recorded, ascending */
export function recordedHeights(entries: Pick<Workspace, "get">): readonly number[] {
  return decodeRootView(entries.get(ROOT_VIEW_KEY)) ?? [];
}

/** @returns the recorded header of the rootchain at a height, or null */
export function recordedAnchor(entries: Pick<Workspace, "get">, height: number): Anchor | null {
  const anchor = decodeRootAnchor(entries.get(rootAnchorKey(height)));
  // Only a ledger of liars records a header in another's place, but their ledger is judged as well.
  return anchor?.height === height ? anchor : null;
}

/** @returns the latest header of the rootchain that a chain has recorded (S4), or null for a chain without one */
export function latestRootAnchor(entries: Pick<Workspace, "get">): Anchor | null {
  const height = recordedHeights(entries).at(-1);
  return height === undefined ? null : recordedAnchor(entries, height);
}

/** Records one more header, higher than all; one of the older makes room, so that some reach far back. */
export function recordAnchor(workspace: Workspace, anchor: Anchor): void {
  const heights = recordedHeights(workspace);
  assert(anchor.height > (heights.at(-1) ?? -1), "the view of the rootchain only advances");
  let all = [...heights, anchor.height];
  if (all.length > MAX_ROOT_ANCHORS) {
    // By heights, which the list has: times would have to be looked up, and proven wherever this is judged.
    const rule = { recent: MAX_RECENT_ROOT_ANCHORS, reach: Number.POSITIVE_INFINITY };
    const dropped = all.toReversed()[placeToDrop(all.toReversed(), rule)] as number;
    workspace.delete(rootAnchorKey(dropped));
    all = all.filter((height) => height !== dropped);
  }
  workspace.set(rootAnchorKey(anchor.height), encodeRootAnchor(anchor));
  workspace.set(ROOT_VIEW_KEY, encodeRootView(all));
}

/** The recorded header that a path starts from: the wanted one itself, or the highest below it. */
function baseOf(entries: Pick<Workspace, "get">, { headers, height }: HeaderPath): Anchor | null {
  const heights = recordedHeights(entries);
  const base =
    headers.length === 0 ? heights.find((each) => each === height) : heights.findLast((each) => each < height);
  return base === undefined ? null : recordedAnchor(entries, base);
}

/** @returns whether a header does not fit the recorded one at its height, or else the next one above */
function contradicts(entries: Pick<Workspace, "get">, anchor: Anchor): boolean {
  const height = recordedHeights(entries).find((each) => each >= anchor.height);
  const above = height === undefined ? null : recordedAnchor(entries, height);
  if (above === null) return false;
  return above.height === anchor.height ? above.blockHash !== anchor.blockHash : above.timeUs <= anchor.timeUs;
}

/** What judging a path takes besides the entries. */
type PathContext = Pick<ExecutionContext, "specification" | "timeUs"> & { readonly crypto: NodeCrypto };

/**
 * The header of the rootchain that a proof hangs on: recorded, or reached over certified headers from a recorded one that is
 * within the trust period (B3).
 *
 * Always from the highest recorded header below the wanted one: what lies between was recorded meanwhile and needs no showing,
 * and no path of older committees can lead around it.
 */
export function reachRoot(context: PathContext, entries: Pick<Workspace, "get">, path: HeaderPath): Followed {
  const base = baseOf(entries, path);
  if (base === null) return { anchor: null, refusal: "path from no recorded header" };
  if (base.timeUs + context.specification.trustPeriodUs < context.timeUs) {
    return { anchor: null, refusal: "path from a header beyond the trust period" };
  }
  if (path.headers.length === 0) return { anchor: base, refusal: null };
  if (path.headers.at(-1)?.header.height !== path.height) return { anchor: null, refusal: "path to another height" };
  const ahead = path.headers.filter(({ header }) => header.height > base.height);
  const reached = followHeaders(context.crypto, base, ahead);
  if (reached.anchor !== null && contradicts(entries, reached.anchor)) {
    return { anchor: null, refusal: "header that contradicts a recorded one" };
  }
  return reached;
}
