import { consumedKey } from "../../bridge/cross-transfer.ts";
import { leastRefund } from "../../bridge/refund.ts";
import { assert } from "../../core/assert.ts";
import type { Hash } from "../../core/ids.ts";
import type { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { bytesToHash } from "../../crypto/hash.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { decodeOutputEntry } from "../../rootchain/entries.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { accountOf } from "../../subchain/balances.ts";
import { decodeOwnLock, ownLockKey } from "../../subchain/entries.ts";
import { AccountAction } from "../../subchain/transaction.ts";
import { keyPair } from "../people.ts";
import type { transferOf } from "./actors.ts";
import { ROOT, type World } from "./world.ts";

/** One transfer that its source has taken. */
export interface Tracked {
  readonly index: number;
  readonly lock: AccountAction | UtxoTransaction;
  readonly lockId: Hash;
  readonly transfer: ReturnType<typeof transferOf>;
  /** The transaction of the rootchain that the destination delivers from. */
  inward: UtxoTransaction | null;
}

/** How a transfer may end. */
export type Ending =
  | "delivered"
  | "paid back on the rootchain"
  | "given back at its source"
  | "left a dead chain"
  | "void";

/** A world whose transfers are over. */
export interface Judged {
  readonly world: World;
  /** Locks whose amount left a dead chain by proof. */
  readonly exited: ReadonlySet<Hash>;
  /** @returns the entries of a chain that count: a dead one's at its terminal anchor */
  entriesOf(chainId: number): AuthenticatedMap;
}

/** @returns the keys of the account that a transfer goes to: each has its own */
export function receiverKeys(index: number): KeyPair {
  return keyPair(80, index);
}

/** @returns a script that nothing else is paid to */
export function ownScript(purpose: number, index: number): Uint8Array {
  return Uint8Array.of(3, purpose, index, 1, 0x75, 0x51);
}

/** @returns what the unspent outputs under each script hold, base units */
export function paidTo(entries: AuthenticatedMap): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  for (const [, bytes] of entries.entries()) {
    const output = decodeOutputEntry(bytes);
    if (output === null) continue;
    const key = output.lockingScript.join();
    paid.set(key, (paid.get(key) ?? 0n) + output.amount);
  }
  return paid;
}

/** @returns the one way in which a transfer ended @throws InvariantError when there are none, or two, or value is missing */
export function endingOf(
  judged: Judged,
  { lock, lockId, transfer, index }: Tracked,
  paid: ReadonlyMap<string, bigint>,
): Ending {
  const { sourceChain, destinationChain, amount, relockFee, deliveryFee, receiver, fallback } = transfer;
  const endings: Ending[] = [];
  const there = judged.entriesOf(destinationChain);
  const received =
    destinationChain === ROOT ? (paid.get(receiver.join()) ?? 0n) : accountOf(there, bytesToHash(receiver)).balance;
  const arrived = destinationChain === ROOT ? received > 0n : there.get(consumedKey(lockId)) !== undefined;
  if (arrived) {
    assert(received === amount - relockFee - deliveryFee, "the receiver has all but the fees");
    endings.push("delivered");
  } else assert(received === 0n, "nothing arrives that was not delivered");
  const back = paid.get(fallback.join()) ?? 0n;
  if (back > 0n) {
    assert(back >= leastRefund(amount - relockFee, judged.world.parameters), "a refund is all but fees");
    endings.push("paid back on the rootchain");
  }
  if (judged.exited.has(lockId)) endings.push("left a dead chain");
  if (lock instanceof AccountAction) {
    const own = decodeOwnLock(judged.entriesOf(sourceChain).get(ownLockKey(lockId)));
    if (own === null) endings.push("void");
    if (own?.state === "refunded") endings.push("given back at its source");
  }
  assert(endings.length === 1, `transfer ${index} ends once, not by ${endings.join(" and ") || "nothing"}`);
  return endings[0] as Ending;
}
