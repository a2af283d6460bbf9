import { type CrossTransfer, dataHashOf } from "../../bridge/cross-transfer.ts";
import { encodeTransaction, type Transaction } from "../../ledger/transaction.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import type { Payload } from "../../rootchain/payload.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { AccountAction, Reorg } from "../../subchain/transaction.ts";
import { crypto, holder } from "../people.ts";
import { account, ELSEWHERE, HERE, outward, rootOf, type World } from "./world.ts";

/** What travels beside the transfers of these tests. */
export const DATA = Uint8Array.of(1, 2, 3);

/** @returns a transfer from elsewhere to here */
export function inward(changes: Partial<CrossTransfer> = {}): CrossTransfer {
  return outward({ sourceChain: ELSEWHERE, destinationChain: HERE, dataHash: dataHashOf(DATA), ...changes });
}

/** @returns a transaction of the rootchain that does nothing but what its payload says */
export function utxo(payload: Payload | null, chainId = 1): UtxoTransaction {
  const outputs = [{ amount: 5n, lockingScript: Uint8Array.of(0x51) }];
  return new UtxoTransaction({ chainId, version: 1, inputs: [], outputs, lockTime: 0, payload });
}

/** @returns a lock on another subchain */
export function lockOf(
  transfer: CrossTransfer,
  { chainId = transfer.sourceChain, nonce = 0 }: { chainId?: number; nonce?: number } = {},
): AccountAction {
  const action = { kind: "lock", transfer } as const;
  const lock = new AccountAction({ chainId, from: holder(9).publicKey, nonce, fee: 0n, action });
  crypto.sign(lock, holder(9));
  return lock;
}

/** @returns the relock of a lock; the rootchain has judged its proof, so that nobody looks at that again */
export function relockOf(lock: Transaction, chainId = 1): UtxoTransaction {
  const path = { headers: [], height: 0 };
  const proof = { index: 0, size: 1, branch: [] };
  return utxo({ kind: "relock", path, lock: encodeTransaction(lock), proof }, chainId);
}

export interface ReorgChanges {
  readonly header?: Parameters<World["root"]["header"]>[1];
  readonly reorg?: Partial<ConstructorParameters<typeof Reorg>[0]>;
  readonly height?: number;
}

/** @returns a reorg of a rootchain's transaction that stands beside another one in its block */
export function reorgOf(world: World, transaction: Transaction, changes: ReorgChanges = {}): Reorg {
  const { header, reorg, height = 3 } = changes;
  const body = [utxo(null), transaction];
  const certified = world.root.header(height, { transactionRoot: rootOf(body), ...header });
  return new Reorg({
    path: { headers: [certified], height },
    transaction: encodeTransaction(transaction),
    proof: proveTransaction(body.map(encodeTransaction), 1),
    data: DATA,
    payee: account(6),
    ...reorg,
  });
}
