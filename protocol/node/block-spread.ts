import type { Committee } from "../consensus/committee.ts";
import { type CertifiedBlock, Status } from "../consensus/messages.ts";
import type { Registry } from "../consensus/registry.ts";
import type { PeerId } from "../core/ids.ts";
import type { Context } from "../core/machine.ts";
import { KIB } from "../core/units.ts";

/** Blocks up to this size are pushed to mesh neighbours; larger ones are announced by status and fetched. */
const PUSH_BYTES = 16 * KIB;

/** Hands new final blocks on to the neighbours that do not see them become final themselves. */
export class BlockSpread {
  readonly #mesh: readonly PeerId[];
  #followersFor: Committee | null = null;
  #followers: readonly PeerId[] = [];

  constructor(mesh: readonly PeerId[]) {
    this.#mesh = mesh;
  }

  /**
   * Pushes a new block, or announces a large one.
   *
   * @param options.signers whose members make the block final by their own votes
   * @param options.from who sent the block, if it came from a peer
   */
  push(
    context: Context,
    certified: CertifiedBlock,
    options: { signers: Committee; registry: Registry; from: PeerId | null },
  ): void {
    const { signers, registry, from } = options;
    const followers = this.#followersOf(signers, registry);
    const peers = from === null ? followers : followers.filter((peer) => peer !== from);
    if (peers.length === 0) return;
    const { header, hash } = certified.block;
    const large = certified.sizeBytes > PUSH_BYTES;
    context.broadcast(peers, large ? new Status(header.height, hash) : certified);
  }

  /** The neighbours that have no seat in a committee, looked up once for each committee. */
  #followersOf(committee: Committee, registry: Registry): readonly PeerId[] {
    if (this.#followersFor !== committee) {
      this.#followersFor = committee;
      this.#followers = this.#mesh.filter((peer) => {
        const id = registry.delegateAt(peer);
        return id === undefined || committee.seatOf(id) < 0;
      });
    }
    return this.#followers;
  }
}
