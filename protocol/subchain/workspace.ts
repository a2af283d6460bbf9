import type { Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";

/** What execution reads and writes. It knows nothing else of a ledger, so that a few proven entries can stand for the whole. */
export interface Workspace {
  get(key: Hash): Uint8Array | undefined;
  /** @param value kept, and must not be changed afterwards */
  set(key: Hash, value: Uint8Array): void;
  delete(key: Hash): void;
}

/** A whole ledger at hand; whoever executes on it puts an older `map` back to undo. */
export class MapWorkspace implements Workspace {
  map: AuthenticatedMap;

  constructor(map: AuthenticatedMap) {
    this.map = map;
  }

  get(key: Hash): Uint8Array | undefined {
    return this.map.get(key);
  }

  set(key: Hash, value: Uint8Array): void {
    this.map = this.map.set(key, value);
  }

  delete(key: Hash): void {
    this.map = this.map.delete(key);
  }
}

/** Keeps writes apart from what was there before, and remembers which entries were asked for. */
export class OverlayWorkspace implements Workspace {
  /** Every entry that was read or written, in order of the first time. */
  readonly touched = new Set<Hash>();
  /** What entries become; undefined where they go. */
  readonly writes = new Map<Hash, Uint8Array | undefined>();
  readonly #before: (key: Hash) => Uint8Array | undefined;

  /** @param before what an entry was */
  constructor(before: (key: Hash) => Uint8Array | undefined) {
    this.#before = before;
  }

  get(key: Hash): Uint8Array | undefined {
    this.touched.add(key);
    return this.writes.has(key) ? this.writes.get(key) : this.#before(key);
  }

  set(key: Hash, value: Uint8Array): void {
    this.touched.add(key);
    this.writes.set(key, value);
  }

  delete(key: Hash): void {
    this.touched.add(key);
    this.writes.set(key, undefined);
  }
}
