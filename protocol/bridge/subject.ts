import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { addressOf } from "../ledger/address.ts";
import type { Payload } from "../rootchain/payload.ts";
import { readLock } from "./relock.ts";

const scratch = new Writer();

function subject(kind: string, ...parts: readonly Uint8Array[]): Hash {
  return hashTagged("orrery/subject", scratch.ascii(kind).finish(), ...parts);
}

function number(value: number): Uint8Array {
  return scratch.u32(value).finish();
}

/** By the very bytes of a lock: every pool that is handed its relock asks, and every node that sees it final. */
const locks = new WeakMap<Uint8Array, Hash | null>();

function subjectOfLock(encoded: Uint8Array): Hash | null {
  const known = locks.get(encoded);
  if (known !== undefined) return known;
  const lock = readLock(encoded);
  const about = lock === null ? null : subject("lock", hashToBytes(lock.lockId));
  locks.set(encoded, about);
  return about;
}

/**
 * What a payload is about, where only one transaction about it can take effect: a pool keeps the best one, so that many
 * relayers with one lock take one place.
 *
 * @returns null where any number of them may take effect, or another rule tells them apart
 */
export function subjectOf(payload: Payload): Hash | null {
  switch (payload.kind) {
    case "relock":
      return subjectOfLock(payload.lock);
    case "refund":
      return subject("refund", hashToBytes(payload.lockId));
    case "anchor":
      return subject("anchor", number(payload.chainId));
    case "exit":
      return subject("exit", number(payload.chainId), hashToBytes(addressOf(payload.publicKey)), payload.account);
    case "nominate":
    case "resign":
      return subject("seat", number(payload.chainId), number(payload.seat));
    case "register-subchain":
      return subject("subchain", number(payload.specification.parameters.chainId));
    case "evidence-commit":
      return subject("commitment", hashToBytes(payload.digest));
    case "evidence-reveal":
      return subject("evidence", number(payload.chainId), payload.evidence);
    default:
      return null;
  }
}
