import type { Hash } from "../core/ids.ts";
import type { Anchor } from "./anchor.ts";
import type { CertifiedHeader } from "./certified-header.ts";
import { KEPT_TRAIL } from "./limits.ts";

/**
 * The last headers that a light client has followed, each signed by the committee that the one before it names. As none of them
 * can be followed without every change of committee below it, they hold all that leads from one to another.
 */
export class HeaderTrail {
  /** In order of height. */
  readonly #headers: CertifiedHeader[] = [];
  /** Of the header below them all. */
  #height: number;
  #nextCommitteeHash: Hash;

  constructor({ height, nextCommitteeHash }: Pick<Anchor, "height" | "nextCommitteeHash">) {
    this.#height = height;
    this.#nextCommitteeHash = nextCommitteeHash;
  }

  /** Takes headers in that were followed from the last one. */
  extend(chain: readonly CertifiedHeader[]): void {
    this.#headers.push(...chain);
    // In one go, so that it seldom happens.
    if (this.#headers.length < 2 * KEPT_TRAIL) return;
    for (const { header } of this.#headers.splice(0, this.#headers.length - KEPT_TRAIL)) {
      this.#height = header.height;
      this.#nextCommitteeHash = header.nextCommitteeHash;
    }
  }

  /**
   * @param fromHeight whose header the verifier holds
   * @returns the changes of committee above it and the header at `upTo`; null when they were not all followed here
   */
  path(fromHeight: number, upTo: number): readonly CertifiedHeader[] | null {
    if (fromHeight < this.#height) return null;
    let authority = this.#nextCommitteeHash;
    const path: CertifiedHeader[] = [];
    for (const certified of this.#headers) {
      const { height, nextCommitteeHash } = certified.header;
      if (height > upTo) return null;
      const isChange = nextCommitteeHash !== authority;
      authority = nextCommitteeHash;
      if (height <= fromHeight) continue;
      if (isChange || height === upTo) path.push(certified);
      if (height === upTo) return path;
    }
    return null;
  }
}
