import { Registry } from "../consensus/registry.ts";
import { genesisRotation } from "../consensus/rotation.ts";
import { assert } from "../core/assert.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import { bytesToHash } from "../crypto/hash.ts";
import type { OperatorSeat, Payload } from "../rootchain/payload.ts";
import type { Output } from "../rootchain/transaction.ts";
import { nativeToken } from "../subchain/specification.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { addToEscrow } from "./escrow.ts";
import type { BridgeParameters } from "./parameters.ts";
import { specificationRefusal } from "./specification-rules.ts";
import { nameKey, subchainKey } from "./subchain-record.ts";
import { saveRecord, saveRing } from "./subchains.ts";
import type { BridgeWorkspace, PayloadHandler } from "./workspace-port.ts";

type Registration = Extract<Payload, { kind: "register-subchain" }>;

function bondRefusal(operators: readonly OperatorSeat[], outputs: readonly Output[], least: bigint): string | null {
  if (outputs.length < operators.length) return "operator without a bond";
  const isBonded = operators.every(({ bond }, seat) => bond >= least && outputs[seat]?.amount === bond);
  return isBonded ? null : "operator whose output is not the bond it names, or too little";
}

function operatorRefusal(operators: readonly OperatorSeat[]): string | null {
  const keys = new Set(operators.map(({ publicKey }) => bytesToHash(publicKey)));
  return keys.size === operators.length ? null : "operator that takes two seats";
}

/** The first committee follows from genesis and the operators: nobody else may be slipped in. */
function genesisRefusal({ specification, operators, genesis }: Registration): string | null {
  const { parameters } = specification;
  if (genesis.chainId !== parameters.chainId || genesis.height !== 0) return "genesis of another chain";
  if (genesis.stateRoot === ZERO_HASH || genesis.blockHash === ZERO_HASH) return "genesis with a zero root";
  const registry = new Registry(operators.map((seat) => ({ ...seat, stake: seat.bond })));
  const { committee } = genesisRotation(registry, parameters, genesis.blockHash);
  return committee.hash === genesis.nextCommitteeHash ? null : "genesis with a committee of others";
}

/** @returns why a chain cannot be registered under these terms, or null; bonds are checked apart, as outputs hold them */
function registrationRefusal(
  workspace: Pick<BridgeWorkspace, "get" | "chainId">,
  parameters: BridgeParameters,
  registration: Registration,
): string | null {
  const { specification, operators } = registration;
  const { chainId } = specification.parameters;
  if (chainId === workspace.chainId || chainId === 0) return "chain id that no subchain may have";
  if (workspace.get(subchainKey(chainId)) !== undefined) return "chain id that was given out already";
  if (workspace.get(nameKey(specification.name)) !== undefined) return "name that was given out already";
  if (operators.length < Math.max(1, parameters.minOperators)) return "subchain with too few operators";
  return specificationRefusal(specification, parameters) ?? operatorRefusal(operators) ?? genesisRefusal(registration);
}

/**
 * Writes a chain's first entries.
 *
 * @param bonds transaction whose output i is the bond of operator i
 */
function record(
  workspace: Pick<BridgeWorkspace, "set" | "height" | "timeUs">,
  { specification, operators, genesis }: Registration,
  bonds: Hash,
): void {
  const saved = operators.map((registered, seat) => {
    return { registered, nominees: [], slashed: false, resigned: false, bond: { transactionId: bonds, index: seat } };
  });
  saveRecord(workspace, { specification, registeredHeight: workspace.height, operators: saved });
  saveRing(workspace, [{ anchor: genesis, anchoredUs: workspace.timeUs }]);
  workspace.set(nameKey(specification.name), Uint8Array.of(BridgeEntry.name));
}

/** @returns what a chain's prefunded rewards take of the root token into escrow, base units */
function prefunded({ specification }: Registration, rootChain: number): bigint {
  return nativeToken(specification) === rootChain ? specification.rewardPool : 0n;
}

/**
 * BondedRegistration (S3). Accounts that the chain starts with hold nothing of the root token: only the reward pool is
 * escrowed here, all else comes by locks.
 */
export function registrationHandler(parameters: BridgeParameters): PayloadHandler<"register-subchain"> {
  return (workspace, { inputs, outputs, outpointId }, registration) => {
    const { operators, specification } = registration;
    if (inputs.length === 0) return "registration without an input";
    const refusal =
      bondRefusal(operators, outputs, parameters.minOperatorBond) ??
      registrationRefusal(workspace, parameters, registration);
    if (refusal !== null) return refusal;
    const { chainId } = specification.parameters;
    record(workspace, registration, outpointId);
    for (let seat = 0; seat < operators.length; seat++) workspace.bond(seat, { chainId, seat });
    const absorbed = prefunded(registration, workspace.chainId);
    addToEscrow(workspace, chainId, workspace.chainId, absorbed);
    return { released: 0n, absorbed };
  };
}

/** What a subchain that the rootchain starts with holds of tokens of other chains, base units. */
export interface GenesisHolding {
  readonly token: number;
  readonly amount: bigint;
}

/**
 * Registers a subchain before block 1, with what its genesis accounts and reward pool hold of other chains' tokens.
 *
 * @param options.bonds transaction id under which output i of the genesis entries is the bond of operator i
 * @throws InvariantError for a registration that a transaction could not make; the scenario's fault was to be found before
 */
export function registerAtGenesis(
  workspace: Pick<BridgeWorkspace, "get" | "set" | "delete" | "height" | "timeUs" | "chainId">,
  parameters: BridgeParameters,
  registration: Registration,
  options: { readonly bonds: Hash; readonly holdings: readonly GenesisHolding[] },
): void {
  const refusal = registrationRefusal(workspace, parameters, registration);
  assert(refusal === null, `a subchain of genesis can be registered: ${refusal}`);
  record(workspace, registration, options.bonds);
  const { chainId } = registration.specification.parameters;
  for (const { token, amount } of options.holdings) addToEscrow(workspace, chainId, token, amount);
}
