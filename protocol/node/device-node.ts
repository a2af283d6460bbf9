import { reject } from "../consensus/pbft-node.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Hash, PeerId } from "../core/ids.ts";
import { MAX_DATA_BYTES } from "../core/limits.ts";
import { type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import { Transactions } from "../gossip/messages.ts";
import { decodeTransaction, encodeTransaction, Transfer } from "../ledger/transaction.ts";
import { LightClientNode, type LightClientNodeOptions } from "./light-client-node.ts";

/** Whom a device pays, and what it tells with it. */
export interface WalletOptions {
  readonly keyPair: KeyPair;
  readonly to: Hash;
  /** Base units of each transaction, and of its fee. */
  readonly amount: bigint;
  readonly fee: bigint;
  /** Bytes that travel with it: a reading. */
  readonly dataBytes: number;
}

/** What a device is given at its birth. */
export interface DeviceNodeOptions extends Omit<LightClientNodeOptions, "awakeUs" | "asleepUs" | "watched"> {
  readonly wallet: WalletOptions;
  /** From one waking to the next, µs, and by how much of it the device strays, 0 … 1. */
  readonly periodUs: number;
  readonly jitter: number;
  /** It goes to sleep after this long at the latest, µs. */
  readonly patienceUs: number;
  /** It follows its chain and looks for its transactions on every so-many-th waking; on the others it only sends. 0: on none. */
  readonly confirmsEvery: number;
}

/** Transactions that wait for their confirmation at one time; with so many a device sends no new one. */
const MAX_PENDING = 16;
/** Durable records: how far the wallet is, and each transaction that waits, by its number. */
const RECORD = "wallet";
const PENDING = "pending/";
const RESEND_TIMER = 2;
const PATIENCE_TIMER = 3;
/** What is not confirmed is sent again after so many polls. */
const RESEND_POLLS = 4;

const scratch = new Writer();

interface Pending {
  readonly nonce: number;
  readonly transfer: Transfer;
  /** The device trusted this height when it signed: its block comes later. */
  readonly height: number;
}

function encodePending({ nonce, transfer, height }: Pending): Uint8Array {
  const encoded = encodeTransaction(transfer);
  return scratch.u64(nonce).u64(height).bytes(encoded).finish();
}

/** @returns null when the bytes are damaged; never throws */
function decodePending(bytes: Uint8Array): Pending | null {
  const reader = new Reader(bytes);
  const [nonce, height, encoded] = [reader.u64(), reader.u64(), reader.bytes(2 * MAX_DATA_BYTES)];
  const transfer = reader.complete() ? decodeTransaction(encoded) : null;
  return transfer?.kind === "transfer" ? { nonce, transfer, height } : null;
}

/** @returns number of the next transaction, and wakings so far; null when the bytes are damaged */
function decodeWallet(bytes: Uint8Array): { readonly nonce: number; readonly wakes: number } | null {
  const reader = new Reader(bytes);
  const record = { nonce: reader.u64(), wakes: reader.u64() };
  return reader.complete() ? record : null;
}

/**
 * A thing with a battery: it wakes, catches up with its subchain by checkpoints, hands in a transaction, waits until it is proven to
 * be final, and sleeps. What it must not forget is durable: asleep it has no memory.
 */
export class DeviceNode implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: DeviceNodeOptions;
  #client: LightClientNode | null = null;
  #nonce = 0;
  #wakes = 0;
  /** In order of their numbers; read only on wakings on which they matter. */
  #pending: readonly Pending[] = [];
  #wokeUs = 0;
  /** Whether the newest one is handed in, and the numbers of older ones that were once more. */
  #hasSent = false;
  readonly #again = new Set<number>();

  constructor(options: DeviceNodeOptions) {
    this.#options = options;
  }

  start(context: Context, storage: Storage): void {
    this.#wokeUs = context.nowUs;
    const { confirmsEvery } = this.#options;
    const stored = storage.get(RECORD);
    const record = stored === undefined ? null : decodeWallet(stored);
    this.#nonce = record?.nonce ?? 0;
    // Devices that were put up together do not all want to know at the same time.
    this.#wakes = (record?.wakes ?? context.entropy() % Math.max(1, confirmsEvery)) + 1;
    const waiting = [...storage.keys()].filter((key) => key.startsWith(PENDING));
    if (confirmsEvery > 0 && this.#wakes % confirmsEvery === 0) return this.#follow(context, storage, waiting);
    const signed = waiting.length < MAX_PENDING ? this.#sign(context, 0) : null;
    this.#keep(context);
    if (signed !== null) this.#send(context, [signed]);
    this.#sleep(context);
  }

  /** A waking on which it wants to know what became of its transactions. */
  #follow(context: Context, storage: Storage, waiting: readonly string[]): void {
    const { patienceUs, pollIntervalUs } = this.#options;
    const client = new LightClientNode({ ...this.#options, awakeUs: 2 * patienceUs, asleepUs: 0 });
    this.#client = client;
    const read = waiting.flatMap((key) => decodePending(storage.get(key) ?? new Uint8Array(0)) ?? []);
    this.#pending = read.sort((a, b) => a.nonce - b.nonce);
    context.setTimer(PATIENCE_TIMER, patienceUs);
    context.setTimer(RESEND_TIMER, RESEND_POLLS * pollIntervalUs);
    client.start(context, storage);
    if (waiting.length < MAX_PENDING) this.#pending = [...this.#pending, this.#sign(context, client.anchor.height)];
    for (const { transfer, height } of this.#pending) client.watch(transfer.id, height + 1);
    this.#keep(context);
  }

  /** Signs the next transaction, and makes it durable before anybody sees it. */
  #sign(context: Context, height: number): Pending {
    const { wallet, trusted, confirmsEvery } = this.#options;
    const { keyPair, to, amount, fee, dataBytes } = wallet;
    const { chainId } = trusted.anchor;
    const nonce = this.#nonce++;
    const data = new Uint8Array(dataBytes);
    const transfer = new Transfer({ chainId, from: keyPair.publicKey, nonce, to, amount, fee, data });
    context.crypto.sign(transfer, keyPair);
    const pending = { nonce, transfer, height };
    // What nobody asks after need not be known for long.
    if (confirmsEvery > 0) context.persist(PENDING + nonce, encodePending(pending));
    context.observe({ kind: "spending", step: "sent", id: transfer.id });
    return pending;
  }

  #keep(context: Context): void {
    context.persist(RECORD, scratch.u64(this.#nonce).u64(this.#wakes).finish());
  }

  #send(context: Context, pending: readonly Pending[]): void {
    const { peers } = this.#options;
    const peer = peers[context.entropy() % Math.max(1, peers.length)];
    if (peer === undefined || pending.length === 0) return;
    context.send(peer, new Transactions(pending.map(({ transfer }) => transfer)));
  }

  onTimer(context: Context, timer: number): void {
    if (timer === PATIENCE_TIMER) this.#sleep(context);
    else if (timer === RESEND_TIMER) {
      context.setTimer(RESEND_TIMER, RESEND_POLLS * this.#options.pollIntervalUs);
      if (this.#hasSent) this.#send(context, this.#pending);
    } else this.#client?.onTimer(context, timer);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const client = this.#client;
    if (client === null) return reject(context, "message to a device that only sends");
    client.onMessage(context, from, message);
    if (client.isAtHead && !this.#hasSent) {
      this.#hasSent = true;
      this.#send(context, this.#pending.slice(-1));
    }
    this.#settle(context, client);
    if (this.#hasSent) this.#handInAgain(context, client);
  }

  /** What an earlier waking signed may never have left, and holds up all that has a later number. */
  #handInAgain(context: Context, client: LightClientNode): void {
    const missing = this.#pending.slice(0, -1).filter(({ nonce, transfer }) => {
      return !this.#again.has(nonce) && client.isAbsent(transfer.id);
    });
    for (const { nonce } of missing) this.#again.add(nonce);
    this.#send(context, missing);
  }

  /** Strikes off what was proven to be final, and sleeps when nothing is left. */
  #settle(context: Context, client: LightClientNode): void {
    const left = this.#pending.filter(({ transfer }) => !client.included.has(transfer.id));
    if (left.length === this.#pending.length) return;
    for (const { transfer, nonce } of this.#pending) {
      if (!client.included.has(transfer.id)) continue;
      context.persist(PENDING + nonce, null);
      context.observe({ kind: "spending", step: "confirmed", id: transfer.id });
    }
    this.#pending = left;
    if (left.length === 0) this.#sleep(context);
  }

  #sleep(context: Context): void {
    const { periodUs, jitter } = this.#options;
    const strayUs = Math.floor((2 * (context.entropy() / 2 ** 32) - 1) * jitter * periodUs);
    context.sleep(Math.max(0, this.#wokeUs + periodUs + strayUs - context.nowUs));
  }
}
