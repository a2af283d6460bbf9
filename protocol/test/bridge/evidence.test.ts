import { expect, test } from "vitest";
import { commitmentOf, informerReward } from "../../bridge/informer.ts";
import { SeatOrder } from "../../bridge/nomination.ts";
import { decodeSubchainRecord, type SubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { type Evidence, encodeEvidence } from "../../consensus/evidence.ts";
import { Phase } from "../../consensus/vote.ts";
import { assert } from "../../core/assert.ts";
import type { DelegateId, Hash, PeerId } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { decodeTotals, NO_TOTALS, TOTALS_KEY } from "../../rootchain/entries.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { BOND, crypto, keyPair } from "../people.ts";
import { refusal, step, utxo } from "./actors.ts";
import { COIN, coin, OPERATOR_BOND, operatorKeys, ROOT, rootValue, S2, script, TestChain, World } from "./world.ts";

const SALT = hashTagged("test/salt");
const [ONE, TWO] = [hashTagged("test/one"), hashTagged("test/two")];
const INFORMER = script(33);

/** @returns two commits of one seat of a chain, each for another block */
function doubleVote(chain: TestChain, seat: number): Evidence {
  const { header } = chain.at(1).certified;
  const signer = seat as DelegateId;
  const [first, second] = [ONE, TWO].map((blockHash) => chain.vote({ header, blockHash, signer, phase: Phase.commit }));
  assert(first !== undefined && second !== undefined, "two votes were made");
  return { kind: "double-vote", first, second };
}

function reveal(chainId: number, evidence: Uint8Array, reward: bigint, lockingScript = INFORMER): UtxoTransaction {
  const outputs = [{ amount: reward, lockingScript }];
  return utxo({ kind: "evidence-reveal", chainId, evidence, salt: SALT }, outputs);
}

function commit(chainId: number, evidence: Uint8Array): UtxoTransaction {
  const digest = commitmentOf({ chainId, evidence, salt: SALT, lockingScript: INFORMER });
  return utxo({ kind: "evidence-commit", digest }, [{ amount: COIN, lockingScript: script(0) }], [coin(0)]);
}

function burnedOf(world: World): bigint {
  const bytes = world.root.state.ledger.entries.get(TOTALS_KEY);
  return ((bytes === undefined ? null : decodeTotals(bytes)) ?? NO_TOTALS).burned;
}

function recordOf(world: World): SubchainRecord {
  const record = decodeSubchainRecord(world.root.state.ledger.entries.get(subchainKey(S2)) ?? new Uint8Array(0));
  assert(record !== null, "the subchain is registered");
  return record;
}

test("a promised reveal earns its informer 5 % of the operator's bond, and burns the rest", () => {
  const world = new World();
  const supply = rootValue(world.root.state.ledger);
  step(world, S2);
  const evidence = encodeEvidence(doubleVote(world.chain(S2), 1));
  const reward = OPERATOR_BOND / 20n;
  expect(informerReward(OPERATOR_BOND, { informerShare: 9999 })).toBe(reward);
  expect(step(world, ROOT, [commit(S2, evidence)])).toBe(1);
  expect(refusal(world, ROOT, reveal(S2, evidence, reward))).toBe("more comes out than goes in");
  step(world, ROOT);
  // Whoever copies it can neither take the reward nor turn it into a fee.
  expect(refusal(world, ROOT, reveal(S2, evidence, reward, script(66)))).toBe("more comes out than goes in");
  expect(refusal(world, ROOT, reveal(S2, evidence, reward - 1n))).toBe("reveal that does not pay its informer");
  expect(step(world, ROOT, [reveal(S2, evidence, reward)])).toBe(1);
  expect(burnedOf(world)).toBe(OPERATOR_BOND - reward);
  expect(recordOf(world).operators.map(({ slashed }) => slashed)).toEqual([false, true, false, false]);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
  const other = encodeEvidence({ ...doubleVote(world.chain(S2), 1) });
  expect(refusal(world, ROOT, reveal(S2, other, 0n))).toBe("evidence for a paid offence");
});

test("an unpromised reveal burns all, and a promise that is too old is none", () => {
  const world = new World({ bridge: { commitmentBlocks: 3 } });
  step(world, S2);
  const evidence = encodeEvidence(doubleVote(world.chain(S2), 0));
  step(world, ROOT, [commit(S2, evidence)]);
  for (let block = 0; block < 4; block++) step(world, ROOT);
  expect(refusal(world, ROOT, reveal(S2, evidence, 1n))).toBe("more comes out than goes in");
  expect(step(world, ROOT, [reveal(S2, evidence, 0n)])).toBe(1);
  expect(burnedOf(world)).toBe(OPERATOR_BOND);
});

test("evidence that proves nothing convicts nobody", () => {
  const world = new World();
  step(world, S2);
  const chain = world.chain(S2);
  const { header } = chain.at(1).certified;
  const vote = chain.vote({ header, blockHash: ONE, signer: 0 as DelegateId });
  const same = encodeEvidence({ kind: "double-vote", first: vote, second: vote });
  expect(refusal(world, ROOT, reveal(S2, same, 0n))).toBe("evidence proves nothing");
  const strange = new TestChain(
    chain.genesis,
    [9, 8, 7, 6].map((each) => keyPair(9, each)),
  );
  strange.sealed.push(chain.at(1));
  expect(refusal(world, ROOT, reveal(S2, encodeEvidence(doubleVote(strange, 2)), 0n))).toBe("evidence proves nothing");
  const honest = encodeEvidence(doubleVote(chain, 2));
  expect(refusal(world, ROOT, reveal(3, honest, 0n))).toBe("evidence proves nothing");
  expect(refusal(world, ROOT, reveal(9, honest, 0n))).toBe("evidence of a chain that is no subchain");
  expect(refusal(world, ROOT, reveal(S2, honest.subarray(1), 0n))).toBe("malformed evidence");
});

test("the same reveal costs a delegate of the rootchain its bond", () => {
  const world = new World();
  step(world, ROOT);
  const evidence = encodeEvidence(doubleVote(world.root, 2));
  step(world, ROOT, [commit(ROOT, evidence)]);
  step(world, ROOT);
  expect(step(world, ROOT, [reveal(ROOT, evidence, BOND / 20n)])).toBe(1);
  const standing = world.root.state.rotation.standings[2];
  expect(standing).toMatchObject({ bond: 0n, slashed: true });
  expect(standing?.stake).toBeGreaterThan(0n);
  expect(burnedOf(world)).toBe(BOND - BOND / 20n);
});

function nominee(index: number): { keys: KeyPair; seat: OperatorSeat } {
  const keys = keyPair(60, index);
  const seat = {
    publicKey: keys.publicKey,
    vrfPublicKey: keyPair(61, index).publicKey,
    endpoint: 9 as PeerId,
    bond: 0n,
  };
  return { keys, seat };
}

function nominate(seat: number, to: OperatorSeat, nominations = 0, by = operatorKeys(S2, seat)): UtxoTransaction {
  const order = new SeatOrder({ rootChain: ROOT, chainId: S2, seat, nominations, nominee: to });
  crypto.sign(order, by);
  return utxo({ kind: "nominate", chainId: S2, seat, nominee: to, signature: order.signature }, []);
}

test("a nominee acts for a seat, whose bond answers for both of them", () => {
  const world = new World();
  step(world, S2);
  const { keys, seat } = nominee(0);
  expect(refusal(world, ROOT, nominate(1, seat, 0, keys))).toBe("nomination with a bad signature");
  expect(refusal(world, ROOT, nominate(1, { ...seat, bond: 1n }))).toBe("nominee with a bond of its own");
  const known = { ...seat, publicKey: operatorKeys(S2, 3).publicKey };
  expect(refusal(world, ROOT, nominate(1, known))).toBe("nominee whose key was used on the chain before");
  expect(refusal(world, ROOT, nominate(7, seat))).toBe("nomination for no seat");
  expect(step(world, ROOT, [nominate(1, seat)])).toBe(1);
  // The order cannot be repeated to bring an earlier nominee back.
  expect(refusal(world, ROOT, nominate(1, nominee(1).seat, 0))).toBe("nomination with a bad signature");
  expect(step(world, ROOT, [nominate(1, nominee(1).seat, 1)])).toBe(1);
  const impostor = new TestChain(world.chain(S2).genesis, [keys, keys, keys, keys]);
  impostor.sealed.push(world.chain(S2).at(1));
  const evidence = encodeEvidence(doubleVote(impostor, 1));
  expect(refusal(world, ROOT, reveal(S2, encodeEvidence(doubleVote(impostor, 2)), 0n))).toBe("evidence proves nothing");
  expect(step(world, ROOT, [reveal(S2, evidence, 0n)])).toBe(1);
  expect(burnedOf(world)).toBe(OPERATOR_BOND);
  expect(refusal(world, ROOT, nominate(1, nominee(2).seat, 2))).toBe("nomination for a lost seat");
});

test("a resigned operator has its bond back once evidence has had its time", () => {
  const world = new World({ bridge: { operatorUnbondingBlocks: 3 } });
  const bond = recordOf(world).operators[2]?.bond;
  assert(bond !== undefined, "the seat is bonded");
  const order = new SeatOrder({ rootChain: ROOT, chainId: S2, seat: 2, nominations: 0, nominee: null });
  crypto.sign(order, operatorKeys(S2, 2));
  const resign = utxo({ kind: "resign", chainId: S2, seat: 2, signature: order.signature }, []);
  const spend = utxo(null, [{ amount: OPERATOR_BOND, lockingScript: script(1) }], [bond]);
  expect(refusal(world, ROOT, spend)).toBe("bond of an operator");
  expect(step(world, ROOT, [resign])).toBe(1);
  expect(refusal(world, ROOT, resign)).toBe("resignation from a lost seat");
  expect(recordOf(world).operators[2]?.resigned).toBe(true);
  expect(refusal(world, ROOT, spend)).toBe("stake that is not mature");
  step(world, ROOT);
  step(world, ROOT);
  expect(step(world, ROOT, [spend])).toBe(1);
});

test("a resigned operator answers with its bond until it is spent", () => {
  const world = new World({ bridge: { operatorUnbondingBlocks: 3 } });
  step(world, S2);
  const order = new SeatOrder({ rootChain: ROOT, chainId: S2, seat: 2, nominations: 0, nominee: null });
  crypto.sign(order, operatorKeys(S2, 2));
  step(world, ROOT, [utxo({ kind: "resign", chainId: S2, seat: 2, signature: order.signature }, [])]);
  const evidence = encodeEvidence(doubleVote(world.chain(S2), 2));
  expect(step(world, ROOT, [reveal(S2, evidence, 0n)])).toBe(1);
  expect(burnedOf(world)).toBe(OPERATOR_BOND);
  expect(recordOf(world).operators[2]?.slashed).toBe(true);
});

test("a commitment is made once and paid for", () => {
  const world = new World();
  const digest = "ef".repeat(32) as Hash;
  expect(refusal(world, ROOT, utxo({ kind: "evidence-commit", digest }, []))).toBe("commitment without an input");
  const paid = (index: number) =>
    utxo({ kind: "evidence-commit", digest }, [{ amount: COIN, lockingScript: script(index) }], [coin(index)]);
  expect(step(world, ROOT, [paid(0)])).toBe(1);
  expect(refusal(world, ROOT, paid(1))).toBe("commitment that was made already");
});
