import { lockIdOf } from "./cross-transfer.ts";
import { destinationRefusal } from "./destination.ts";
import { addToEscrow } from "./escrow.ts";
import { encodeLeg, legKey } from "./leg.ts";
import type { BridgeParameters } from "./parameters.ts";
import { termsRefusal } from "./transfer-terms.ts";
import type { PayloadHandler } from "./workspace-port.ts";

/** Root token to a subchain (B2): the amount leaves the transaction's inputs for the destination's escrow. */
export function lockHandler(parameters: BridgeParameters): PayloadHandler<"lock"> {
  return (workspace, transaction, { transfer }) => {
    const { chainId } = workspace;
    if (transfer.sourceChain !== chainId) return "lock of another chain";
    // An input makes the transaction, and with it the lock's identity, one of its kind.
    if (transaction.inputs.length === 0) return "lock without an input";
    const { amount, destinationChain, token } = transfer;
    const refusal = termsRefusal(chainId, transfer) ?? destinationRefusal(workspace, parameters, transfer, amount);
    if (refusal !== null) return refusal;
    addToEscrow(workspace, destinationChain, token, amount);
    const key = legKey(lockIdOf(chainId, transaction.outpointId));
    workspace.set(key, encodeLeg({ transfer, remaining: amount, state: "waiting" }));
    return { released: 0n, absorbed: amount };
  };
}
