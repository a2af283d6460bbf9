import { describe, expect, test } from "vitest";
import { escrowKey } from "../../../protocol/bridge/escrow.ts";
import { SeatOrder } from "../../../protocol/bridge/nomination.ts";
import { decodeSubchainRecord, encodeSubchainRecord, subchainKey } from "../../../protocol/bridge/subchain-record.ts";
import type { Rotation } from "../../../protocol/consensus/rotation.ts";
import { assert } from "../../../protocol/core/assert.ts";
import { type DelegateId, type PeerId, ZERO_HASH } from "../../../protocol/core/ids.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import type { OperatorSeat } from "../../../protocol/rootchain/payload.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import { RootUpdate } from "../../../protocol/subchain/transaction.ts";
import { anchorOf, utxo } from "../../../protocol/test/bridge/actors.ts";
import {
  bondOutpoint,
  COIN,
  coin,
  OPERATOR_BOND,
  operatorKeys,
  ROOT,
  S2,
  S3,
  script,
} from "../../../protocol/test/bridge/world.ts";
import { crypto, keyPair } from "../../../protocol/test/people.ts";
import { taken } from "./world-actors.ts";
import { WorldStage, type WorldStageOptions } from "./world-stage.ts";

const POOL = 3n * IOTX;

/** @returns what registers the second subchain on a stage where it is yet to be */
function registration({ bridge }: WorldStage, pool = 0n): UtxoTransaction {
  const payload = bridge.registrations.get(S3);
  assert(payload !== undefined, "the chain was provisioned");
  const bonds = payload.operators.map(({ bond: amount }) => ({ amount, lockingScript: script(5) }));
  const rest = COIN - BigInt(bonds.length) * OPERATOR_BOND - pool;
  return utxo(payload, [...bonds, { amount: rest, lockingScript: script(0) }], [coin(0)]);
}

function resignation(seat: number): UtxoTransaction {
  const order = new SeatOrder({ rootChain: ROOT, chainId: S2, seat, nominations: 0, nominee: null });
  crypto.sign(order, operatorKeys(S2, seat));
  return utxo({ kind: "resign", chainId: S2, seat, signature: order.signature }, []);
}

/** Keys of a nominee, and what nominates it. */
const NOMINEE: OperatorSeat = {
  publicKey: keyPair(90, 1).publicKey,
  vrfPublicKey: keyPair(91, 1).publicKey,
  endpoint: 40 as PeerId,
  bond: 0n,
};

function nomination(seat: number): UtxoTransaction {
  const order = new SeatOrder({ rootChain: ROOT, chainId: S2, seat, nominations: 0, nominee: NOMINEE });
  crypto.sign(order, operatorKeys(S2, seat));
  return utxo({ kind: "nominate", chainId: S2, seat, nominee: NOMINEE, signature: order.signature }, []);
}

function spendBond(seat: number): UtxoTransaction {
  return utxo(null, [{ amount: OPERATOR_BOND, lockingScript: script(7) }], [bondOutpoint(S2, seat)]);
}

const LATER: WorldStageOptions = { later: [S3] };

