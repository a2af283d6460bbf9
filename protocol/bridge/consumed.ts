import type { Hash } from "../core/ids.ts";
import { consumedKey } from "./cross-transfer.ts";
import { BridgeEntry } from "./entry-kind.ts";
import type { BridgeWorkspace } from "./workspace-port.ts";

const CONSUMED = Uint8Array.of(BridgeEntry.consumed);

/** @returns whether a lock was relocked, or left its dead chain, already (B4) */
export function isConsumed(workspace: Pick<BridgeWorkspace, "get">, lockId: Hash): boolean {
  return workspace.get(consumedKey(lockId)) !== undefined;
}

/** Remembers for ever that a lock was consumed here. */
export function markConsumed(workspace: Pick<BridgeWorkspace, "set">, lockId: Hash): void {
  workspace.set(consumedKey(lockId), CONSUMED);
}
