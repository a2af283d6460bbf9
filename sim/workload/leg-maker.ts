import { type CrossTransfer, dataHashOf, lockIdOf } from "../../protocol/bridge/cross-transfer.ts";
import { ExitOrder } from "../../protocol/bridge/exit.ts";
import { holdingOf } from "../../protocol/bridge/holding.ts";
import { onwardTransfer } from "../../protocol/bridge/onward.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { hashToBytes } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { Transfer } from "../../protocol/ledger/transaction.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import { type Sign, signerOf, spendCoins, unsigned } from "../../protocol/rootchain/wallet.ts";
import { SubchainRules } from "../../protocol/subchain/rules.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { AccountAction, type Action } from "../../protocol/subchain/transaction.ts";
import type { TransferLoad } from "../scenario/scenario.ts";
import type { Coin, Holder } from "./holder.ts";
import type { ClientChain, Leg } from "./order.ts";

/** What a client pays for a transaction, in the token of its chain. */
export const FEE = 1_000_000_000_000_000n;

/** One hop to be made. */
export interface Hop {
  /** Of the order: no two orders carry the same data. */
  readonly number: number;
  readonly load: TransferLoad;
  readonly source: ClientChain;
  readonly destination: ClientChain;
  readonly sender: Holder;
  readonly receiver: Holder;
  /** What the receiver is to get, base units. */
  readonly receives: bigint;
  readonly nowUs: number;
  /** Chain id of the home of the token that moves; what the way allows where left out. */
  readonly token?: number;
  /** The very coin to spend, where the hop starts on the rootchain; any large enough one without it. */
  readonly coin?: Coin;
}

/** @returns the earnings that a load offers to whoever carries a hop between two chains */
export function relayFees({ load, source, destination }: Pick<Hop, "load" | "source" | "destination">) {
  return {
    relockFee: source.id === ROOT_CHAIN ? 0n : BigInt(load.relayFees.relock),
    deliveryFee: destination.id === ROOT_CHAIN ? 0n : BigInt(load.relayFees.delivery),
  };
}

/** A chain's own token moves between subchains where nobody is to be paid on the rootchain, which cannot hold it; else root token. */
function tokenOf({ load, source, destination, token }: Hop): number {
  if (token !== undefined) return token;
  if (source.id === destination.id) return source.nativeToken;
  const isFree = source.id !== ROOT_CHAIN && destination.id !== ROOT_CHAIN && BigInt(load.relayFees.relock) === 0n;
  return isFree ? source.nativeToken : ROOT_CHAIN;
}

function crossTransfer(hop: Hop, data: Uint8Array): CrossTransfer {
  const { load, source, destination, sender, receiver, receives, nowUs } = hop;
  const { relockFee, deliveryFee } = relayFees(hop);
  const rootExpiryUs = nowUs + load.expiryUs.root;
  return {
    token: tokenOf(hop),
    sourceChain: source.id,
    destinationChain: destination.id,
    amount: receives + relockFee + deliveryFee,
    receiver: destination.id === ROOT_CHAIN ? receiver.script : hashToBytes(receiver.address),
    dataHash: data.length === 0 ? ZERO_HASH : dataHashOf(data),
    rootExpiryUs,
    destinationExpiryUs: rootExpiryUs + load.expiryUs.destination,
    relockFee,
    deliveryFee,
    fallback: sender.script,
  };
}

const NUMBER_BYTES = 4;

/** What travels beside a transfer: its number, and nothing else of meaning. */
function dataOf({ load, number }: Hop): Uint8Array {
  const data = new Uint8Array(load.dataBytes);
  for (let byte = 0; byte < Math.min(NUMBER_BYTES, data.length); byte++) data[byte] = (number >>> (8 * byte)) & 0xff;
  return data;
}

const NO_DATA = new Uint8Array(0);

/** An account that leaves a dead chain. */
export interface Departure extends Pick<Hop, "source" | "destination" | "sender"> {
  readonly root: ClientChain;
  /** Chain id of the home of the token that it takes along. */
  readonly token: number;
}

/** Signs what clients hand in. */
export class LegMaker {
  readonly #sign: Sign;

  constructor(backend: CryptoBackend) {
    this.#sign = signerOf(backend);
  }

  /** @returns the hop's transaction and what comes of it, or null when the sender cannot pay for it now */
  make(hop: Hop): Leg | null {
    return hop.source.holdsOutputs ? this.#fromRoot(hop) : this.#fromSubchain(hop);
  }

