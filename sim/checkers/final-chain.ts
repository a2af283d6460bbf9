import type { Hash } from "../../protocol/core/ids.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { World } from "./checker.ts";
import type { People } from "./people.ts";

/** Heights whose statements are kept while an honest node has yet to pass them. */
export const RETAINED_HEIGHTS = 1024;
/** Heights above the last final one of which statements are kept. */
export const AHEAD_HEIGHTS = 4;

type BlockListener = (block: Block, atUs: number, node: number) => void;

/** What the honest nodes hold final: the first block at each height, and how far every node is. */
export class FinalChain {
  readonly #hashes: Hash[];
  readonly #people: People;
  /** By node: its highest final height. */
  readonly #reached: Float64Array;
  /** By height above `settled`: how many honest nodes reached it. */
  readonly #past = new Map<number, number>();
  readonly #listeners: BlockListener[] = [];
  #settled = 0;
  #forked = false;

  constructor(world: World, people: People) {
    this.#hashes = [world.genesis.blockHash];
    this.#people = people;
    this.#reached = new Float64Array(world.nodes);
  }

  /** Height of the last block that followed all those before it. */
  get height(): number {
    return this.#hashes.length - 1;
  }

  /** The height that every honest node has reached; statements about it and below are dropped. */
  get settled(): number {
    return this.#settled;
  }

  /** Whether honest nodes follow different chains: what comes later can be judged by no single history. */
  get forked(): boolean {
    return this.#forked;
  }

  hashAt(height: number): Hash | undefined {
    return this.#hashes[height];
  }

  /** Calls back once for each height, in order. */
  onBlock(listener: BlockListener): void {
    this.#listeners.push(listener);
  }

  /** Takes note that a block is final at an honest node. */
  record(node: number, atUs: number, block: Block): void {
    const { height, previousHash } = block.header;
    const known = this.#hashes[height];
    if (known === undefined) this.#append(node, atUs, block, previousHash);
    else if (known !== block.hash) this.#forked = true;
    this.#advance(node, height);
  }

  #append(node: number, atUs: number, block: Block, previousHash: Hash): void {
    if (this.#forked || block.header.height !== this.height + 1) return;
    if (previousHash !== this.#hashes[this.height]) {
      this.#forked = true;
      return;
    }
    this.#hashes.push(block.hash);
    for (const listener of this.#listeners) listener(block, atUs, node);
  }

  #advance(node: number, height: number): void {
    const from = this.#reached[node] ?? 0;
    if (height <= from) return;
    this.#reached[node] = height;
    for (let each = Math.max(from, this.#settled) + 1; each <= height; each++) {
      this.#past.set(each, (this.#past.get(each) ?? 0) + 1);
    }
    const everyone = this.#people.honest.length;
    const floor = this.height - RETAINED_HEIGHTS;
    while (this.#settled < floor || this.#past.get(this.#settled + 1) === everyone) {
      this.#settled++;
      this.#past.delete(this.#settled);
    }
  }
}

/**
 * @returns whether honest nodes hold a certified header final, or may before long: whoever commits a height holds the one
 *   below it, so that none is certified further above what they hold
 */
export function isHeld(chain: FinalChain, height: number, hash: Hash): boolean {
  const known = chain.hashAt(height);
  return known === undefined ? height <= chain.height + 1 : known === hash;
}

/** Notes about each height, made when first asked for and dropped once every honest node is past it. */
export class HeightNotes<T> {
  readonly #chain: FinalChain;
  readonly #create: () => T;
  readonly #notes = new Map<number, T>();
  #dropped = 0;

  constructor(chain: FinalChain, create: () => T) {
    this.#chain = chain;
    this.#create = create;
  }

  /** @returns the notes, or null for a height that is settled or far ahead */
  at(height: number): T | null {
    const { settled } = this.#chain;
    while (this.#dropped < settled) this.#notes.delete(++this.#dropped);
    if (height <= settled || height > this.#chain.height + AHEAD_HEIGHTS) return null;
    const known = this.#notes.get(height);
    if (known !== undefined) return known;
    const created = this.#create();
    this.#notes.set(height, created);
    return created;
  }

  /** @returns all notes kept */
  all(): Iterable<T> {
    return this.#notes.values();
  }
}
