import type { ChainState } from "../consensus/chain-state.ts";
import { genesisAnchor } from "../light/anchor.ts";
import type { OperatorSeat, Payload } from "../rootchain/payload.ts";
import type { ChainSpecification } from "./specification.ts";

/**
 * What registers a subchain on the rootchain (S3): to be put into a transaction whose output i holds the bond of operator i.
 *
 * @param genesis made by `subchainGenesis` from the same specification and operators
 */
export function registrationOf(
  specification: ChainSpecification,
  operators: readonly OperatorSeat[],
  genesis: ChainState,
): Extract<Payload, { kind: "register-subchain" }> {
  return { kind: "register-subchain", specification, operators, genesis: genesisAnchor(genesis) };
}
