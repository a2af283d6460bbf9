import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { BridgeEntry } from "./entry-kind.ts";
import type { BridgeParameters } from "./parameters.ts";
import { type BridgeWorkspace, type Effect, NO_EFFECT, type PayloadHandler } from "./workspace-port.ts";

/** What an informer promises to reveal, and to whom its part is to be paid. */
export interface Promised {
  readonly chainId: number;
  /** The encoded evidence, or fraud proof. */
  readonly evidence: Uint8Array;
  readonly salt: Hash;
  /** Of the reveal's first output. */
  readonly lockingScript: Uint8Array;
}

/** @returns the commitment to evidence: it shows nothing of it, and pays nobody else (S8) */
export function commitmentOf({ chainId, evidence, salt, lockingScript }: Promised): Hash {
  const writer = new Writer().u32(chainId).bytes(evidence).hash(salt).bytes(lockingScript);
  return hashTagged("orrery/evidence-commitment", writer.finish());
}

/** @returns the key of a commitment among the rootchain's entries */
export function commitmentKey(digest: Hash): Hash {
  return hashTagged("orrery/evidence-commitment-entry", hashToBytes(digest));
}

/** Remembers at which height a commitment came; a second equal one would only put the first one off. */
export function commitmentHandler(): PayloadHandler<"evidence-commit"> {
  return (workspace, { inputs }, { digest }) => {
    // Whoever commits pays for the place that it takes.
    if (inputs.length === 0) return "commitment without an input";
    const key = commitmentKey(digest);
    if (workspace.get(key) !== undefined) return "commitment that was made already";
    workspace.set(key, new Writer().u8(BridgeEntry.evidenceCommitment).u64(workspace.height).finish());
    return NO_EFFECT;
  };
}

/** @returns the height that a commitment's entry holds, or null when it holds none; never throws */
export function decodeCommitment(bytes: Uint8Array): number | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.evidenceCommitment) reader.fail();
  const height = reader.u64();
  return reader.complete() ? height : null;
}

/** @returns whether a commitment is old enough that nobody can have copied the reveal, and not too old */
function opens(workspace: BridgeWorkspace, parameters: BridgeParameters, digest: Hash): boolean {
  const entry = workspace.get(commitmentKey(digest));
  const height = entry === undefined ? null : decodeCommitment(entry);
  if (height === null) return false;
  const age = workspace.height - height;
  return age >= parameters.revealDelayBlocks && age <= parameters.commitmentBlocks;
}

/** In 1/10000. Source: protocol.md, S8. */
const MAX_INFORMER_SHARE = 500;
const WHOLE = 10_000n;

/** @returns the informer's part of a confiscated bond, base units: 5 % at most */
export function informerReward(taken: bigint, { informerShare }: Pick<BridgeParameters, "informerShare">): bigint {
  return (taken * BigInt(Math.min(informerShare, MAX_INFORMER_SHARE))) / WHOLE;
}

/**
 * Shares out confiscated bonds: a part to the informer who promised the evidence in time, in the reveal's first output and
 * nowhere else, the rest burned. Without a promise in time all of it is burned.
 */
export function shareOut(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  transaction: UtxoTransaction,
  { taken, promised }: { taken: bigint; promised: Omit<Promised, "lockingScript"> },
): Effect | string {
  const first = transaction.outputs[0];
  const digest = first === undefined ? null : commitmentOf({ ...promised, lockingScript: first.lockingScript });
  const isPromised = digest !== null && opens(workspace, parameters, digest);
  const reward = isPromised ? informerReward(taken, parameters) : 0n;
  // All of it in that output: a copy of the reveal cannot turn the reward into a fee.
  if (isPromised && (first?.amount ?? 0n) < reward) return "reveal that does not pay its informer";
  if (digest !== null && isPromised) workspace.delete(commitmentKey(digest));
  workspace.burn(taken - reward);
  return { released: reward, absorbed: 0n };
}