describe("a chain that is registered during a run", () => {
  test("may run from then on, and what it was prefunded with counts", () => {
    const stage = new WorldStage({ ...LATER, pool: POOL });
    taken(stage.step(ROOT, [registration(stage, POOL)]), 1);
    stage.step(S3);
    taken(stage.step(ROOT, [anchorOf(stage.bridge, S3)], 120_000_000), 1);
    expect(stage.broken().names).toEqual([]);
    expect(stage.samplesOf("seats")).toBeGreaterThan(1);
  });

  test("is caught where it runs before", () => {
    const stage = new WorldStage(LATER);
    stage.step(S3);
    stage.step(S3);
    expect(stage.broken().names).toEqual(["seats"]);
    expect(stage.broken().details).toBe("chain-3, height 1: chain-3 runs before it is registered");
  });

  test("is caught where another genesis is registered, or its id a second time", () => {
    const stage = new WorldStage(LATER);
    const payload = stage.bridge.registrations.get(S3);
    assert(payload !== undefined, "the chain was provisioned");
    const other = utxo({ ...payload, genesis: { ...payload.genesis, blockHash: ZERO_HASH } }, [], [coin(1)]);
    stage.stepAltered(ROOT, { transactions: [other] });
    expect(stage.broken().details).toContain("chain-3 is registered with another genesis than it has");
    const twice = new WorldStage(LATER);
    twice.step(ROOT, [registration(twice)]);
    twice.stepAltered(ROOT, { transactions: [utxo(payload, [], [coin(1)])] });
    expect(twice.broken().details).toContain("chain 3 is registered a second time");
  });

  test("has an escrow, which is caught where the prefunded rewards are not in it", () => {
    const stage = new WorldStage({ ...LATER, pool: POOL });
    const entries = new WorldStage({ ...LATER, pool: POOL }).bridge.root.state.ledger.entries;
    expect(entries.get(escrowKey(S3, ROOT))).toBe(undefined);
    stage.stepAltered(ROOT, { entries: (after) => after.delete(escrowKey(S3, ROOT)) }, [registration(stage, POOL)]);
    expect(stage.broken().names).toContain("escrow");
    expect(stage.broken().details).toContain(`the escrow of chain-3 holds ${-POOL} too much of token 1`);
  });

  test("has no headers that anybody may accept before", () => {
    const stage = new WorldStage({ ...LATER, unpromised: [S3] });
    stage.step(S3);
    const path = stage.bridge.chain(S3).path(0, 1);
    stage.stepAltered(ROOT, { transactions: [utxo({ kind: "anchor", chainId: S3, path }, [])] });
    expect(stage.broken().names).toEqual(["header-authority"]);
    expect(stage.broken().details).toContain("header 1 of chain-3 of a chain that is yet to be registered");
  });
});

