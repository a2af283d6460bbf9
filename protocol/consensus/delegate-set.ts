import { type Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_COMMITTEE } from "../core/limits.ts";
import { bytesToHash, hashTagged } from "../crypto/hash.ts";
import type { Registry } from "./registry.ts";

/** Most delegates of an epoch: in threshold mode all of them may sign one height. */
export const MAX_DELEGATES = MAX_COMMITTEE;

/** Length of a public key in bytes. */
const KEY_BYTES = 32;

/** A delegate's name in signed statements, and the key that it signs with. */
export interface DelegateKey {
  readonly id: DelegateId;
  readonly publicKey: Uint8Array;
}

/** Encoded size of one delegate's name and key, in bytes. */
export const DELEGATE_KEY_BYTES = 4 + KEY_BYTES;

/** Appends the canonical encoding of delegates' keys. */
export function writeDelegateKeys(writer: Writer, keys: readonly DelegateKey[]): void {
  writer.u32(keys.length);
  for (const { id, publicKey } of keys) writer.u32(id).fixed(publicKey);
}

/** Reads delegates' keys; whether any is there twice is not checked here. */
export function readDelegateKeys(reader: Reader): DelegateKey[] {
  return reader.list(MAX_DELEGATES, () => {
    return { id: reader.u32() as DelegateId, publicKey: reader.fixed(KEY_BYTES) };
  });
}

const scratch = new Writer();

/** The delegates of an epoch with their keys, in the order in which they were elected. */
export class DelegateSet {
  readonly keys: readonly DelegateKey[];
  /** Commits to names, keys and order. */
  readonly hash: Hash;
  readonly #byId: ReadonlyMap<DelegateId, Uint8Array>;

  /** @param keys of 32 bytes each; they may come from a peer */
  constructor(keys: readonly DelegateKey[]) {
    this.keys = keys;
    this.#byId = new Map(keys.map(({ id, publicKey }) => [id, publicKey]));
    writeDelegateKeys(scratch, keys);
    this.hash = hashTagged("orrery/delegate-set", scratch.finish());
  }

  get size(): number {
    return this.keys.length;
  }

  /** Whether no name and no key is there twice, so that one signer cannot count as two. */
  get isDistinct(): boolean {
    if (this.keys.some(({ publicKey }) => publicKey.length !== KEY_BYTES)) return false;
    const distinctKeys = new Set(this.keys.map(({ publicKey }) => bytesToHash(publicKey)));
    return this.#byId.size === this.size && distinctKeys.size === this.size;
  }

  /** @returns the key of a delegate, undefined for anybody else */
  keyOf(id: DelegateId): Uint8Array | undefined {
    return this.#byId.get(id);
  }
}

/** @returns the set of these delegates with the keys that they have now */
export function delegateSetOf(registry: Registry, delegates: readonly DelegateId[]): DelegateSet {
  return new DelegateSet(delegates.map((id) => ({ id, publicKey: registry.of(id).publicKey })));
}
