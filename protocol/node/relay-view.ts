import { decodeLeg, type Leg } from "../bridge/leg.ts";
import { reject } from "../consensus/pbft-node.ts";
import type { Hash, PeerId } from "../core/ids.ts";
import type { Context } from "../core/machine.ts";
import { SECOND_US } from "../core/units.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import type { Anchor } from "../light/anchor.ts";
import { type CertifiedHeader, certifiedHeaderBytes, followHeaders } from "../light/certified-header.ts";
import { HeaderTrail } from "../light/header-trail.ts";
import { type StateProof, verifyStateEntry } from "../light/state-proof.ts";
import { decodeOwnLock, type OwnLock } from "../subchain/entries.ts";
import {
  type Found,
  type FoundTransaction,
  type Headers,
  HeadersRequest,
  type LightRequest,
  Lookup,
  ProofRequest,
  type Proofs,
} from "./light-messages.ts";
import { MAX_ANSWERED_HEADERS, MAX_KEPT_PATHS, MAX_PROVEN_KEYS } from "./limits.ts";
import { RequestSigner, sendRequest } from "./read-request.ts";

/** A chain that a relayer serves. */
export interface RelayChain {
  /** What the relayer trusts to begin with: the chain's genesis, or any later header. */
  readonly anchor: Anchor;
  /** Full nodes that it asks, and hands transactions to. */
  readonly peers: readonly PeerId[];
  /** In whose name a private chain is asked; left out for a public one. */
  readonly reader?: KeyPair;
}

/** What a chain's ledger held under a key, with the proof of it. */
export class Fact {
  /** The header that the proof leads to. */
  readonly anchor: Anchor;
  /** Undefined: nothing. */
  readonly value: Uint8Array | undefined;
  readonly proof: StateProof;
  #leg: Leg | null | undefined;
  #ownLock: OwnLock | null | undefined;

  constructor(anchor: Anchor, value: Uint8Array | undefined, proof: StateProof) {
    this.anchor = anchor;
    this.value = value;
    this.proof = proof;
  }

