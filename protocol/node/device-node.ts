import { reject } from "../consensus/pbft-node.ts";
import type { PeerId } from "../core/ids.ts";
import { type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import { nextPayment, type PaymentOptions, type Wallet } from "./device-payment.ts";
import { decodePending, decodeWallet, PendingRecord, WalletRecord } from "./device-records.ts";
import { LightClientNode, type LightClientNodeOptions } from "./light-client-node.ts";
import { RelayOrder } from "./light-messages.ts";
import type { Rhythm } from "./rhythm.ts";

/** What a device is given at its birth; as it is made anew with every waking, devices of a kind share one object. */
export interface DeviceNodeOptions
  extends Omit<LightClientNodeOptions, "awakeUs" | "asleepUs" | "watched" | "reader" | "epochUs"> {
  readonly epochUs: number;
  readonly payment: PaymentOptions;
  /** Whether its chain answers only those who ask in their own name. */
  readonly isPrivate: boolean;
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

/**
 * A thing with a battery: it wakes, catches up with its subchain by checkpoints, hands in a transaction, waits until it is proven to
 * be final, and sleeps. What it must not forget is durable: asleep it has no memory.
 */
export class DeviceNode implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: DeviceNodeOptions;
  readonly #wallet: Wallet;
  readonly #rhythm: Rhythm;
  #client: LightClientNode | null = null;
  #nonce = 0;
  #wakes = 0;
  /** In order of their numbers; read only on wakings on which they matter. */
  #pending: readonly PendingRecord[] = [];
  #wokeUs = 0;
  /** Whether the newest one is handed in, and the numbers of older ones that were once more. */
  #hasSent = false;
  #again: Set<number> | null = null;

  constructor(options: DeviceNodeOptions, wallet: Wallet, rhythm: Rhythm) {
    this.#options = options;
    this.#wallet = wallet;
    this.#rhythm = rhythm;
  }

  start(context: Context, storage: Storage): void {
    this.#wokeUs = context.nowUs;
    const { confirmsEvery } = this.#options;
    const stored = storage.get(RECORD);
    const record = stored === undefined ? null : decodeWallet(stored);
    this.#nonce = record?.nonce ?? 0;
    // Devices that were put up together do not all want to know at the same time.
    this.#wakes = (record?.wakes ?? context.entropy() % Math.max(1, confirmsEvery)) + 1;
    // With so few records there is no need to look what they are.
    const canSign = storage.size < MAX_PENDING || countPending(storage) < MAX_PENDING;
    const follows = confirmsEvery > 0 && this.#wakes % confirmsEvery === 0;
    if (follows) return this.#follow(context, storage, canSign);
    const signed = canSign ? this.#sign(context, 0) : null;
    this.#keep(context);
    if (signed !== null) this.#send(context, [signed]);
    this.#sleep(context);
  }

  /** A waking on which it wants to know what became of its transactions. */
  #follow(context: Context, storage: Storage, canSign: boolean): void {
    const { patienceUs, pollIntervalUs } = this.#options;
    const client = new LightClientNode(this.#clientOptions());
    this.#client = client;
    this.#again = new Set();
    this.#pending = readPending(storage);
    context.setTimer(PATIENCE_TIMER, patienceUs);
    context.setTimer(RESEND_TIMER, RESEND_POLLS * pollIntervalUs);
    client.start(context, storage);
    if (canSign) this.#pending = [...this.#pending, this.#sign(context, client.anchor.height)];
    for (const { transaction, height } of this.#pending) client.watch(transaction.id, height + 1);
    this.#keep(context);
  }

  /** Field by field: to spread an object costs more than all the rest of a waking's making. */
  #clientOptions(): LightClientNodeOptions {
    const { isPrivate, patienceUs, trusted, epochBlocks, trustPeriodUs, maxDriftUs } = this.#options;
    const { peers, pollIntervalUs, epochUs } = this.#options;
    const options = {
      trusted,
      epochBlocks,
      trustPeriodUs,
      maxDriftUs,
      peers,
      pollIntervalUs,
      epochUs,
      awakeUs: 2 * patienceUs,
      asleepUs: 0,
    };
    return isPrivate ? { ...options, reader: this.#wallet.keyPair } : options;
  }

  /** Signs the next transaction, and makes it durable before anybody sees it. */
  #sign(context: Context, height: number): PendingRecord {
    const { payment, trusted, confirmsEvery } = this.#options;
    const nonce = this.#nonce++;
    const { nowUs } = context;
    const made = nextPayment(payment, this.#wallet, { chainId: trusted.anchor.chainId, nonce, nowUs });
    const { transaction } = made;
    context.crypto.sign(transaction, this.#wallet.keyPair);
    const pending = new PendingRecord(made, height);
    // What nobody asks after need not be known for long.
    if (confirmsEvery > 0) context.persist(PENDING + nonce, pending);
    const sent = { kind: "spending", step: "sent", id: transaction.id } as const;
    context.observe(transaction.kind === "transfer" ? sent : { ...sent, lock: transaction });
    return pending;
  }

  #keep(context: Context): void {
    context.persist(RECORD, new WalletRecord(this.#nonce, this.#wakes));
  }

  #send(context: Context, pending: readonly PendingRecord[]): void {
    const { peers } = this.#options;
    const peer = peers[context.entropy() % Math.max(1, peers.length)];
    if (peer === undefined || pending.length === 0) return;
    // First what nobody confirms: whoever loses power in between has handed in no lock without its data.
    this.#sendBeside(context, pending);
    context.send(peer, new Transactions(pending.map(({ transaction }) => transaction)));
  }

  /** What travels beside a transfer goes to one who carries it: another one each time that it is handed in. */
  #sendBeside(context: Context, pending: readonly PendingRecord[]): void {
    const relayers = this.#options.payment.crossing?.relayers ?? [];
    if (relayers.length === 0 || pending.length === 0) return;
    const relayer = relayers[context.entropy() % relayers.length] as PeerId;
    for (const { beside } of pending) if (beside.length > 0) context.send(relayer, new RelayOrder(beside));
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
    const missing = this.#pending.slice(0, -1).filter(({ transaction }) => {
      return this.#again?.has(transaction.nonce) === false && client.isAbsent(transaction.id);
    });
    for (const { transaction } of missing) this.#again?.add(transaction.nonce);
    this.#send(context, missing);
  }

  /** Strikes off what was proven to be final, and sleeps when nothing is left. */
  #settle(context: Context, client: LightClientNode): void {
    const left = this.#pending.filter(({ transaction }) => !client.included.has(transaction.id));
    if (left.length === this.#pending.length) return;
    // That a lock is final does not say that its data has come to anybody, and nobody confirms that: once more, to any other.
    this.#sendBeside(
      context,
      this.#pending.filter(({ transaction }) => client.included.has(transaction.id)),
    );
    for (const { transaction } of this.#pending) {
      if (!client.included.has(transaction.id)) continue;
      context.persist(PENDING + transaction.nonce, null);
      context.observe({ kind: "spending", step: "confirmed", id: transaction.id });
    }
    this.#pending = left;
    if (left.length === 0) this.#sleep(context);
  }

  #sleep(context: Context): void {
    const dueUs = this.#rhythm.nextUs({ wokeUs: this.#wokeUs, number: this.#wakes }, context);
    context.sleep(Math.max(0, dueUs - context.nowUs));
  }
}

function countPending(storage: Storage): number {
  let count = 0;
  for (const key of storage.keys()) if (key.startsWith(PENDING)) count++;
  return count;
}

/** @returns what a device has signed and has not seen final, in order */
function readPending(storage: Storage): PendingRecord[] {
  const found: PendingRecord[] = [];
  for (const key of storage.keys()) {
    const bytes = key.startsWith(PENDING) ? storage.get(key) : undefined;
    const pending = bytes === undefined ? null : decodePending(bytes);
    if (pending !== null) found.push(pending);
  }
  return found.sort((a, b) => a.transaction.nonce - b.transaction.nonce);
}
