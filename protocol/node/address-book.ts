import { assert } from "../core/assert.ts";
import type { DelegateId, PeerId } from "../core/ids.ts";

/** Where each registered delegate is reached, both ways round; shared by all nodes that agree on it. */
export class AddressBook {
  readonly #peers: readonly PeerId[];
  readonly #delegates: ReadonlyMap<PeerId, DelegateId>;

  /** @param peers in order of registration */
  constructor(peers: readonly PeerId[]) {
    this.#peers = peers;
    this.#delegates = new Map(peers.map((peer, id) => [peer, id as DelegateId]));
    assert(this.#delegates.size === peers.length, "no two delegates share an address");
  }

  /** @throws InvariantError for an unknown delegate */
  peerOf(id: DelegateId): PeerId {
    const peer = this.#peers[id];
    assert(peer !== undefined, "every delegate has an address");
    return peer;
  }

  /** @returns the delegate at an address, undefined where there is none */
  delegateAt(peer: PeerId): DelegateId | undefined {
    return this.#delegates.get(peer);
  }
}
