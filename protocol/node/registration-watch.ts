import { equalBytes } from "@noble/curves/utils.js";
import { decodeSubchainRecord, type SubchainRecord, subchainKey } from "../bridge/subchain-record.ts";
import type { ChainState } from "../consensus/chain-state.ts";
import { reject } from "../consensus/pbft-node.ts";
import { assert } from "../core/assert.ts";
import { Writer } from "../core/codec.ts";
import type { DelegateId, PeerId } from "../core/ids.ts";
import type { Context, Message, Storage } from "../core/machine.ts";
import type { Anchor } from "../light/anchor.ts";
import { certifiedHeaderBytes, followHeaders } from "../light/certified-header.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import { latestRootAnchor } from "../subchain/root-view.ts";
import { SubchainRules } from "../subchain/rules.ts";
import { type ChainSpecification, ROOT_CHAIN, writeSpecification } from "../subchain/specification.ts";
import { Headers, HeadersRequest, ProofRequest, Proofs } from "./light-messages.ts";

const RECORD = "operator/registered";
const SEEN = Uint8Array.of(1);

/** How an operator looks out for the registration of its chain. */
export interface RegistrationWatchOptions {
  /** The chain before its block 1. */
  readonly genesis: ChainState;
  /** Full nodes of the rootchain that it asks, one of them each time. */
  readonly rootPeers: readonly PeerId[];
  /** How often it asks, µs. */
  readonly pollIntervalUs: number;
}

/** @returns whether a record is of the very chain that a genesis is of: its specification, and its operators in their order */
function isRecordOf({ specification, operators }: SubchainRecord, { rotation, rules }: ChainState): boolean {
  const { registry } = rotation;
  if (!(rules instanceof SubchainRules) || !areSame(specification, rules.specification)) return false;
  if (operators.length !== registry.size) return false;
  return operators.every(({ registered }, seat) =>
    equalBytes(registry.of(seat as DelegateId).publicKey, registered.publicKey),
  );
}

function areSame(one: ChainSpecification, other: ChainSpecification): boolean {
  return equalBytes(encoded(one), encoded(other));
}

function encoded(specification: ChainSpecification): Uint8Array {
  const writer = new Writer();
  writeSpecification(writer, specification);
  return writer.finish();
}

/**
 * What an operator does before its chain is registered: as a light client of the rootchain it waits until a final header of
 * that holds the chain's record (S3). Once seen, it is durable: a chain is registered for ever.
 */
export class RegistrationWatch {
  readonly #options: RegistrationWatchOptions;
  readonly #timer: number;
  #anchor: Anchor;
  #asked: PeerId | null = null;
  #isRegistered = false;
  #bytes = 0;
  #signatures = 0;

  /** @param timer the number of its timer among the machine's timers */
  constructor(options: RegistrationWatchOptions, timer: number) {
    const anchor = latestRootAnchor(options.genesis.ledger.entries);
    assert(anchor !== null, "a chain's genesis knows the rootchain");
    this.#options = options;
    this.#timer = timer;
    this.#anchor = anchor;
  }

  /** Whether the chain is known to be registered. */
  get isOver(): boolean {
    return this.#isRegistered;
  }

  start(context: Context, storage: Storage): void {
    this.#isRegistered = storage.has(RECORD);
    if (!this.#isRegistered) context.setTimer(this.#timer, 1 + (context.entropy() % this.#options.pollIntervalUs));
  }

  onTimer(context: Context): void {
    const { rootPeers, pollIntervalUs } = this.#options;
    context.setTimer(this.#timer, pollIntervalUs);
    this.#asked = rootPeers[context.entropy() % Math.max(1, rootPeers.length)] ?? null;
    if (this.#asked !== null) context.send(this.#asked, new HeadersRequest(ROOT_CHAIN, this.#anchor.height, 0));
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const isAnswer = message instanceof Headers || message instanceof Proofs;
    if (!isAnswer || message.chainId !== ROOT_CHAIN) reject(context, "message to an operator whose chain is to come");
    else if (from !== this.#asked) reject(context, "answer that nobody asked for");
    else if (message instanceof Headers) this.#onHeaders(context, from, message);
    else this.#onProofs(context, message);
  }

  get #key() {
    return subchainKey(this.#options.genesis.rotation.parameters.chainId);
  }

  #onHeaders(context: Context, from: PeerId, { chain, fromHeight }: Headers): void {
    if (fromHeight !== this.#anchor.height || chain.length === 0) return;
    this.#bytes += chain.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0);
    this.#signatures += chain.reduce((sum, { certificate }) => sum + certificate.votes.length, 0);
    const { anchor, refusal } = followHeaders(context.crypto, this.#anchor, chain);
    if (anchor === null) return reject(context, refusal);
    this.#anchor = anchor;
    const { height, blockHash } = anchor;
    const costs = { bytes: this.#bytes, signatures: this.#signatures };
    context.observe({ kind: "followed", chainId: ROOT_CHAIN, height, blockHash, ...costs });
    context.send(from, new ProofRequest(ROOT_CHAIN, height, [this.#key]));
  }

  #onProofs(context: Context, proofs: Proofs): void {
    const entry = proofs.entries[0];
    if (entry === undefined || entry.value === null || proofs.height !== this.#anchor.height) return;
    const [encoded, proof] = [entry.value, proofs.proofOf(entry)];
    if (!verifyStateEntry(this.#anchor.stateRoot, this.#key, encoded, proof)) {
      return reject(context, "record that is not proven");
    }
    const record = decodeSubchainRecord(encoded);
    if (record === null || !isRecordOf(record, this.#options.genesis)) {
      return reject(context, "registration of another chain");
    }
    this.#isRegistered = true;
    context.persist(RECORD, SEEN);
  }
}
