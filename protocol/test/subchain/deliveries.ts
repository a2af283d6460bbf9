import { type CrossTransfer, dataHashOf, lockIdOf } from "../../bridge/cross-transfer.ts";
import { encodeLeg, type Leg, legKey } from "../../bridge/leg.ts";
import type { Hash } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { Reorg } from "../../subchain/transaction.ts";
import { account, ELSEWHERE, HERE, outward, StateStub, type World } from "./world.ts";

/** What travels beside the transfers of these tests. */
export const DATA = Uint8Array.of(1, 2, 3);

/** @returns a transfer from elsewhere to here */
export function inward(changes: Partial<CrossTransfer> = {}): CrossTransfer {
  return outward({ sourceChain: ELSEWHERE, destinationChain: HERE, dataHash: dataHashOf(DATA), ...changes });
}

/** A transfer that the rootchain holds for its destination. */
export interface Waiting {
  readonly lockId: Hash;
  readonly leg: Leg;
}

/** @returns the leg that a relock leaves, or (from the rootchain) a lock; another nonce makes it another lock's */
export function legOf(
  transfer: CrossTransfer,
  { nonce = 0, ...changes }: Partial<Leg> & { nonce?: number } = {},
): Waiting {
  const leg: Leg = { transfer, remaining: transfer.amount - transfer.relockFee, state: "waiting", ...changes };
  const id = hashTagged("test/lock", Uint8Array.of(nonce), encodeLeg(leg));
  return { lockId: lockIdOf(transfer.sourceChain, id), leg };
}

/** @returns what a rootchain's ledger holds, a leg among it */
export function stateWith({ lockId, leg }: Waiting): StateStub {
  return new StateStub().set(hashTagged("test/other"), Uint8Array.of(1)).set(legKey(lockId), encodeLeg(leg));
}

export interface ReorgChanges {
  readonly header?: Parameters<World["root"]["header"]>[1];
  readonly reorg?: Partial<ConstructorParameters<typeof Reorg>[0]>;
  readonly height?: number;
}

/** @returns a reorg of a leg that stands beside another entry in the rootchain's ledger */
export function reorgOf(world: World, waiting: Waiting, changes: ReorgChanges = {}): Reorg {
  const { header, reorg, height = 3 } = changes;
  const { lockId, leg } = waiting;
  const state = stateWith(waiting);
  const certified = world.root.header(height, { stateRoot: state.root, ...header });
  return new Reorg({
    lockId,
    path: { headers: [certified], height },
    leg: encodeLeg(leg),
    proof: state.prove(legKey(lockId)),
    data: DATA,
    payee: account(6),
    ...reorg,
  });
}
