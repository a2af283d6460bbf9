import type { CrossTransfer } from "./cross-transfer.ts";
import { fitsEscrow } from "./escrow.ts";
import type { BridgeParameters } from "./parameters.ts";
import { findSubchain } from "./subchains.ts";
import type { BridgeWorkspace } from "./workspace-port.ts";

/**
 * Whether a subchain may be sent a transfer now: it is alive, there is time left to deliver, and not so much that the proof
 * of its absence would come after the trust period (B3).
 *
 * @param amount what would be outstanding there
 * @returns why not, or null
 */
export function destinationRefusal(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  { token, destinationChain, destinationExpiryUs }: CrossTransfer,
  amount: bigint,
): string | null {
  const destination = findSubchain(workspace, parameters, destinationChain);
  if (destination === null) return "destination that is no subchain";
  if (destination.status !== "alive") return `destination that is ${destination.status}`;
  const leftUs = destinationExpiryUs - workspace.timeUs;
  if (leftUs <= 0) return "transfer whose delivery has expired";
  if (leftUs > parameters.maxExpiryUs) return "transfer that expires too late";
  return fitsEscrow(workspace, destinationChain, token, amount) ? null : "amount that no escrow can hold";
}
