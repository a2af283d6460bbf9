import { type AnchorRing, anchorRingKey, decodeAnchorRing, lastAnchored } from "../../bridge/anchor-ring.ts";
import { type CrossTransfer, consumedKey, lockIdOf } from "../../bridge/cross-transfer.ts";
import { escrowOf } from "../../bridge/escrow.ts";
import { ExitOrder } from "../../bridge/exit.ts";
import { decodeLeg, type Leg, legKey } from "../../bridge/leg.ts";
import type { Onward } from "../../bridge/onward.ts";
import { leastRefund } from "../../bridge/refund.ts";
import { readLock } from "../../bridge/relock.ts";
import { type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { bytesToHash, hashToBytes } from "../../crypto/hash.ts";
import { leafDigest } from "../../crypto/merkle.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { addressOf } from "../../ledger/address.ts";
import { headerHash } from "../../ledger/header.ts";
import type { LedgerTransaction, Transaction } from "../../ledger/transaction.ts";
import type { Outpoint } from "../../rootchain/outpoint.ts";
import type { Payload } from "../../rootchain/payload.ts";
import { type Output, UtxoTransaction } from "../../rootchain/transaction.ts";
import { accountOf, balanceOf } from "../../subchain/balances.ts";
import { latestRootAnchor, recordedHeights } from "../../subchain/root-view.ts";
import { AccountAction, Reorg, RootUpdate, SubRefund } from "../../subchain/transaction.ts";
import { crypto, holder } from "../people.ts";
import { MINUTE_US, ROOT, script, specificationOf, type TestChain, type World } from "./world.ts";

export type Payloads<Kind extends Payload["kind"]> = Extract<Payload, { kind: Kind }>;

/** Script of whoever relays on the rootchain, and account of whoever delivers. */
export const RELAYER = 77;
export const PAYEE = 3;

export function address(index: number): Hash {
  return addressOf(holder(index).publicKey);
}

/** @returns a transfer of 10 that costs 0.2, and expires in half an hour and an hour */
export function transferOf(world: World, changes: Partial<CrossTransfer>): CrossTransfer {
  const { sourceChain = 2, destinationChain = 3 } = changes;
  return {
    token: ROOT,
    sourceChain,
    destinationChain,
    amount: 10n * IOTX,
    receiver: destinationChain === ROOT ? script(9) : hashToBytes(address(1)),
    dataHash: ZERO_HASH,
    rootExpiryUs: world.timeUs + 30 * MINUTE_US,
    destinationExpiryUs: world.timeUs + 60 * MINUTE_US,
    relockFee: sourceChain === ROOT ? 0n : IOTX / 10n,
    deliveryFee: destinationChain === ROOT ? 0n : IOTX / 10n,
    fallback: script(50),
    ...changes,
  };
}

export function lockAction(
  world: World,
  from: number,
  transfer: CrossTransfer,
  changes: { nonce?: number; fee?: bigint; chainId?: number } = {},
): AccountAction {
  const chainId = changes.chainId ?? transfer.sourceChain;
  const nonce = changes.nonce ?? accountOf(world.chain(chainId).state.ledger.entries, address(from)).nonce;
  const action = { kind: "lock" as const, transfer };
  const fields = { chainId, from: holder(from).publicKey, nonce, fee: changes.fee ?? 0n, action };
  const signed = new AccountAction(fields);
  crypto.sign(signed, holder(from));
  return signed;
}

/** @returns a transaction of the rootchain that spends coins which anybody may spend */
export function utxo(
  payload: Payload | null,
  outputs: readonly Output[],
  spent: readonly Outpoint[] = [],
): UtxoTransaction {
  const inputs = spent.map((outpoint) => ({ outpoint, unlockingScript: new Uint8Array(0), sequence: 0xffff_ffff }));
  return new UtxoTransaction({ chainId: ROOT, version: 1, inputs, outputs, lockTime: 0, payload });
}

function ringOf(world: World, chainId: number): AnchorRing {
  const ring = decodeAnchorRing(world.root.state.ledger.entries.get(anchorRingKey(chainId)) ?? new Uint8Array(0));
  if (ring === null) throw new Error("no such subchain");
  return ring;
}

/** @returns the height of the last anchored header of a subchain */
export function anchoredHeight(world: World, chainId: number): number {
  return lastAnchored(ringOf(world, chainId)).anchor.height;
}

/** @returns the highest anchored height that a path to a height may start from */
function anchoredBelow(world: World, chainId: number, height: number): number {
  return ringOf(world, chainId).find(({ anchor }) => anchor.height <= height)?.anchor.height ?? 0;
}

/** What a relay may have changed for a test's cheat. */
export interface RelayChanges {
  readonly payload?: Partial<Payloads<"relock">>;
  readonly outputs?: readonly Output[];
  /** Height that the path starts from. */
  readonly from?: number;
}

/** @returns a lock of the rootchain that spends one coin of a known value, with the change to nobody in particular */
export function lockOnRoot(
  transfer: CrossTransfer,
  { coin, value, fee = 0n }: { coin: Outpoint; value: bigint; fee?: bigint },
): UtxoTransaction {
  const change = value - transfer.amount - fee;
  const outputs = change > 0n ? [{ amount: change, lockingScript: script(0) }] : [];
  return utxo({ kind: "lock", transfer }, outputs, [coin]);
}

export function relockOf(world: World, lock: AccountAction, changes: RelayChanges = {}): UtxoTransaction {
  const { action, chainId } = lock;
  if (action.kind !== "lock") throw new Error("only locks are relocked");
  const { transfer } = action;
  const chain = world.chain(chainId);
  const { height, encoded, proof } = chain.prove(lock.id);
  const path = chain.path(changes.from ?? anchoredBelow(world, chainId, height), height);
  const toRoot = transfer.destinationChain === ROOT;
  const earned = { amount: transfer.relockFee, lockingScript: script(RELAYER) };
  const received = { amount: transfer.amount - transfer.relockFee, lockingScript: transfer.receiver };
  const outputs = changes.outputs ?? (toRoot ? [received, earned] : [earned]);
  return utxo({ kind: "relock", path, lock: encoded, proof, ...changes.payload }, outputs);
}

export function lockIdOfRoot(lock: UtxoTransaction): Hash {
  return lockIdOf(ROOT, lock.outpointId);
}

export function lockIdOfAction(lock: AccountAction): Hash {
  return lockIdOf(lock.chainId, lock.id);
}

export function recordedRoot(chain: TestChain): number {
  return latestRootAnchor(chain.state.ledger.entries)?.height ?? 0;
}

/** @returns the identity of the lock that a transaction of the rootchain carries on, or is itself */
function lockIdBehind(transaction: UtxoTransaction): Hash {
  const { payload } = transaction;
  const lock = payload?.kind === "relock" ? readLock(payload.lock) : null;
  return lock?.lockId ?? lockIdOfRoot(transaction);
}

/** @returns the delivery of what a transaction of the rootchain, executed in a block of it, has set free */
export function reorgOf(
  world: World,
  chain: TestChain,
  transaction: UtxoTransaction,
  changes: Partial<ConstructorParameters<typeof Reorg>[0]> = {},
): Reorg {
  const { height } = world.root.prove(transaction.id);
  const path = world.root.path(baseBelow(world, chain, height), height);
  const lockId = lockIdBehind(transaction);
  const leg = world.root.entryAt(legKey(lockId), height) ?? new Uint8Array(0);
  const proof = world.root.proveEntry(legKey(lockId), height);
  const fields = { lockId, path, leg, proof, data: new Uint8Array(0), payee: address(PAYEE) };
  return new Reorg({ ...fields, ...changes });
}

/** @returns the highest recorded height of the rootchain that a path to a height may start from */
function baseBelow(_world: World, chain: TestChain, height: number): number {
  return recordedHeights(chain.state.ledger.entries).findLast((each) => each <= height) ?? 0;
}

export function rootUpdateOf(world: World, chain: TestChain, height = world.root.height): RootUpdate {
  return new RootUpdate(world.root.path(recordedRoot(chain), height), null);
}

export function refundOf(
  world: World,
  lockId: Hash,
  leg: Leg,
  changes: { height?: number; payload?: Partial<Payloads<"refund">>; outputs?: readonly Output[] } = {},
): UtxoTransaction {
  const { destinationChain, fallback, token } = leg.transfer;
  const chain = world.chain(destinationChain);
  const height = changes.height ?? chain.height;
  const path = chain.path(anchoredBelow(world, destinationChain, height), height);
  const proof = chain.proveEntry(consumedKey(lockId), height);
  const least = leastRefund(leg.remaining, world.parameters);
  const back = { amount: least, lockingScript: fallback };
  const kept = { amount: leg.remaining - least, lockingScript: script(RELAYER) };
  const outputs = changes.outputs ?? (token === ROOT ? [back, kept] : []);
  return utxo({ kind: "refund", lockId, path, proof, ...changes.payload }, outputs);
}

export function legOf(world: World, lockId: Hash): Leg | null {
  const bytes = world.root.state.ledger.entries.get(legKey(lockId));
  return bytes === undefined ? null : decodeLeg(bytes);
}

export function anchorOf(world: World, chainId: number, height = world.chain(chainId).height): UtxoTransaction {
  const path = world.chain(chainId).path(anchoredHeight(world, chainId), height);
  return utxo({ kind: "anchor", chainId, path }, []);
}

/** @returns the refund on the source of what the rootchain never relocked */
export function subRefundOf(world: World, chain: TestChain, lockId: Hash, height = world.root.height): SubRefund {
  const path = world.root.path(baseBelow(world, chain, height), height);
  return new SubRefund({ lockId, path, proof: world.root.proveEntry(consumedKey(lockId), height), credit: null });
}

/** @returns the refund on the source of what the rootchain recorded as refunded there */
export function creditOf(world: World, chain: TestChain, lockId: Hash): SubRefund {
  const { height } = world.root;
  const path = world.root.path(baseBelow(world, chain, height), height);
  const credit = world.root.state.ledger.entries.get(legKey(lockId)) ?? null;
  return new SubRefund({ lockId, path, proof: world.root.proveEntry(legKey(lockId), height), credit });
}

export function exitOf(
  world: World,
  options: {
    chainId: number;
    owner: number;
    key: Hash;
    amount?: bigint;
    onward?: Onward | null;
    signer?: number;
    outputs?: readonly Output[];
    /** Of an account that is no holder's. */
    keys?: KeyPair;
  },
): UtxoTransaction {
  const { chainId, owner, key, amount = 0n, onward = null, signer = owner, keys = holder(owner) } = options;
  const chain = world.chain(chainId);
  const height = anchoredHeight(world, chainId);
  const outputs = options.outputs ?? (onward === null ? [{ amount, lockingScript: script(owner) }] : []);
  const order = new ExitOrder({ rootChain: ROOT, chainId, key, outputs, onward });
  crypto.sign(order, signer === owner ? keys : holder(signer));
  const account = chain.stateAt(height).ledger.entries.get(key) ?? new Uint8Array(0);
  const { publicKey } = keys;
  const proof = chain.proveEntry(key, height);
  return utxo({ kind: "exit", chainId, publicKey, proof, account, onward, signature: order.signature }, outputs);
}

export function balance(world: World, chainId: number, owner: number, token = ROOT): bigint {
  const specification = specificationOf(chainId, world.options);
  return balanceOf(specification, world.chain(chainId).state.ledger.entries, { address: address(owner), token });
}

export function escrow(world: World, chainId: number, token = ROOT): bigint {
  return escrowOf(world.root.state.ledger.entries, chainId, token);
}

/** Moves the clock, and appends a block to a chain. @returns which of the candidates it took */
export function step(world: World, chainId: number, candidates: readonly Transaction[] = [], minutes = 0): number {
  world.timeUs += minutes * MINUTE_US + 1_000_000;
  return world.chain(chainId).produce(candidates, world.timeUs).length;
}

/** @returns why the next block of a chain would refuse a transaction, null when it would take it */
export function refusal(world: World, chainId: number, transaction: LedgerTransaction): string | null {
  const { state } = world.chain(chainId);
  const { rotation, rules, ledger, height } = state;
  const draft = {
    crypto,
    height: height + 1,
    timeUs: world.timeUs + 1_000_000,
    proposer: rotation.proposer(0),
    rotation,
  };
  return rules.begin(ledger, draft).execute(transaction);
}

/**
 * What a wholly Byzantine subchain can certify: a next block that holds a transaction which its rules would refuse.
 *
 * @param chain of at least one block; it does not grow
 */
export function forgeRelock(chain: TestChain, encoded: Uint8Array, timeUs: number): Payloads<"relock"> {
  const { height, blockHash } = chain.state;
  const header = {
    ...chain.at(height).certified.header,
    height: height + 1,
    previousHash: blockHash,
    timeUs,
    transactionRoot: bytesToHash(leafDigest(encoded)),
    nextCommitteeHash: chain.state.rotation.committee.hash,
  };
  const path = { headers: [chain.certify(header, headerHash(header))], height: header.height };
  return { kind: "relock", path, lock: encoded, proof: { index: 0, size: 1, branch: [] } };
}
