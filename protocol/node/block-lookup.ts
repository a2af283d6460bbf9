import { readLock } from "../bridge/relock.ts";
import type { Hash } from "../core/ids.ts";
import { MerkleTree } from "../crypto/merkle.ts";
import type { Block } from "../ledger/block.ts";
import { sharedEncoding, type Transaction } from "../ledger/transaction.ts";
import type { FoundTransaction, LookupQuery } from "./light-messages.ts";

/** @returns whether a transaction begins or moves on a transfer to a chain, or to any */
function matches(transaction: Transaction, destination: number): boolean {
  if (transaction.kind === "action") return transaction.action.kind === "lock";
  if (transaction.kind !== "utxo" || transaction.payload === null) return false;
  const { payload } = transaction;
  if (payload.kind === "lock") return destination === 0 || payload.transfer.destinationChain === destination;
  if (payload.kind === "exit") {
    return payload.onward !== null && (destination === 0 || payload.onward.destinationChain === destination);
  }
  if (payload.kind !== "relock") return false;
  return destination === 0 || readLock(payload.lock)?.transfer.destinationChain === destination;
}

const NOTHING: readonly FoundTransaction[] = [];

/** What was looked for in a block, kept for whoever looks next: all of it is made at the first lookup that needs it. */
class BlockIndex {
  readonly #block: Block;
  #tree: MerkleTree | null = null;
  #places: ReadonlyMap<Hash, number> | null = null;
  #crossing: readonly FoundTransaction[] | null = null;

  constructor(block: Block) {
    this.#block = block;
  }

  find(query: LookupQuery): readonly FoundTransaction[] {
    if (query.kind === "transaction") return this.#withId(query.id);
    if (query.destination !== 0) return this.#crossingTo(query.destination);
    this.#crossing ??= this.#crossingTo(0);
    return this.#crossing;
  }

  #withId(id: Hash): readonly FoundTransaction[] {
    this.#places ??= new Map(this.#block.transactions.map((transaction, place) => [transaction.id, place]));
    const place = this.#places.get(id);
    return place === undefined ? NOTHING : [this.#at(place)];
  }

  #crossingTo(destination: number): readonly FoundTransaction[] {
    const { transactions } = this.#block;
    return transactions.flatMap((each, place) => (matches(each, destination) ? [this.#at(place)] : NOTHING));
  }

  #at(place: number): FoundTransaction {
    const { header, transactions, leaves } = this.#block;
    this.#tree ??= new MerkleTree(leaves);
    const proof = { index: place, size: transactions.length, branch: this.#tree.proveInclusion(place) };
    return { height: header.height, encoded: sharedEncoding(transactions[place] as Transaction), proof };
  }
}

/** Every relayer asks every node for the same, again and again, and many devices for one transaction each, through many blocks. */
const indices = new WeakMap<Block, BlockIndex>();

/** @returns what a query finds in a block, in the block's order and with the proofs */
export function findIn(block: Block, query: LookupQuery): readonly FoundTransaction[] {
  let index = indices.get(block);
  if (index === undefined) {
    index = new BlockIndex(block);
    indices.set(block, index);
  }
  return index.find(query);
}
