import { equalBytes } from "@noble/curves/utils.js";
import type { ChainState } from "../consensus/chain-state.ts";
import type { DelegateId, Hash, PeerId } from "../core/ids.ts";
import { CLIENT, type Context } from "../core/machine.ts";
import { addressOf } from "../ledger/address.ts";
import { mayRead } from "../subchain/permission.ts";
import type { ChainSpecification } from "../subchain/specification.ts";
import { MAX_READERS, MAX_REMEMBERED_STAMPS, READ_FRESH_US } from "./limits.ts";
import type { ReadRequest } from "./read-request.ts";

/** What a node of a private chain needs to know to keep strangers out. */
export interface PrivateChain {
  /** The node's own number: requests are addressed to it. */
  readonly self: PeerId;
  readonly specification: ChainSpecification;
}

/** The latest stamps of one reader. */
interface Stamps {
  /** Stamps up to here count as seen. */
  floorUs: number;
  readonly seen: Set<number>;
}

/**
 * Decides for a node of a private chain whom it answers (S5): its operators and neighbours, whom it is connected with, and
 * readers that the chain's state admits. Each signed request counts once: what a node remembers of a reader is a window of
 * stamps, and everything below the window is old.
 */
export class ReadGuard {
  readonly #chain: PrivateChain;
  readonly #neighbours: ReadonlySet<PeerId>;
  readonly #readers = new Map<Hash, Stamps>();
  /** Stamps below were possibly seen before a restart, or forgotten since. */
  #floorUs = 0;

  constructor(chain: PrivateChain, mesh: readonly PeerId[]) {
    this.#chain = chain;
    this.#neighbours = new Set(mesh);
  }

  /** What was answered before a crash is not remembered: it is not answered again. */
  start(context: Context): void {
    this.#floorUs = context.nowUs;
  }

  /** @returns whether a peer keeps the chain itself, and is told of it without saying who it is */
  isMember({ rotation }: ChainState, from: PeerId): boolean {
    if (from === CLIENT || this.#neighbours.has(from)) return true;
    return rotation.registry.delegateAt(from) !== undefined;
  }

  /** @returns why a request is not answered, null when it is; cheap reasons come first */
  refusal(context: Context, state: ChainState, request: ReadRequest): string | null {
    const { chainId, node, reader, stampUs } = request;
    if (chainId !== state.rotation.parameters.chainId) return "read request about another chain";
    if (node !== this.#chain.self) return "read request to another node";
    if (Math.abs(context.nowUs - stampUs) > READ_FRESH_US) return "read request that is not fresh";
    const address = addressOf(reader);
    if (!this.#admits(state, { address, key: reader })) return "reader who is not admitted";
    if (this.#wasSeen(address, stampUs)) return "read request for the second time";
    if (!context.crypto.verify(request, reader)) return "read request with a foreign signature";
    this.#remember(address, stampUs);
    return null;
  }

  /** Operators read their own chain, by whatever way they ask. */
  #admits({ ledger, rotation }: ChainState, { address, key }: { address: Hash; key: Uint8Array }): boolean {
    if (mayRead(this.#chain.specification, ledger.entries, address)) return true;
    const { registry } = rotation;
    const seats = Array.from({ length: registry.size }, (_, seat) => registry.of(seat as DelegateId).publicKey);
    return seats.some((publicKey) => equalBytes(publicKey, key));
  }

  #wasSeen(address: Hash, stampUs: number): boolean {
    const stamps = this.#readers.get(address);
    if (stamps === undefined) return stampUs < this.#floorUs;
    return stampUs <= stamps.floorUs || stamps.seen.has(stampUs);
  }

  #remember(address: Hash, stampUs: number): void {
    const stamps = this.#readers.get(address) ?? { floorUs: this.#floorUs - 1, seen: new Set<number>() };
    stamps.seen.add(stampUs);
    if (stamps.seen.size > MAX_REMEMBERED_STAMPS) {
      const lowest = Math.min(...stamps.seen);
      stamps.seen.delete(lowest);
      stamps.floorUs = lowest;
    }
    // The reader who asked last goes last.
    this.#readers.delete(address);
    this.#readers.set(address, stamps);
    if (this.#readers.size > MAX_READERS) this.#forget();
  }

  /** Makes room; no stamp of the forgotten reader, nor an older one of anybody new, counts any more. */
  #forget(): void {
    for (const [address, { seen }] of this.#readers) {
      this.#floorUs = Math.max(this.#floorUs, 1 + Math.max(...seen));
      this.#readers.delete(address);
      return;
    }
  }
}
