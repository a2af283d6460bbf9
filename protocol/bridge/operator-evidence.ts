import { convict, decodeEvidence, type Evidence } from "../consensus/evidence.ts";
import { Registry } from "../consensus/registry.ts";
import { Writer } from "../core/codec.ts";
import type { DelegateId } from "../core/ids.ts";
import { writeFraudProof } from "../subchain/fraud-proof.ts";
import { judgeFraud } from "../subchain/judge-fraud.ts";
import { shareOut } from "./informer.ts";
import type { BridgeParameters } from "./parameters.ts";
import { keysOf, type OperatorRecord, type SubchainRecord } from "./subchain-record.ts";
import { findSubchain, saveRecord } from "./subchains.ts";
import type { BridgeWorkspace, PayloadHandler } from "./workspace-port.ts";

/** The operators as they were when the seats that nominated had done so a number of times. */
function registryAt(operators: readonly OperatorRecord[], nominations: number): Registry {
  return new Registry(
    operators.map((operator) => {
      const acting = operator.nominees[Math.min(nominations, operator.nominees.length) - 1] ?? operator.registered;
      return { ...acting, stake: 0n, bond: operator.registered.bond };
    }),
  );
}

/** @returns the seat whose operator, or one of its nominees, the evidence convicts; null when it proves nothing */
function convictOperator(
  { crypto }: Pick<BridgeWorkspace, "crypto">,
  { operators, specification }: SubchainRecord,
  evidence: Evidence,
): DelegateId | null {
  const { chainId } = specification.parameters;
  const most = Math.max(...operators.map((operator) => keysOf(operator).length));
  for (let nominations = 0; nominations < most; nominations++) {
    const culprit = convict(crypto, registryAt(operators, nominations), { chainId, evidence });
    if (culprit !== null) return culprit;
  }
  return null;
}

/** Takes the bonds of seats, and the seats out of the next selections. @returns what was taken, base units */
function slash(workspace: BridgeWorkspace, record: SubchainRecord, seats: readonly number[]): bigint {
  let taken = 0n;
  const operators = record.operators.map((operator, seat) => {
    if (!seats.includes(seat)) return operator;
    taken += workspace.confiscate(operator.bond);
    return { ...operator, slashed: true };
  });
  saveRecord(workspace, { ...record, operators });
  return taken;
}

/** @returns the bond of a delegate of the rootchain that the evidence convicts, or why it convicts nobody */
function takeFromDelegate(workspace: BridgeWorkspace, evidence: Evidence): bigint | string {
  const { crypto, chainId, rotation } = workspace;
  const culprit = convict(crypto, rotation.registry, { chainId, evidence });
  if (culprit === null) return "evidence proves nothing";
  if (rotation.standings[culprit]?.slashed !== false) return "evidence for a paid offence";
  return workspace.confiscateDelegate(culprit);
}

function takeFromOperator(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  { chainId, evidence }: { chainId: number; evidence: Evidence },
): bigint | string {
  const subchain = findSubchain(workspace, parameters, chainId);
  if (subchain === null) return "evidence of a chain that is no subchain";
  const culprit = convictOperator(workspace, subchain.record, evidence);
  if (culprit === null) return "evidence proves nothing";
  if (subchain.record.operators[culprit]?.slashed !== false) return "evidence for a paid offence";
  return slash(workspace, subchain.record, [culprit]);
}

/** Evidence (a) of S8: conflicting signed statements cost an operator, or a delegate of the rootchain, its bond; once. */
export function evidenceHandler(parameters: BridgeParameters): PayloadHandler<"evidence-reveal"> {
  return (workspace, transaction, { chainId, evidence: encoded, salt }) => {
    const evidence = decodeEvidence(encoded);
    if (evidence === null) return "malformed evidence";
    const taken =
      chainId === workspace.chainId
        ? takeFromDelegate(workspace, evidence)
        : takeFromOperator(workspace, parameters, { chainId, evidence });
    if (typeof taken === "string") return taken;
    return shareOut(workspace, parameters, transaction, { taken, promised: { chainId, evidence: encoded, salt } });
  };
}

/** Evidence (b) of S8: a step of a certified block that is wrong costs every operator that signed for it its bond; once. */
export function fraudHandler(parameters: BridgeParameters): PayloadHandler<"fraud-proof"> {
  return (workspace, transaction, { chainId, fraud, salt }) => {
    const subchain = findSubchain(workspace, parameters, chainId);
    if (subchain === null) return "fraud proof of a chain that is no subchain";
    const { culprits, refusal } = judgeFraud(workspace.crypto, subchain.record, fraud);
    if (culprits === null) return refusal;
    const seats = culprits.filter((seat) => subchain.record.operators[seat]?.slashed === false);
    if (seats.length === 0) return "fraud for a paid offence";
    const writer = new Writer();
    writeFraudProof(writer, fraud);
    const taken = slash(workspace, subchain.record, seats);
    return shareOut(workspace, parameters, transaction, {
      taken,
      promised: { chainId, evidence: writer.finish(), salt },
    });
  };
}
