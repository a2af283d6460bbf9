import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";

const scratch = new Writer();

/**
 * What stands by a proof and not by a signature. It is long, and all who get it measure it and pass it on: until it is final, its
 * encoding is made once for them all.
 */
export abstract class ProvenTransaction {
  #id: Hash | null = null;
  #encoded: Uint8Array | null = null;
  #isFinal = false;

  /** Appends the canonical encoding, its kind in front. */
  protected abstract write(writer: Writer): void;

  get id(): Hash {
    this.#id ??= hashTagged("orrery/transaction", this.encoded);
    return this.#id;
  }

  /** The canonical encoding, its kind in front; must not be changed. */
  get encoded(): Uint8Array {
    if (this.#encoded !== null) return this.#encoded;
    this.write(scratch);
    const encoded = scratch.finish();
    if (!this.#isFinal) this.#encoded = encoded;
    return encoded;
  }

  /** It is final: its block is kept for long, and few want its bytes any more. */
  forget(): void {
    this.#isFinal = true;
    this.#encoded = null;
  }
}
