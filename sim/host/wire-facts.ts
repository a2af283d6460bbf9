import type { Hasher } from "../kernel/digest.ts";
import { contentHash32 } from "../network/content-hash.ts";

/** Longer content is named by its hash in the digest, and hashed once however often it is relayed. */
const MAX_INLINE_BYTES = 256;

/** What the host derives from a message's bytes. */
interface Facts {
  readonly hash32: number;
  readonly digest: Uint8Array;
}

/** Facts about the encodings of messages under way; large ones are derived once for each encoding. */
export class WireFacts {
  readonly #large = new WeakMap<Uint8Array, Facts>();
  readonly #hasher: () => Hasher;

  constructor(hasher: () => Hasher) {
    this.#hasher = hasher;
  }

  /** @returns what names the content for the fates of its copies */
  hash32(wire: Uint8Array): number {
    return wire.length <= MAX_INLINE_BYTES ? contentHash32(wire) : this.#facts(wire).hash32;
  }

  /** @returns what enters the digest: the bytes, or the SHA-256 of long ones */
  content(wire: Uint8Array): Uint8Array {
    return wire.length <= MAX_INLINE_BYTES ? wire : this.#facts(wire).digest;
  }

  #facts(wire: Uint8Array): Facts {
    const known = this.#large.get(wire);
    if (known !== undefined) return known;
    const hasher = this.#hasher();
    hasher.update(wire);
    const digest = hasher.digest();
    const facts = { hash32: firstWord(digest), digest };
    this.#large.set(wire, facts);
    return facts;
  }
}

function firstWord(digest: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = digest;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
