import type { Hash } from "../core/ids.ts";
import type { UtxoTransaction } from "../rootchain/transaction.ts";
import { type BlockSpace, blockSpaceOf } from "./block-space.ts";
import { chargeGrant, grantsOf, quotaCharge } from "./quota.ts";
import type { Grant } from "./quota-entries.ts";
import { readLock } from "./relock.ts";
import { type SpaceClass, spaceClassOf } from "./space-class.ts";
import { subchainKey } from "./subchain-record.ts";
import type { BridgeWorkspace } from "./workspace-port.ts";

/** Bytes of the kind that an encoded transaction has in front in a block. */
const KIND_BYTES = 1;

/** Why a transaction waits, which another block may take. */
export const NO_ROOM = "no room in this block";
/** Why a relock waits: another block, or period, may take it. */
export const NO_QUOTA = "no quota in this block";

/** How much of each part of one block is taken; begun anew with every block that is built or judged. */
export class BlockTally {
  readonly #space: BlockSpace;
  #normalBytes = 0;
  #reservedBytes = 0;
  /** Relock bytes in this block, by grant. */
  readonly #grantBytes = new Map<Hash, number>();

  constructor(maxBlockBytes: number) {
    this.#space = blockSpaceOf(maxBlockBytes);
  }

  /** @returns why a transaction has no room in this block, or null; another block may take it */
  refusal(workspace: Pick<BridgeWorkspace, "get">, transaction: UtxoTransaction): string | null {
    const sizeBytes = transaction.encoded.length + KIND_BYTES;
    const spaceClass = spaceClassOf(transaction.payload);
    if (spaceClass !== "relock") return this.#hasRoom(spaceClass, sizeBytes) ? null : NO_ROOM;
    const chainId = sourceOf(transaction);
    // Without a lock, or a subchain that it is from, there is nothing to wait for: execution says what is wrong.
    if (chainId === null || workspace.get(subchainKey(chainId)) === undefined) return null;
    return this.#payer(workspace, chainId, sizeBytes) === undefined ? NO_QUOTA : null;
  }

  /** Counts a transaction that took effect; a relock pays by the byte. */
  note(workspace: Pick<BridgeWorkspace, "get" | "set" | "reward">, transaction: UtxoTransaction): void {
    const sizeBytes = transaction.encoded.length + KIND_BYTES;
    const spaceClass = spaceClassOf(transaction.payload);
    if (spaceClass === "normal") this.#normalBytes += sizeBytes;
    if (spaceClass === "reserved") this.#reservedBytes += sizeBytes;
    const chainId = spaceClass === "relock" ? sourceOf(transaction) : null;
    const payer = chainId === null ? undefined : this.#payer(workspace, chainId, sizeBytes);
    if (chainId === null || payer === undefined) return;
    const { id, pricePerPiece } = payer;
    this.#grantBytes.set(id, (this.#grantBytes.get(id) ?? 0) + sizeBytes);
    chargeGrant(workspace, chainId, { id, sizeBytes, charge: this.#charge(sizeBytes, pricePerPiece) });
  }

  #charge(sizeBytes: number, pricePerPiece: bigint): bigint {
    return quotaCharge(sizeBytes, this.#space.pieceBytes, pricePerPiece);
  }

  #hasRoom(spaceClass: SpaceClass, sizeBytes: number): boolean {
    const { normalBytes, reservedBytes } = this.#space;
    const kept = spaceClass === "normal" ? Math.max(this.#reservedBytes, reservedBytes) : this.#reservedBytes;
    return this.#normalBytes + kept + sizeBytes <= normalBytes;
  }

  /** @returns the best grant of a chain that has room in this block, and money left */
  #payer(workspace: Pick<BridgeWorkspace, "get">, chainId: number, sizeBytes: number): Grant | undefined {
    const { pieceBytes } = this.#space;
    return grantsOf(workspace, chainId).find(({ id, pieces, pricePerPiece, remaining }) => {
      const fits = (this.#grantBytes.get(id) ?? 0) + sizeBytes <= pieces * pieceBytes;
      return fits && remaining >= this.#charge(sizeBytes, pricePerPiece);
    });
  }
}

/** @returns the chain whose quota a relock takes, null where its lock is none */
function sourceOf({ payload }: UtxoTransaction): number | null {
  if (payload?.kind !== "relock") return null;
  return readLock(payload.lock)?.transfer.sourceChain ?? null;
}
