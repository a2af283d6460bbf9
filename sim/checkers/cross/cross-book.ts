import { type CrossTransfer, lockIdOf } from "../../../protocol/bridge/cross-transfer.ts";
import { decodeLeg } from "../../../protocol/bridge/leg.ts";
import { type Hash, ZERO_HASH } from "../../../protocol/core/ids.ts";
import { hashToBytes } from "../../../protocol/crypto/hash.ts";
import { addressOf } from "../../../protocol/ledger/address.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { decodeTransaction, type Transaction, transactionBytes } from "../../../protocol/ledger/transaction.ts";
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
  /** Its destination, a subchain, created it; as it was shown it there. */
  | {
      readonly kind: "credit";
      readonly lockId: Hash;
      readonly transfer: CrossTransfer;
      /** What came into being, the delivery's fee included, base units. */
      readonly arriving: bigint;
    }
  /** The rootchain gave it back, or (a token without escrow) noted that its source may. */
  | { readonly kind: "refund"; readonly lockId: Hash; readonly transaction: UtxoTransaction }
  /** Its source gave it back. */
  | { readonly kind: "sub-refund"; readonly lockId: Hash; readonly noted: boolean };

/** Something that left a dead chain by proof at its terminal anchor. */
export interface Exit {
  readonly chainId: number;
  /** Chain id of the token's home. */
  readonly token: number;
  /** Of the entry that was taken out: nobody else has the like. */
  readonly entry: string;
  /** Where it is a lock that never was relocked. */
  readonly lockId: Hash | null;
  readonly amount: bigint;
  /** The transfer to a living chain by which another token than the rootchain's goes on; null where it went to outputs. */
  readonly onward: { readonly lockId: Hash; readonly transfer: CrossTransfer } | null;
}

/** A subchain that is registered during the run. */
export interface Registered {
  readonly chainId: number;
  /** Root token that its operators' rewards are prefunded with, base units. */
  readonly pool: bigint;
}

interface Listener {
  step?(step: TransferStep, place: Place): void;
  /** A certified header of a chain was accepted by another one. */
  header?(certified: CertifiedHeader, place: Place): void;
  exit?(exit: Exit, place: Place): void;
  register?(registered: Registered, place: Place): void;
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
      const registered = registeredBy(transaction);
      if (registered !== null) for (const listener of this.#listeners) listener.register?.(registered, place);
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
  const onward = onwardOf(transaction);
  const lock = decodeOwnLock(account);
  if (lock !== null) {
    const { token, amount } = lock.transfer;
    return { chainId, token, entry: lock.lockId, lockId: lock.lockId, amount, onward };
  }
  // An account has one entry for a token: whether that is the chain's own makes no difference here.
  const { token, amount } = worthOf(account, transaction.chainId) ?? { token: transaction.chainId, amount: 0n };
  return { chainId, token, entry: `${addressOf(publicKey)} ${token}`, lockId: null, amount, onward };
}

/** @returns the transfer that an exit begins: from the rootchain, of all of it, to the account itself on another chain */
function onwardOf(transaction: UtxoTransaction): Exit["onward"] {
  const { payload, chainId, outpointId } = transaction;
  if (payload?.kind !== "exit" || payload.onward === null) return null;
  const lock = decodeOwnLock(payload.account)?.transfer;
  const worth = lock ?? worthOf(payload.account, chainId);
  if (worth === null) return null;
  const { destinationChain, deliveryFee } = payload.onward;
  const transfer: CrossTransfer = {
    token: worth.token,
    sourceChain: chainId,
    destinationChain,
    amount: worth.amount,
    receiver: hashToBytes(addressOf(payload.publicKey)),
    dataHash: ZERO_HASH,
    rootExpiryUs: Number.MAX_SAFE_INTEGER,
    destinationExpiryUs: Number.MAX_SAFE_INTEGER,
    relockFee: 0n,
    deliveryFee,
    fallback: NOTHING,
  };
  return { lockId: lockIdOf(chainId, outpointId), transfer };
}

const NOTHING = new Uint8Array(0);

function registeredBy(transaction: Transaction): Registered | null {
  if (transaction.kind !== "utxo" || transaction.payload?.kind !== "register-subchain") return null;
  const { parameters, ownToken, rewardPool } = transaction.payload.specification;
  return { chainId: parameters.chainId, pool: ownToken ? 0n : rewardPool };
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
      const leg = decodeLeg(transaction.leg);
      return leg && { kind: "credit", lockId: transaction.lockId, transfer: leg.transfer, arriving: leg.remaining };
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
      const sizeBytes = transactionBytes(transaction);
      return { kind: "relock", lockId, transfer: lock.action.transfer, transaction, sizeBytes };
    }
    case "refund":
      return { kind: "refund", lockId: payload.lockId, transaction };
    default:
      return null;
  }
}