describe("seats", () => {
  test("are given up and their bonds withdrawn after the delay, not a block before", () => {
    const options = { bridge: { operatorUnbondingBlocks: 3 } };
    const stage = new WorldStage(options);
    taken(stage.step(ROOT, [resignation(1)]), 1);
    stage.step(ROOT);
    stage.step(ROOT);
    taken(stage.step(ROOT, [spendBond(1)]), 1);
    expect(stage.broken().names).toEqual([]);
    expect(stage.samplesOf("seats")).toBe(1);
    const hasty = new WorldStage(options);
    hasty.step(ROOT, [resignation(1)]);
    hasty.step(ROOT);
    hasty.stepAltered(ROOT, { transactions: [spendBond(1)] });
    expect(hasty.broken().names).toEqual(["seats"]);
    expect(hasty.broken().details).toContain("the bond of seat 1 of chain 2 is spent too early");
  });

  test("keep their bonds while nobody gives them up, whoever was nominated for them", () => {
    const stage = new WorldStage({ bridge: { operatorUnbondingBlocks: 1 } });
    taken(stage.step(ROOT, [nomination(2)]), 1);
    for (let block = 0; block < 4; block++) stage.step(ROOT);
    stage.stepAltered(ROOT, { transactions: [spendBond(2)] });
    expect(stage.broken().names).toEqual(["seats"]);
  });

  test("of delegates: votes are unbonded and mature before they are spent", () => {
    const vote = utxo(
      { kind: "vote", delegate: 1 as DelegateId },
      [{ amount: COIN, lockingScript: script(0) }],
      [coin(0)],
    );
    const staked = { transactionId: vote.outpointId, index: 0 };
    const unbond = utxo({ kind: "unbond" }, [{ amount: COIN, lockingScript: script(0) }], [staked]);
    const spend = (from: UtxoTransaction) =>
      utxo(null, [{ amount: COIN, lockingScript: script(1) }], [{ transactionId: from.outpointId, index: 0 }]);
    const direct = new WorldStage();
    taken(direct.step(ROOT, [vote]), 1);
    direct.stepAltered(ROOT, { transactions: [spend(vote)] });
    expect(direct.broken().details).toContain("a delegate's stake is spent too early");
    const hasty = new WorldStage();
    taken(hasty.step(ROOT, [vote]), 1);
    taken(hasty.step(ROOT, [unbond]), 1);
    hasty.stepAltered(ROOT, { transactions: [spend(unbond)] });
    expect(hasty.broken().details).toContain("a delegate's stake is spent too early");
  });

  test("are caught where somebody holds one whom nobody nominated", () => {
    const replaced = (rotation: Rotation) => {
      const current = rotation.registry.of(1 as DelegateId);
      return rotation.withReplaced(1 as DelegateId, { ...current, publicKey: NOMINEE.publicKey });
    };
    const stage = new WorldStage();
    stage.stepAltered(S2, { rotation: replaced });
    expect(stage.broken().names).toEqual(["seats"]);
    expect(stage.broken().details).toContain("seat 1 of chain-2 is held by a key that nobody registered or nominated");
    const nominated = new WorldStage();
    taken(nominated.step(ROOT, [nomination(1)]), 1);
    nominated.stepAltered(S2, { rotation: replaced });
    expect(nominated.broken().names).toEqual([]);
  });

  test("are caught where one is out that nobody gave up", () => {
    const out = (rotation: Rotation) => {
      const standing = rotation.standings[1];
      assert(standing !== undefined, "there are four seats");
      return rotation.withStanding(1 as DelegateId, { ...standing, eligibleEpoch: 0xffff_ffff });
    };
    const stage = new WorldStage();
    stage.stepAltered(S2, { rotation: out });
    expect(stage.broken().names).toContain("seats");
    expect(stage.broken().details).toContain("seat 1 of chain-2 is out, though it neither resigned nor was accused");
  });

  test("pass to a nominee with the epoch after its chain learned of it", () => {
    const stage = new WorldStage();
    taken(stage.step(ROOT, [nomination(1)]), 1);
    const { root } = stage.bridge;
    const encoded = root.state.ledger.entries.get(subchainKey(S2));
    assert(encoded !== undefined, "the subchain is registered");
    const update = new RootUpdate(root.path(0, 1), { encoded, proof: root.proveEntry(subchainKey(S2), 1) });
    taken(stage.step(S2, [update]), 1);
    // Epochs of six blocks: the whole of the next one is signed with the nominee's key in the seat.
    while (stage.bridge.chain(S2).height < 5) stage.step(S2);
    stage.step(S2);
    const { registry } = stage.bridge.chain(S2).state.rotation;
    expect(registry.of(1 as DelegateId).publicKey).toEqual(NOMINEE.publicKey);
    expect(stage.broken().names).toEqual([]);
  });
});

describe("slashing of nominated members", () => {
  const slash = (entries: AuthenticatedMap) => {
    const record = decodeSubchainRecord(entries.get(subchainKey(S2)) as Uint8Array);
    assert(record !== null, "the subchain is registered");
    const operators = record.operators.map((each, at) => (at === 2 ? { ...each, slashed: true } : each));
    return entries.set(subchainKey(S2), encodeSubchainRecord({ ...record, operators }));
  };
  const reveal = utxo({ kind: "evidence-reveal", chainId: S2, evidence: new Uint8Array(1), salt: ZERO_HASH }, []);
  const nominees = [{ chainId: S2, seat: 2 }];
  const node = new WorldStage({ nominees }).lightNode + 1;

  test("a seat's bond answers for its nominee, and is not taken where both are honest", () => {
    const guilty = new WorldStage({ nominees, byzantine: [node] });
    guilty.stepAltered(ROOT, { transactions: [reveal], entries: slash });
    expect(guilty.broken().names).toEqual([]);
    const honest = new WorldStage({ nominees });
    honest.stepAltered(ROOT, { transactions: [reveal], entries: slash });
    expect(honest.broken().names).toEqual(["slashing"]);
    expect(honest.broken().details).toContain("seat 2 of chain-2 loses its bond although it is honest");
  });
});
