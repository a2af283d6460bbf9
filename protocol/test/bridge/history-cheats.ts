import { consumedKey } from "../../bridge/cross-transfer.ts";
import { BridgeEntry } from "../../bridge/entry-kind.ts";
import { decodeLeg, encodeLeg, type Leg } from "../../bridge/leg.ts";
import type { Hash } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { encodeAccount } from "../../ledger/accounts.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { accountOf } from "../../subchain/balances.ts";
import { AccountAction, Reorg } from "../../subchain/transaction.ts";
import { address, forgeRelock, lockAction, transferOf, utxo } from "./actors.ts";
import { ROOT, S2, S3, script, type TestChain, type World } from "./world.ts";

type Draw = (below: number) => number;

const FORGED_FALLBACK = script(98);

/** @returns a leg that a Byzantine source's forgery made */
export function decodeForgedLeg(bytes: Uint8Array): Leg | null {
  const leg = bytes[0] === BridgeEntry.leg ? decodeLeg(bytes) : null;
  return leg?.transfer.fallback.join() === FORGED_FALLBACK.join() ? leg : null;
}

/** @returns deliveries that no chain may take */
export function cheatingReorgs(reorg: Reorg): Reorg[] {
  const { proof, leg: encoded, lockId } = reorg;
  const { map } = proof;
  const steps = [...map.steps, { bit: 0, sibling: new Uint8Array(32) }];
  const leg = decodeLeg(encoded);
  const more = leg === null ? [] : [encodeLeg({ ...leg, remaining: leg.remaining + 1n })];
  return [
    new Reorg({ ...reorg, proof: { ...proof, map: { ...map, steps } } }),
    ...more.map((each) => new Reorg({ ...reorg, leg: each })),
    new Reorg({ ...reorg, lockId: consumedKey(lockId) }),
    new Reorg({ ...reorg, data: Uint8Array.of(1) }),
  ];
}

/** @returns relocks that the rootchain may not take */
export function cheatingRelocks(relock: UtxoTransaction, { action, ...fields }: AccountAction): UtxoTransaction[] {
  const { payload } = relock;
  if (payload?.kind !== "relock" || action.kind !== "lock") return [];
  const { proof, path } = payload;
  const more = { kind: "lock" as const, transfer: { ...action.transfer, amount: action.transfer.amount + 1n } };
  const lock = encodeTransaction(new AccountAction({ ...fields, action: more }, fields.signature));
  const branch = [...proof.branch, new Uint8Array(32)];
  const headers = path.headers.map((each) => ({
    ...each,
    header: { ...each.header, timeUs: each.header.timeUs + 1 },
  }));
  const cheats = [
    { ...payload, lock },
    { ...payload, proof: { ...proof, branch } },
    ...(headers.length > 0 ? [{ ...payload, path: { ...path, headers } }] : []),
  ];
  return cheats.map((each) => utxo(each, relock.outputs));
}

/** Its operators write into its ledger what they like, and sign it. */
export function mint(chain: TestChain, draw: Draw, forgotten: Hash | undefined): void {
  const owner = address(draw(4));
  const { nonce } = accountOf(chain.state.ledger.entries, owner);
  let entries = chain.state.ledger.entries.set(owner, encodeAccount({ balance: 100_000n * IOTX, nonce }));
  if (forgotten !== undefined) entries = entries.delete(consumedKey(forgotten));
  chain.state = { ...chain.state, ledger: { entries } };
}

/** @returns what a wholly Byzantine first subchain certifies beyond what it has */
export function forgeries(world: World, draw: Draw): UtxoTransaction[] {
  const chain = world.chain(S2);
  if (chain.height === 0) return [];
  const amount = BigInt(1 + draw(3000)) * IOTX;
  const destinationChain = draw(2) === 0 ? ROOT : S3;
  const transfer = transferOf(world, { sourceChain: S2, destinationChain, amount, fallback: FORGED_FALLBACK });
  const lock = lockAction(world, draw(4), transfer, { nonce: 1000 + draw(1_000_000) });
  const relock = forgeRelock(chain, encodeTransaction(lock), world.timeUs);
  const received = { amount: amount - transfer.relockFee, lockingScript: transfer.receiver };
  return [utxo(relock, destinationChain === ROOT ? [received] : [])];
}
