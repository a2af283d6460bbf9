import type { Payload } from "../rootchain/payload.ts";

/** Which part of a block a transaction may use (B7). */
export type SpaceClass =
  /** The cross-chain half, within its source's pieces. */
  | "relock"
  /** The normal half, and the part of it that is kept free of all others. */
  | "reserved"
  | "normal";

/** @returns the part of a block that a transaction with this payload may use; null for one without */
export function spaceClassOf(payload: Payload | null): SpaceClass {
  switch (payload?.kind) {
    case "relock":
      return "relock";
    case "anchor":
    case "refund":
    case "exit":
    case "evidence-commit":
    case "evidence-reveal":
    case "fraud-proof":
      return "reserved";
    default:
      return "normal";
  }
}
