import { Writer } from "../core/codec.ts";
import { bytesToHash } from "../crypto/hash.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { type OperatorSeat, writeOperatorSeat } from "../rootchain/payload.ts";
import { MAX_NOMINATIONS } from "./limits.ts";
import type { BridgeParameters } from "./parameters.ts";
import { keysOf, maySit, type OperatorRecord, type SubchainRecord } from "./subchain-record.ts";
import { findSubchain, saveRecord } from "./subchains.ts";
import { NO_EFFECT, type PayloadHandler } from "./workspace-port.ts";

interface SeatOrderFields {
  readonly rootChain: number;
  readonly chainId: number;
  readonly seat: number;
  /** Nominations of this seat before: no order can be repeated. */
  readonly nominations: number;
  /** Who is to act in the seat; null to resign it. */
  readonly nominee: OperatorSeat | null;
}

/** What a seat's registered operator signs to have another act for it, or to leave. */
export class SeatOrder extends SignedObject {
  readonly #fields: SeatOrderFields;

  constructor(fields: SeatOrderFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.#fields = fields;
  }

  preimage(): Uint8Array {
    const { rootChain, chainId, seat, nominations, nominee } = this.#fields;
    const writer = new Writer().ascii(nominee === null ? "orrery/resignation" : "orrery/nomination");
    writer.u32(rootChain).u32(chainId).u32(seat).u32(nominations);
    if (nominee !== null) writeOperatorSeat(writer, nominee);
    return writer.finish();
  }
}

function withOperator(record: SubchainRecord, seat: number, operator: OperatorRecord): SubchainRecord {
  return { ...record, operators: record.operators.with(seat, operator) };
}

function isKnownKey({ operators }: SubchainRecord, publicKey: Uint8Array): boolean {
  const key = bytesToHash(publicKey);
  return operators.some((operator) => keysOf(operator).some((each) => bytesToHash(each) === key));
}

/** Lets another key act in a seat from a later epoch of the subchain on; the seat's bond answers for both (S3). */
export function nominationHandler(parameters: BridgeParameters): PayloadHandler<"nominate"> {
  return (workspace, _transaction, { chainId, seat, nominee, signature }) => {
    const subchain = findSubchain(workspace, parameters, chainId);
    const operator = subchain?.record.operators[seat];
    if (subchain == null || operator === undefined) return "nomination for no seat";
    if (!maySit(operator)) return "nomination for a lost seat";
    const nominations = operator.nominees.length;
    if (nominations === MAX_NOMINATIONS) return "nomination too many";
    if (nominee.bond !== 0n) return "nominee with a bond of its own";
    if (isKnownKey(subchain.record, nominee.publicKey)) return "nominee whose key was used on the chain before";
    const order = new SeatOrder({ rootChain: workspace.chainId, chainId, seat, nominations, nominee }, signature);
    if (!workspace.crypto.verify(order, operator.registered.publicKey)) return "nomination with a bad signature";
    const nominees = [...operator.nominees, nominee];
    saveRecord(workspace, withOperator(subchain.record, seat, { ...operator, nominees }));
    return NO_EFFECT;
  };
}

/** Gives a seat up: out from the next selection on, and the bond comes free once evidence has had its time. */
export function resignationHandler(parameters: BridgeParameters): PayloadHandler<"resign"> {
  return (workspace, _transaction, { chainId, seat, signature }) => {
    const subchain = findSubchain(workspace, parameters, chainId);
    const operator = subchain?.record.operators[seat];
    if (subchain == null || operator === undefined) return "resignation from no seat";
    if (!maySit(operator)) return "resignation from a lost seat";
    const nominations = operator.nominees.length;
    const order = new SeatOrder({ rootChain: workspace.chainId, chainId, seat, nominations, nominee: null }, signature);
    if (!workspace.crypto.verify(order, operator.registered.publicKey)) return "resignation with a bad signature";
    saveRecord(workspace, withOperator(subchain.record, seat, { ...operator, resigned: true }));
    workspace.release(operator.bond, workspace.height + parameters.operatorUnbondingBlocks);
    return NO_EFFECT;
  };
}
