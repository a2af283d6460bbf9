import { assert } from "../core/assert.ts";
import {
  type AnchorRing,
  anchorRingKey,
  decodeAnchorRing,
  encodeAnchorRing,
  lastAnchored,
  type SubchainStatus,
  subchainStatus,
} from "./anchor-ring.ts";
import type { BridgeParameters } from "./parameters.ts";
import { decodeSubchainRecord, encodeSubchainRecord, type SubchainRecord, subchainKey } from "./subchain-record.ts";
import type { BridgeWorkspace } from "./workspace-port.ts";

/** A registered subchain as a transaction of the rootchain finds it. */
export interface Subchain {
  readonly chainId: number;
  readonly record: SubchainRecord;
  readonly ring: AnchorRing;
  readonly status: SubchainStatus;
}

/** @returns the subchain, or null where none of that id was ever registered */
export function findSubchain(
  workspace: Pick<BridgeWorkspace, "get" | "timeUs">,
  parameters: BridgeParameters,
  chainId: number,
): Subchain | null {
  const [entry, anchors] = [workspace.get(subchainKey(chainId)), workspace.get(anchorRingKey(chainId))];
  if (entry === undefined || anchors === undefined) return null;
  const [record, ring] = [decodeSubchainRecord(entry), decodeAnchorRing(anchors)];
  assert(record !== null && ring !== null, "the rootchain's own entries are well formed");
  const status = subchainStatus(lastAnchored(ring).anchoredUs, workspace.timeUs, parameters);
  return { chainId, record, ring, status };
}

/** Remembers a changed record. */
export function saveRecord(workspace: Pick<BridgeWorkspace, "set">, record: SubchainRecord): void {
  workspace.set(subchainKey(record.specification.parameters.chainId), encodeSubchainRecord(record));
}

/** Remembers a changed ring of anchors. */
export function saveRing(workspace: Pick<BridgeWorkspace, "set">, ring: AnchorRing): void {
  workspace.set(anchorRingKey(lastAnchored(ring).anchor.chainId), encodeAnchorRing(ring));
}

/** @returns whether a token exists: the root token, or a subchain's own */
export function issues(
  workspace: Pick<BridgeWorkspace, "get" | "timeUs" | "chainId">,
  parameters: BridgeParameters,
  token: number,
): boolean {
  if (token === workspace.chainId) return true;
  return findSubchain(workspace, parameters, token)?.record.specification.ownToken ?? false;
}
