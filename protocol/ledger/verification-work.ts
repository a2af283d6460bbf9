import type { CertifiedHeader } from "../light/certified-header.ts";
import type { Payload } from "../rootchain/payload.ts";
import type { Transaction } from "./transaction.ts";

/** Signatures of the two statements that evidence rests on. */
const EVIDENCE_SIGNATURES = 2;

function signaturesOfHeaders(headers: readonly CertifiedHeader[]): number {
  return headers.reduce((sum, { certificate }) => sum + certificate.votes.length, 0);
}

function signaturesOfPayload(payload: Payload | null): number {
  switch (payload?.kind) {
    case "relock":
    case "refund":
    case "anchor":
      return signaturesOfHeaders(payload.path.headers);
    case "nominate":
    case "resign":
    case "exit":
    case "register-delegate":
      return 1;
    case "evidence-reveal":
      return EVIDENCE_SIGNATURES;
    case "fraud-proof":
      return 1 + signaturesOfHeaders([payload.fraud.header]);
    default:
      return 0;
  }
}

/** @returns signatures that judging a transaction verifies, whoever computes it: an estimate by its form alone */
export function signaturesIn(transaction: Transaction): number {
  switch (transaction.kind) {
    case "transfer":
    case "action":
    case "rejoin":
      return 1;
    case "claim":
      return 0;
    case "evidence":
      return EVIDENCE_SIGNATURES;
    case "checkpoint":
      return transaction.certified.votes.length;
    case "utxo":
      return transaction.inputs.length + signaturesOfPayload(transaction.payload);
    case "root-update":
    case "reorg":
    case "sub-refund":
      return signaturesOfHeaders(transaction.path.headers);
  }
}
