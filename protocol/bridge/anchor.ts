import { lastAnchored } from "./anchor-ring.ts";
import { followPath } from "./header-path.ts";
import type { BridgeParameters } from "./parameters.ts";
import { findSubchain, saveRing } from "./subchains.ts";
import { NO_EFFECT, type PayloadHandler } from "./workspace-port.ts";

/**
 * A heartbeat keeps a subchain alive that nobody sends from (B5). It is free of quota, so it has to be worth its place: not
 * sooner after the last accepted header than the parameters say.
 */
export function anchorHandler(parameters: BridgeParameters): PayloadHandler<"anchor"> {
  return (workspace, _transaction, { chainId, path }) => {
    const subchain = findSubchain(workspace, parameters, chainId);
    if (subchain === null) return "heartbeat of a chain that is no subchain";
    const last = lastAnchored(subchain.ring);
    if (workspace.timeUs - last.anchoredUs < parameters.heartbeatUs) return "heartbeat too soon";
    if (path.height <= last.anchor.height) return "heartbeat that advances nothing";
    const reached = followPath(workspace, parameters, subchain, path);
    if (reached.anchor === null) return reached.refusal;
    saveRing(workspace, reached.ring);
    return NO_EFFECT;
  };
}
