import { assert } from "../core/assert.ts";
import type { Writer } from "../core/codec.ts";
import type { DelegateId, Hash, PeerId } from "../core/ids.ts";
import { addressOf } from "../ledger/address.ts";

/** What a delegate registers with: its keys and what it puts at stake. */
export interface Registration {
  readonly publicKey: Uint8Array;
  readonly vrfPublicKey: Uint8Array;
  /** Where it is reached. */
  readonly endpoint: PeerId;
  /** Base units of votes behind it. */
  readonly stake: bigint;
  /** Base units that misbehaviour costs. */
  readonly bond: bigint;
}

/** All registered delegates in order of registration; a delegate's id is its place. */
export class Registry {
  readonly #entries: readonly Registration[];
  readonly #addresses: readonly Hash[];
  readonly #byEndpoint: ReadonlyMap<PeerId, DelegateId>;

  constructor(entries: readonly Registration[]) {
    this.#entries = entries;
    this.#addresses = entries.map((entry) => addressOf(entry.publicKey));
    assert(new Set(this.#addresses).size === entries.length, "no key is registered twice");
    this.#byEndpoint = new Map(entries.map(({ endpoint }, id) => [endpoint, id as DelegateId]));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** @returns the registration, or undefined for an id that was never given out (ids come from peers) */
  get(id: DelegateId): Registration | undefined {
    return this.#entries[id];
  }

  /** @throws InvariantError for an unknown id */
  of(id: DelegateId): Registration {
    const entry = this.#entries[id];
    assert(entry !== undefined, "the delegate is registered");
    return entry;
  }

  /** @returns where a delegate is reached @throws InvariantError for an unknown id */
  peerOf(id: DelegateId): PeerId {
    return this.of(id).endpoint;
  }

  /** @returns the delegate that is reached at an address (the latest to register it), undefined where there is none */
  delegateAt(peer: PeerId): DelegateId | undefined {
    return this.#byEndpoint.get(peer);
  }

  /** @returns whether a key is registered already */
  has(publicKey: Uint8Array): boolean {
    return this.#addresses.includes(addressOf(publicKey));
  }

  /** @returns this registry with one more delegate, whose key must be new; its id is the old size */
  with(entry: Registration): Registry {
    return new Registry([...this.#entries, entry]);
  }

  /** @returns this registry with another party in a delegate's place: its nominee (S3) */
  withReplaced(id: DelegateId, entry: Registration): Registry {
    return new Registry(this.#entries.map((each, index) => (index === id ? entry : each)));
  }

  /** Appends the canonical encoding of all registrations. */
  write(writer: Writer): void {
    writer.u32(this.size);
    for (const { publicKey, vrfPublicKey, endpoint, stake, bond } of this.#entries) {
      writer.fixed(publicKey).fixed(vrfPublicKey).u32(endpoint).u128(stake).u128(bond);
    }
  }

  /** @returns the account that the delegate's fees go to */
  addressOf(id: DelegateId): Hash {
    const address = this.#addresses[id];
    assert(address !== undefined, "the delegate is registered");
    return address;
  }
}
