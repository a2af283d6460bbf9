import { type CrossTransfer, dataHashOf } from "../bridge/cross-transfer.ts";
import { type Hash, type PeerId, ZERO_HASH } from "../core/ids.ts";
import { hashToBytes } from "../crypto/hash.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import { Transfer } from "../ledger/transaction.ts";
import { AccountAction } from "../subchain/transaction.ts";

/** Whom devices pay, and what they tell with it. */
export interface PaymentOptions {
  readonly to: Hash;
  /** Base units that the receiver is to get, and the fee of each transaction. */
  readonly amount: bigint;
  readonly fee: bigint;
  /** What travels with it: a reading. */
  readonly data: Uint8Array;
  /** Where the receiver is on another subchain; left out where it is on the devices' own. */
  readonly crossing?: CrossingOptions;
}

/** How a device's transfer gets to another subchain (B1). */
export interface CrossingOptions {
  readonly destinationChain: number;
  /** Chain id of the home of the token that moves. */
  readonly token: number;
  /** Base units, beside what the receiver gets. */
  readonly relockFee: bigint;
  readonly deliveryFee: bigint;
  /** From its signing until the rootchain must have taken it, and from then until its destination must have, µs. */
  readonly rootExpiryUs: number;
  readonly destinationExpiryUs: number;
  /** Who carry transfers: one of them is handed the data, which stands on no chain. */
  readonly relayers: readonly PeerId[];
}

/** Whose name stands on a device's transactions. */
export interface Wallet {
  readonly keyPair: KeyPair;
  /** Of the key. */
  readonly address: Hash;
  /** Locking script on the rootchain that a refund goes to when a transfer has left its source. */
  readonly script: Uint8Array;
}

/** What devices sign: a payment on their own chain, or a lock for another one. */
export type DeviceTransaction = Transfer | AccountAction;

/** A transaction of a device, and what travels beside it and stands on no chain. */
export interface Payment {
  readonly transaction: DeviceTransaction;
  readonly beside: Uint8Array;
}

export const NOTHING_BESIDE = new Uint8Array(0);
const NONCE_BYTES = 4;

/** @returns the payment with a wallet's next number, not signed yet */
export function nextPayment(
  { to, amount, fee, data, crossing }: PaymentOptions,
  { keyPair, address, script }: Wallet,
  { chainId, nonce, nowUs }: { readonly chainId: number; readonly nonce: number; readonly nowUs: number },
): Payment {
  const from = keyPair.publicKey;
  if (crossing === undefined) {
    const fields = { chainId, from, nonce, to, amount, fee, data };
    return { transaction: new Transfer(fields, undefined, address), beside: NOTHING_BESIDE };
  }
  const beside = ownReading(data, { nonce, address });
  const { destinationChain, token, relockFee, deliveryFee } = crossing;
  const rootExpiryUs = nowUs + crossing.rootExpiryUs;
  const transfer: CrossTransfer = {
    token,
    sourceChain: chainId,
    destinationChain,
    amount: amount + relockFee + deliveryFee,
    receiver: hashToBytes(to),
    dataHash: beside.length === 0 ? ZERO_HASH : dataHashOf(beside),
    rootExpiryUs,
    destinationExpiryUs: rootExpiryUs + crossing.destinationExpiryUs,
    relockFee,
    deliveryFee,
    fallback: script,
  };
  return { transaction: new AccountAction({ chainId, from, nonce, fee, action: { kind: "lock", transfer } }), beside };
}

/** Relayers know data by its hash: that of no two transfers is the same, as far as its length allows. */
function ownReading(data: Uint8Array, { nonce, address }: { nonce: number; address: Hash }): Uint8Array {
  const reading = data.slice();
  for (let byte = 0; byte < Math.min(NONCE_BYTES, reading.length); byte++)
    reading[byte] = (nonce >>> (8 * byte)) & 0xff;
  const room = reading.length - NONCE_BYTES;
  if (room > 0) reading.set(hashToBytes(address).subarray(0, room), NONCE_BYTES);
  return reading;
}

/** @returns the transfer to another chain that a transaction locks; null within one chain */
export function crossingOf(transaction: DeviceTransaction): CrossTransfer | null {
  return transaction.kind === "action" && transaction.action.kind === "lock" ? transaction.action.transfer : null;
}