  /** The value as a leg; null where it is none. */
  get leg(): Leg | null {
    if (this.#leg === undefined) this.#leg = this.value === undefined ? null : decodeLeg(this.value);
    return this.#leg;
  }

  /** The value as what was locked on its chain; null where it is nothing of the kind. */
  get ownLock(): OwnLock | null {
    if (this.#ownLock === undefined) this.#ownLock = decodeOwnLock(this.value);
    return this.#ownLock;
  }
}

/** A way that was asked for, as far as the answers reach. */
interface Path {
  readonly upTo: number;
  readonly reached: number;
  readonly headers: readonly CertifiedHeader[];
}

/** However slow a chain was, it is asked again after this long. */
const MAX_QUIET_US = 10 * SECOND_US;

/** Blocks that every eighth lookup goes back by: a peer may have kept something quiet. */
const LOOK_BACK = 64;

/** What a relayer knows of one chain: a light client's knowledge, and nothing that it could not ask for again. */
export class RelayView {
  readonly chainId: number;
  readonly peers: readonly PeerId[];
  readonly #signer: RequestSigner | null;
  #anchor: Anchor;
  #lookedThrough: number;
  #facts = new Map<Hash, Fact>();
  /** The header whose state is being asked about. */
  #asked: Anchor | null = null;
  /** Of a dead chain: the last header that counts (B5). */
  #terminal: Anchor | null = null;
  /** Headers that were followed, the latest last, and the one before them all. */
  readonly #trail: HeaderTrail;
  /** Ways between two heights, by both of them; anew with each poll, as whoever told them may have lied. */
  readonly #paths = new Map<string, Path>();
  #version = 0;
  /** When the next header may be there, by the own clock; before, nobody is asked. */
  #quietUntilUs = 0;
  #bytes = 0;
  #signatures = 0;

  constructor({ anchor, peers, reader }: RelayChain) {
    this.#signer = reader === undefined ? null : new RequestSigner(reader);
    this.chainId = anchor.chainId;
    this.peers = peers;
    this.#anchor = anchor;
    this.#lookedThrough = anchor.height;
    this.#trail = new HeaderTrail(anchor);
  }

  /** Grows with everything that becomes known, or is forgotten. */
  get version(): number {
    return this.#version;
  }

  /** The highest header that was followed. */
  get anchor(): Anchor {
    return this.#anchor;
  }

  /** Whether the chain is dead: what stands at its last anchored header stands for ever. */
  get isDead(): boolean {
    return this.#terminal !== null;
  }

  /** The chain is dead: from now on only what its ledger held at its terminal anchor counts. */
  end(terminal: Anchor): void {
    if (this.#terminal !== null) return;
    this.#terminal = terminal;
    this.#facts.clear();
    this.#version++;
  }

  /** @returns a peer to turn to */
  peer(context: Context): PeerId | null {
    return this.peers[context.entropy() % Math.max(1, this.peers.length)] ?? null;
  }

  #send(context: Context, request: LightRequest): void {
    const node = this.peer(context);
    if (node !== null) sendRequest(context, this.#signer, { node, request });
  }

  /** Asks how the chain went on, unless it is too early for that. @returns whether it is time to ask */
  poll(context: Context): boolean {
    this.#paths.clear();
    if (context.nowUs < this.#quietUntilUs) return false;
    this.#send(context, new HeadersRequest(this.chainId, this.#anchor.height, 0));
    return true;
  }

  /** A chain's header follows the one before no sooner than those before it did, by the clocks of honest proposers. */
  #expectNext(context: Context, before: Anchor): void {
    const { timeUs, height } = this.#anchor;
    const intervalUs = Math.floor((timeUs - before.timeUs) / (height - before.height));
    const nextUs = Math.min(timeUs, context.nowUs) + Math.min(intervalUs, MAX_QUIET_US);
    this.#quietUntilUs = before.height === 0 ? 0 : nextUs;
  }

  /** Asks for the highest followed header once more: whoever answers otherwise gives its signers away. */
  audit(context: Context): void {
    const { height } = this.#anchor;
    if (height > 0) this.#send(context, new HeadersRequest(this.chainId, height - 1, height));
  }

  /**
   * Asks for new transfers, and for what the ledger holds under some keys by now.
   *
   * @param keys facts under other ones are forgotten; true: what is known will do, however old
   */
  ask(context: Context, keys: ReadonlyMap<Hash, boolean>, mayLookUp: boolean): void {
    for (const key of this.#facts.keys()) {
      if (keys.has(key)) continue;
      this.#facts.delete(key);
      this.#version++;
    }
    if (mayLookUp) this.#lookUp(context);
    this.#asked = this.#terminal ?? this.#anchor;
    const { height } = this.#asked;
    const list = [...keys].flatMap(([key, isFixed]) => (this.#isKnown(key, isFixed) ? [] : [key]));
    for (let from = 0; from < list.length; from += MAX_PROVEN_KEYS) {
      this.#send(context, new ProofRequest(this.chainId, height, list.slice(from, from + MAX_PROVEN_KEYS)));
    }
  }

  #isKnown(key: Hash, isFixed: boolean): boolean {
    const fact = this.#facts.get(key);
    return fact !== undefined && (isFixed || fact.anchor === this.#asked);
  }

  #lookUp(context: Context): void {
    const back = context.entropy() % 8 === 0 ? LOOK_BACK : 0;
    const from = Math.max(1, this.#lookedThrough + 1 - back);
    if (from <= this.#anchor.height)
      this.#send(context, new Lookup(this.chainId, from, { kind: "cross", destination: 0 }));
  }

  /** @returns the latest proven entry under a key, or undefined while unknown */
  fact(key: Hash): Fact | undefined {
    return this.#facts.get(key);
  }

  /**
   * The certified headers from above one height to another; asks for them while they are not at hand.
   *
   * @returns null while unknown
   */
  path(context: Context, fromHeight: number, upTo: number): readonly CertifiedHeader[] | null {
    const followed = this.#trail.path(fromHeight, upTo);
    if (followed !== null) return followed;
    const name = `${fromHeight}/${upTo}`;
    const known = this.#paths.get(name) ?? { upTo, reached: fromHeight, headers: [] };
    if (known.reached === upTo) return known.headers;
    if (this.#paths.size < MAX_KEPT_PATHS) this.#paths.set(name, known);
    this.#send(context, new HeadersRequest(this.chainId, known.reached, upTo));
    return null;
  }

  /** Takes headers in: the continuation of what was followed, and of paths that were asked for. */
  onHeaders(context: Context, { fromHeight, chain }: Headers): void {
    const last = chain.at(-1)?.header.height;
    if (last === undefined) return;
    this.#bytes += chain.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0);
    for (const [name, path] of this.#paths) {
      if (path.reached !== fromHeight || last > path.upTo) continue;
      this.#paths.set(name, { upTo: path.upTo, reached: last, headers: [...path.headers, ...chain] });
      if (last < path.upTo) this.#send(context, new HeadersRequest(this.chainId, last, path.upTo));
    }
    if (fromHeight === this.#anchor.height) this.#follow(context, chain);
  }

  #follow(context: Context, chain: readonly CertifiedHeader[]): void {
    this.#signatures += chain.reduce((sum, { certificate }) => sum + certificate.votes.length, 0);
    const { anchor, refusal } = followHeaders(context.crypto, this.#anchor, chain);
    if (anchor === null) return reject(context, refusal);
    const before = this.#anchor;
    this.#anchor = anchor;
    this.#trail.extend(chain);
    this.#version++;
    this.#expectNext(context, before);
    const { chainId } = this;
    const { height, blockHash } = anchor;
    const costs = { bytes: this.#bytes, signatures: this.#signatures };
    context.observe({ kind: "followed", chainId, height, blockHash, ...costs });
    if (chain.length < MAX_ANSWERED_HEADERS) return;
    this.#quietUntilUs = 0;
    this.poll(context);
  }

  /** Takes in what the ledger holds, as far as it is proven. */
  onProofs(proofs: Proofs): void {
    const anchor = this.#asked;
    if (anchor === null || proofs.height !== anchor.height) return;
    for (const entry of proofs.entries) {
      const [value, proof] = [entry.value ?? undefined, proofs.proofOf(entry)];
      if (!verifyStateEntry(anchor.stateRoot, entry.key, value, proof)) return;
      this.#facts.set(entry.key, new Fact(anchor, value, proof));
      this.#version++;
    }
  }

  /** @returns transfers between chains that a peer found in the followed part of the chain; whether they are there is not checked */
  onFound(context: Context, found: Found): readonly FoundTransaction[] {
    const { fromHeight, throughHeight, transactions } = found;
    if (throughHeight > this.#anchor.height || fromHeight > this.#lookedThrough + 1) {
      return transactions.filter(({ height }) => height <= this.#anchor.height);
    }
    if (throughHeight > this.#lookedThrough) {
      this.#lookedThrough = throughHeight;
      if (throughHeight < this.#anchor.height) this.#lookUp(context);
    }
    return transactions;
  }
}
