import { type DelegateId, type Hash, ZERO_HASH } from "../../../protocol/core/ids.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import { votersPart } from "../../../protocol/rootchain/rewards.ts";
import { decodePot, potKey } from "../../../protocol/rootchain/staking-entries.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import type { AccountAction } from "../../../protocol/subchain/transaction.ts";
import {
  legOf,
  lockAction,
  refundOf,
  relockOf,
  reorgOf,
  transferOf,
  utxo,
} from "../../../protocol/test/bridge/actors.ts";
import { COIN, coin, MINUTE_US, ROOT, S2, S3, script } from "../../../protocol/test/bridge/world.ts";
import type { WorldStage } from "./world-stage.ts";

/** Silence kills nobody. */
export const LASTING = { deadAfterUs: 3600 * MINUTE_US } as const;

/** @returns an offer for more than half of the next period's pieces, paid for by a coin of genesis */
export function bidOf(chainId: number, index: number, pricePerPiece: bigint): UtxoTransaction {
  const bid = { kind: "quota-bid", chainId, pieces: 33, pricePerPiece, deposit: IOTX } as const;
  const change = [{ amount: COIN - IOTX, lockingScript: script(0) }];
  return utxo({ ...bid, refundScript: script(8) }, change, [coin(index)]);
}

export function refundOfLeg(stage: WorldStage, lockId: Hash): UtxoTransaction {
  const leg = legOf(stage.bridge, lockId);
  if (leg === null) throw new Error("nothing is on its way");
  return refundOf(stage.bridge, lockId, leg);
}

export interface Relayed {
  readonly lock: AccountAction;
  readonly relock: UtxoTransaction;
}

/** Locks on one subchain, and relocks towards the other one. */
export function relay(stage: WorldStage, from = 0): Relayed {
  const lock = lockAction(stage.bridge, from, transferOf(stage.bridge, {}));
  taken(stage.step(S2, [lock]), 1);
  const relock = relockOf(stage.bridge, lock);
  taken(stage.step(ROOT, [relock]), 1);
  return { lock, relock };
}

/** @returns the delivery of a relock */
export function deliveryOf(stage: WorldStage, relock: UtxoTransaction) {
  return reorgOf(stage.bridge, stage.bridge.chain(S3), relock);
}

export function taken(transactions: readonly unknown[], count: number): void {
  if (transactions.length !== count) throw new Error(`${transactions.length} of ${count} transactions were taken`);
}

/** @returns the claim of all that a delegate itself earned through an epoch, but for a fee */
export function claimOf(stage: WorldStage, delegate: number, throughEpoch: number, fee = 0n): UtxoTransaction {
  let amount = 0n;
  for (let epoch = 0; epoch <= throughEpoch; epoch++) {
    const entry = stage.bridge.root.state.ledger.entries.get(potKey(delegate as DelegateId, epoch));
    const pot = entry === undefined ? null : decodePot(entry);
    if (pot !== null) amount += pot.earned - votersPart(pot);
  }
  const payload = { kind: "claim-reward", of: "delegate", delegate: delegate as DelegateId, vote: ZERO_HASH } as const;
  return utxo({ ...payload, throughEpoch }, [{ amount: amount - fee, lockingScript: script(200 + delegate) }]);
}