  #fromRoot(hop: Hop): Leg | null {
    const { source, destination, sender, receiver, receives, nowUs } = hop;
    const data = dataOf(hop);
    const isLocal = source.id === destination.id;
    const transfer = isLocal ? null : crossTransfer(hop, data);
    const leaves = transfer?.amount ?? receives;
    const coin = hop.coin ?? sender.takeCoin(leaves + FEE, nowUs);
    if (coin === null) return null;
    const payment = isLocal ? [{ amount: receives, lockingScript: receiver.script }] : [];
    const payload: Payload | null = transfer === null ? null : { kind: "lock", transfer };
    const rest = coin.amount - leaves - FEE;
    const outputs = rest > 0n ? [...payment, { amount: rest, lockingScript: sender.script }] : payment;
    const output = { amount: coin.amount, lockingScript: sender.script };
    const coins = [{ outpoint: coin.outpoint, output, keyPair: sender.keyPair }];
    const transaction = spendCoins(this.#sign, { chainId: ROOT_CHAIN, coins, outputs, payload });
    const { outpointId } = transaction;
    const change =
      rest > 0n ? { outpoint: { transactionId: outpointId, index: outputs.length - 1 }, amount: rest } : null;
    const lock = transfer === null ? null : { id: lockIdOf(ROOT_CHAIN, outpointId), transfer, data };
    return legOf(hop, { token: ROOT_CHAIN, transaction, lock, change });
  }

  /**
   * Takes an entry of an account out of a dead chain, by proof at its last anchored header.
   *
   * @param left.state of the chain at that header
   * @returns null when the entry is worth nothing there
   */
  leave(hop: Departure, left: { state: ChainState; key: Hash }): Leg | null {
    const { source, destination, sender, token } = hop;
    const { ledger, rotation } = left.state;
    const account = ledger.entries.get(left.key);
    const { rules } = left.state;
    if (account === undefined || !(rules instanceof SubchainRules)) return null;
    const holding = holdingOf(rules.specification, { address: sender.address, entry: account });
    if (holding === null || holding.token !== token || holding.amount === 0n) return null;
    const isOver = token === ROOT_CHAIN;
    const onward = isOver ? null : { destinationChain: destination.id, deliveryFee: 0n };
    const outputs = isOver ? [{ amount: holding.amount, lockingScript: sender.script }] : [];
    const about = { chainId: source.id, key: left.key, outputs, onward };
    const order = new ExitOrder({ rootChain: ROOT_CHAIN, ...about });
    this.#sign(order, sender.keyPair);
    const proof = { rotationRoot: rotation.root, map: ledger.entries.prove(left.key) };
    const { publicKey } = sender.keyPair;
    const { signature } = order;
    const payload = { kind: "exit", chainId: source.id, publicKey, proof, account, onward, signature } as const;
    const transaction = unsigned({ chainId: ROOT_CHAIN, coins: [], outputs, payload });
    const base = { source, destination, receiver: sender, amount: holding.amount, token };
    const transfer = onward && onwardTransfer(ROOT_CHAIN, { owner: sender.address, entry: account, onward });
    const lock = transfer && { id: lockIdOf(ROOT_CHAIN, transaction.outpointId), transfer, data: NO_DATA };
    return { ...base, transaction, lock, change: null, submissions: 0, isFinal: false, handedTo: hop.root };
  }

  #fromSubchain(hop: Hop): Leg | null {
    const { source, destination, sender, receiver, receives } = hop;
    const data = dataOf(hop);
    const isLocal = source.id === destination.id;
    const transfer = isLocal ? null : crossTransfer(hop, data);
    const token = tokenOf(hop);
    const leaves = transfer?.amount ?? receives;
    if (!setAside(sender, source, { token, leaves })) return null;
    const { publicKey: from } = sender.keyPair;
    const { id: chainId, nativeToken } = source;
    const nonce = sender.nextNonce(chainId);
    const to = receiver.address;
    if (transfer === null && token === nativeToken) {
      const transaction = new Transfer({ chainId, from, nonce, fee: FEE, to, amount: receives, data });
      this.#sign(transaction, sender.keyPair);
      return legOf(hop, { token, transaction, lock: null, change: null });
    }
    const action: Action =
      transfer === null ? { kind: "pay", token, to, amount: receives } : { kind: "lock", transfer };
    const transaction = new AccountAction({ chainId, from, nonce, fee: FEE, action });
    this.#sign(transaction, sender.keyPair);
    const lock = transfer && { id: lockIdOf(chainId, transaction.id), transfer, data };
    return legOf(hop, { token, transaction, lock, change: null });
  }
}

/** Field by field: engines spread objects of this size slowly, and clients make many. */
function legOf(
  { source, destination, receiver, receives }: Hop,
  { token, transaction, lock, change }: Pick<Leg, "token" | "transaction" | "lock" | "change">,
): Leg {
  const amount = receives;
  return { source, destination, receiver, amount, token, transaction, lock, change, submissions: 0, isFinal: false };
}

/** @returns whether the sender had what leaves it and the fee, which are set aside then */
function setAside(sender: Holder, { id, nativeToken }: ClientChain, of: { token: number; leaves: bigint }): boolean {
  const { token, leaves } = of;
  const native = token === nativeToken ? leaves + FEE : FEE;
  if (!sender.canPay(id, nativeToken, native) || !sender.canPay(id, token, leaves)) return false;
  sender.debit(id, nativeToken, native);
  if (token !== nativeToken) sender.debit(id, token, leaves);
  return true;
}
