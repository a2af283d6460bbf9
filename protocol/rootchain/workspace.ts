import type { BridgeWorkspace } from "../bridge/workspace-port.ts";
import type { Draft } from "../consensus/ledger-rules.ts";
import type { Rotation } from "../consensus/rotation.ts";
import { assert } from "../core/assert.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { decodeOutputEntry, encodeOutputEntry, type OutputEntry, type OutputRole, PLAIN } from "./entries.ts";
import type { Output } from "./input-signature.ts";
import { type Outpoint, outpointKey } from "./outpoint.ts";
import { decodeDelegate, delegateKey } from "./staking-entries.ts";
import type { UtxoTransaction } from "./transaction.ts";

/** Where a workspace stood, to be restored when a transaction is refused after all. */
export interface Mark {
  readonly entries: AuthenticatedMap;
  readonly rotation: Rotation;
  readonly collected: bigint;
  readonly burned: bigint;
  readonly pooled: bigint;
}

/** The rootchain's ledger while a block is built or judged; what a refused transaction did to it is undone by `restore`. */
export class Workspace implements BridgeWorkspace {
  readonly draft: Draft;
  entries: AuthenticatedMap;
  /** Fees and charges that the committee shares at the end of the block, base units. */
  collected = 0n;
  /** Destroyed in this block, base units. */
  burned = 0n;
  /** Added to the reward pool in this block, base units. */
  pooled = 0n;
  /** What the transaction under way spends. */
  spent: readonly OutputEntry[] = [];
  #transaction: UtxoTransaction | null = null;

  constructor(entries: AuthenticatedMap, draft: Draft) {
    this.entries = entries;
    this.draft = draft;
  }

  get crypto(): NodeCrypto {
    return this.draft.crypto;
  }

  get chainId(): number {
    return this.draft.rotation.parameters.chainId;
  }

  get height(): number {
    return this.draft.height;
  }

  get timeUs(): number {
    return this.draft.timeUs;
  }

  get rotation(): Rotation {
    return this.draft.rotation;
  }

  set rotation(rotation: Rotation) {
    this.draft.rotation = rotation;
  }

  mark(): Mark {
    const { entries, rotation, collected, burned, pooled } = this;
    return { entries, rotation, collected, burned, pooled };
  }

  restore(mark: Mark): void {
    this.entries = mark.entries;
    if (this.draft.rotation !== mark.rotation) this.draft.rotation = mark.rotation;
    this.collected = mark.collected;
    this.burned = mark.burned;
    this.pooled = mark.pooled;
  }

  get(key: Hash): Uint8Array | undefined {
    return this.entries.get(key);
  }

  set(key: Hash, value: Uint8Array): void {
    this.entries = this.entries.set(key, value);
  }

  delete(key: Hash): void {
    this.entries = this.entries.delete(key);
  }

  /** @returns the unspent output under a key, null where there is none */
  outputAt(key: Hash): OutputEntry | null {
    const bytes = this.entries.get(key);
    return bytes === undefined ? null : decodeOutputEntry(bytes);
  }

  /** Makes an output that did not exist. */
  create(key: Hash, { amount, lockingScript }: Output, role: OutputRole = PLAIN): void {
    const entry = { amount, lockingScript, createdHeight: this.height, createdUs: this.timeUs, role };
    this.set(key, encodeOutputEntry(entry));
  }

  /** Makes an unspent output something else, with the same value under the same script. */
  assign(key: Hash, role: OutputRole): void {
    const output = this.outputAt(key);
    assert(output !== null, "the output is there");
    this.set(key, encodeOutputEntry({ ...output, role }));
  }

  /** Creates all outputs of a transaction, which becomes the one under way. */
  begin(transaction: UtxoTransaction): void {
    this.#transaction = transaction;
    transaction.outputs.forEach((output, index) => {
      this.create(transaction.createdKeys[index] as Hash, output);
    });
  }

  bond(index: number, { chainId, seat }: { readonly chainId: number; readonly seat: number }): void {
    const key = this.#transaction?.createdKeys[index];
    assert(key !== undefined, "the transaction under way has the output");
    this.assign(key, { kind: "operator-bond", chainId, seat });
  }

  release(bond: Outpoint, height: number): void {
    this.assign(outpointKey(bond), { kind: "maturing", height, delegate: null });
  }

  confiscate(output: Outpoint): bigint {
    const key = outpointKey(output);
    const entry = this.outputAt(key);
    if (entry === null) return 0n;
    this.delete(key);
    return entry.amount;
  }

  confiscateDelegate(delegate: DelegateId): bigint {
    const standing = this.rotation.standings[delegate];
    assert(standing !== undefined, "the delegate is registered");
    this.rotation = this.rotation.withStanding(delegate, { ...standing, bond: 0n, slashed: true });
    return this.takeBond(delegate);
  }

  /** Takes a delegate's bond away. @returns its amount, zero when it was spent before */
  takeBond(delegate: DelegateId): bigint {
    const record = this.get(delegateKey(delegate));
    const bond = record === undefined ? null : decodeDelegate(record);
    return bond === null ? 0n : this.confiscate(bond.bond);
  }

  pay(outpoint: Outpoint, output: Output): void {
    const key = outpointKey(outpoint);
    assert(this.get(key) === undefined, "no other output has the name");
    this.create(key, output);
  }

  burn(amount: bigint): void {
    this.burned += amount;
  }

  reward(amount: bigint): void {
    this.collected += amount;
  }

  addToRewardPool(amount: bigint): void {
    this.pooled += amount;
  }
}
