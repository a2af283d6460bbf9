import { type CrossTransfer, lockIdOf } from "../../../protocol/bridge/cross-transfer.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { addressOf } from "../../../protocol/ledger/address.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { decodeTransaction, encodeTransaction, type Transaction } from "../../../protocol/ledger/transaction.ts";
import type { CertifiedHeader } from "../../../protocol/light/certified-header.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import { decodeOwnLock } from "../../../protocol/subchain/entries.ts";
import type { ChainCheckers } from "../chain-checkers.ts";
import { worthOf } from "./held.ts";

/** Where and when an honest node of a chain first held a block final. */
export interface Place {
  /** Chain id of the block. */
  readonly chainId: number;
  readonly height: number;
  /** Header time, µs. */
  readonly timeUs: number;
  readonly atUs: number;
  readonly node: number;
}

/** A step of a transfer between chains, as final blocks show it. */
export type TransferStep =
  /** It left its source: burned on a subchain, taken into escrow on the rootchain. */
  | { readonly kind: "lock"; readonly lockId: Hash; readonly transfer: CrossTransfer }
  /** The rootchain took it from its source's escrow, to its destination's or (where that is the rootchain) to its receiver. */
  | {
      readonly kind: "relock";
      readonly lockId: Hash;
      readonly transfer: CrossTransfer;
      readonly transaction: UtxoTransaction;
      readonly sizeBytes: number;
    }
  /** Its destination, a subchain, created it. */
  | { readonly kind: "credit"; readonly lockId: Hash; readonly transfer: CrossTransfer }
  /** The rootchain gave it back, or (a token without escrow) noted that its source may. */
  | { readonly kind: "refund"; readonly lockId: Hash; readonly transaction: UtxoTransaction }
  /** Its source gave it back. */
  | { readonly kind: "sub-refund"; readonly lockId: Hash; readonly noted: boolean };

/** Something that left a dead chain by proof at its terminal anchor. */
export interface Exit {
  readonly chainId: number;
  /** Of the entry that was taken out: nobody else has the like. */
  readonly entry: string;
  /** Where it is a lock that never was relocked. */
  readonly lockId: Hash | null;
  readonly amount: bigint;
}

interface Listener {
  step?(step: TransferStep, place: Place): void;
  /** A certified header of a chain was accepted by another one. */
  header?(certified: CertifiedHeader, place: Place): void;
  exit?(exit: Exit, place: Place): void;
  /** After all steps of a block. */
  block?(block: Block, place: Place): void;
}

/**
 * Reads the final blocks of all chains in the order in which honest nodes first hold them, and says what they do across
 * chains. It follows formats only: whether a step was allowed is for its listeners.
 */
export class CrossBook {
  readonly #listeners: Listener[] = [];

  constructor(chains: readonly ChainCheckers[]) {
    for (const { world, chain } of chains) {
      const { chainId } = world.parameters;
      chain.onBlock((block, atUs, node) => {
        const { height, timeUs } = block.header;
        this.#read(block, { chainId, height, timeUs, atUs, node });
      });
    }
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #read(block: Block, place: Place): void {
    for (const transaction of block.transactions) {
      for (const certified of headersOf(transaction)) {
        for (const listener of this.#listeners) listener.header?.(certified, place);
      }
      const exit = exitOf(transaction);
      if (exit !== null) for (const listener of this.#listeners) listener.exit?.(exit, place);
      const step = stepOf(transaction, place.chainId);
      if (step === null) continue;
      for (const listener of this.#listeners) listener.step?.(step, place);
    }
    for (const listener of this.#listeners) listener.block?.(block, place);
  }
}

/** @returns the certified headers that a transaction carries for its chain to accept */
function headersOf(transaction: Transaction): readonly CertifiedHeader[] {
  switch (transaction.kind) {
    case "root-update":
    case "reorg":
    case "sub-refund":
      return transaction.path.headers;
    case "utxo": {
      const { payload } = transaction;
      const carries = payload?.kind === "relock" || payload?.kind === "refund" || payload?.kind === "anchor";
      return carries ? payload.path.headers : [];
    }
    default:
      return [];
  }
}

/** @returns what leaves a dead chain by a transaction of the rootchain: an account's balance, or a lock that stayed open */
function exitOf(transaction: Transaction): Exit | null {
  if (transaction.kind !== "utxo" || transaction.payload?.kind !== "exit") return null;
  const { chainId, publicKey, account } = transaction.payload;
  const lock = decodeOwnLock(account);
  if (lock !== null) return { chainId, entry: lock.lockId, lockId: lock.lockId, amount: lock.transfer.amount };
  // An account has one entry for a token: whether that is the chain's own makes no difference here.
  const amount = worthOf(account, transaction.chainId)?.amount ?? 0n;
  return { chainId, entry: addressOf(publicKey), lockId: null, amount };
}

/** @returns what a transaction of a chain does across chains, or null */
function stepOf(transaction: Transaction, chainId: number): TransferStep | null {
  switch (transaction.kind) {
    case "utxo":
      return rootStepOf(transaction, chainId);
    case "action": {
      const { action, id } = transaction;
      if (action.kind !== "lock") return null;
      return { kind: "lock", lockId: lockIdOf(chainId, id), transfer: action.transfer };
    }
    case "reorg": {
      const carried = decodeTransaction(transaction.transaction);
      const step = carried?.kind === "utxo" ? rootStepOf(carried, carried.chainId) : null;
      if (step?.kind !== "lock" && step?.kind !== "relock") return null;
      return { kind: "credit", lockId: step.lockId, transfer: step.transfer };
    }
    case "sub-refund":
      return { kind: "sub-refund", lockId: transaction.lockId, noted: transaction.credit !== null };
    default:
      return null;
  }
}

function rootStepOf(transaction: UtxoTransaction, chainId: number): TransferStep | null {
  const { payload } = transaction;
  switch (payload?.kind) {
    case "lock":
      return { kind: "lock", lockId: lockIdOf(chainId, transaction.outpointId), transfer: payload.transfer };
    case "relock": {
      const lock = decodeTransaction(payload.lock);
      if (lock?.kind !== "action" || lock.action.kind !== "lock") return null;
      const lockId = lockIdOf(lock.chainId, lock.id);
      const sizeBytes = encodeTransaction(transaction).length;
      return { kind: "relock", lockId, transfer: lock.action.transfer, transaction, sizeBytes };
    }
    case "refund":
      return { kind: "refund", lockId: payload.lockId, transaction };
    default:
      return null;
  }
}
