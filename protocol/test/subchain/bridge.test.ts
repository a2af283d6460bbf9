import { expect, test } from "vitest";
import { type CrossTransfer, consumedKey, lockIdOf } from "../../bridge/cross-transfer.ts";
import { encodeLeg, legKey } from "../../bridge/leg.ts";
import { committeeHash } from "../../consensus/committee.ts";
import { quorumOf } from "../../consensus/parameters.ts";
import { type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { hashTagged, hashToBytes } from "../../crypto/hash.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import type { StateProof } from "../../light/state-proof.ts";
import { balanceOf, outstandingOf } from "../../subchain/balances.ts";
import { decodeOwnLock, encodeOwnLock, ownLockKey } from "../../subchain/entries.ts";
import { latestRootAnchor, recordedHeights } from "../../subchain/root-view.ts";
import { type Reorg, RootUpdate, SubRefund } from "../../subchain/transaction.ts";
import { keyPair } from "../people.ts";
import { DATA, inward, legOf, type ReorgChanges, reorgOf, stateWith } from "./deliveries.ts";
import {
  account,
  certify,
  ELSEWHERE,
  HERE,
  HOUR_US,
  outward,
  START_US,
  StateStub,
  specificationOf,
  World,
} from "./world.ts";

function holds(world: World, index: number, token = 1): bigint {
  return balanceOf(world.specification, world.entries, { address: account(index), token });
}

test("what was relocked is created once: the receiver gets the amount less both fees, the payee the delivery's", () => {
  const world = new World();
  const reorg = reorgOf(world, legOf(inward()));
  expect(world.next([reorg, reorg]).transactions).toEqual([reorg]);
  expect(holds(world, 5)).toBe(10n * IOTX - 12n);
  expect(holds(world, 6)).toBe(7n);
  expect(world.refusal(reorg)).toBe("delivery that took place before");
  const proofOfOther = reorgOf(world, legOf(inward()), { height: 4, reorg: { payee: account(7) } });
  expect(world.refusal(proofOfOther)).toBe("delivery that took place before");
});

test("what the rootchain locked itself is created whole, less the delivery's fee", () => {
  const world = new World();
  const terms = inward({ sourceChain: 1, relockFee: 0n });
  const leg = legOf(terms);
  world.next([reorgOf(world, leg)]);
  expect(holds(world, 5)).toBe(10n * IOTX - 7n);
  expect(world.entries.get(consumedKey(leg.lockId))).toBeDefined();
});

test("a foreign token is held beside the native one, and can leave again", () => {
  const world = new World();
  world.next([reorgOf(world, legOf(inward({ token: ELSEWHERE, relockFee: 0n, receiver: hashToBytes(account(0)) })))]);
  expect(holds(world, 0, ELSEWHERE)).toBe(10n * IOTX - 7n);
  const lock = world.action(0, {
    kind: "lock",
    transfer: outward({ token: ELSEWHERE, relockFee: 0n, amount: 10n * IOTX - 7n }),
  });
  world.next([lock]);
  expect(holds(world, 0, ELSEWHERE)).toBe(0n);
  expect(holds(world, 0)).toBe(1000n * IOTX - 1n);
});

test("more of a chain's own token than went out never comes back", () => {
  const world = new World(specificationOf({ ownToken: true }));
  const out = world.action(0, { kind: "lock", transfer: outward({ token: HERE, relockFee: 0n, amount: 100n }) });
  world.next([out]);
  expect(outstandingOf(world.entries)).toBe(100n);
  const back = (amount: bigint, nonce: number) => {
    const terms = inward({ token: HERE, relockFee: 0n, amount, receiver: hashToBytes(account(1)) });
    return reorgOf(world, legOf(terms, { nonce }));
  };
  expect(world.refusal(back(101n, 0))).toBe("more of the chain's own token than went out");
  world.next([back(60n, 1)]);
  expect(outstandingOf(world.entries)).toBe(40n);
  expect(world.refusal(back(41n, 2))).toBe("more of the chain's own token than went out");
  expect(world.refusal(back(40n, 3))).toBeNull();
});

test("a foreign token without measure cannot break a balance", () => {
  const world = new World();
  const most = (1n << 128n) - 1n;
  const big = (nonce: number, deliveryFee: bigint) => {
    const terms = inward({ token: ELSEWHERE, relockFee: 0n, deliveryFee, amount: most });
    return reorgOf(world, legOf(terms, { nonce }));
  };
  world.next([big(0, 0n)]);
  expect(world.refusal(big(1, 0n))).toBe("balance beyond what an entry holds");
  expect(world.next([big(2, 7n)]).transactions).toEqual([]);
  expect(holds(world, 5, ELSEWHERE)).toBe(most);
  expect(holds(world, 6, ELSEWHERE)).toBe(0n);
});

test("a delivery that is altered anywhere is refused", () => {
  const world = new World();
  const sound = legOf(inward());
  const other = legOf(inward({ amount: 11n * IOTX }));
  const { proof } = reorgOf(world, sound);
  const ownLock = { lockId: sound.lockId, sender: account(0), transfer: sound.leg.transfer };
  const foreign = Array.from({ length: 4 }, (_, index) => keyPair(8, index));
  const good = world.root.header(3, { stateRoot: stateWith(sound).root });
  const without = (votes: number): CertifiedHeader => ({
    ...good,
    certificate: { ...good.certificate, votes: good.certificate.votes.slice(0, votes) },
  });
  const header = (headers: readonly CertifiedHeader[]): ReorgChanges => ({ reorg: { path: { headers, height: 3 } } });
  const expired = inward({ destinationExpiryUs: START_US });
  const cases: [Reorg, string][] = [
    [reorgOf(world, sound, { reorg: { leg: Uint8Array.of(9) } }), "delivery of no lock"],
    [reorgOf(world, sound, { reorg: { leg: encodeOwnLock({ ...ownLock, state: "open" }) } }), "delivery of no lock"],
    [reorgOf(world, legOf(inward(), { state: "refunded" })), "delivery of no lock"],
    [reorgOf(world, legOf(inward(), { state: "paid" })), "delivery of no lock"],
    [reorgOf(world, legOf(inward({ destinationChain: 4 }))), "delivery for another chain"],
    [reorgOf(world, legOf(expired)), "delivery after its expiry"],
    [reorgOf(world, sound, { reorg: { data: Uint8Array.of(1, 2, 4) } }), "delivery with other data"],
    [reorgOf(world, sound, { reorg: { data: new Uint8Array(0) } }), "delivery with other data"],
    [reorgOf(world, legOf(inward({ dataHash: ZERO_HASH }))), "delivery with other data"],
    [reorgOf(world, legOf(inward({ receiver: new Uint8Array(31) }))), "delivery to no account"],
    [reorgOf(world, legOf(inward({ deliveryFee: 11n * IOTX }))), "delivery of less than its fee"],
    [reorgOf(world, sound, { reorg: { leg: encodeLeg(other.leg) } }), "delivery that is not proven"],
    [reorgOf(world, sound, { reorg: { lockId: other.lockId } }), "delivery that is not proven"],
    [
      reorgOf(world, sound, { reorg: { proof: { ...proof, map: { other: null, steps: [] } } } }),
      "delivery that is not proven",
    ],
    [reorgOf(world, sound, { reorg: { proof: { ...proof, rotationRoot: ZERO_HASH } } }), "delivery that is not proven"],
    [reorgOf(world, sound, { reorg: { path: { headers: [], height: 0 } } }), "delivery that is not proven"],
    [reorgOf(world, sound, { reorg: { path: { headers: [], height: 3 } } }), "path from no recorded header"],
    [reorgOf(world, sound, { reorg: { path: { headers: [good], height: 4 } } }), "path to another height"],
    [reorgOf(world, sound, { header: { chainId: 5 } }), "header of another chain"],
    [reorgOf(world, sound, { header: { stateRoot: ZERO_HASH } }), "header with a zero root"],
    [reorgOf(world, sound, header([certify(good.header, foreign)])), "header of a foreign committee"],
    [reorgOf(world, sound, header([without(2)])), "certificate without a quorum"],
    [
      reorgOf(world, sound, header([{ ...good, header: { ...good.header, timeUs: good.header.timeUs + 1 } }])),
      "certificate of another header",
    ],
  ];
  for (const [reorg, refusal] of cases) expect(world.refusal(reorg)).toBe(refusal);
  expect(world.refusal(reorgOf(world, sound, header([without(3)])))).toBeNull();
});

test("a delivery is taken before its expiry and not at it", () => {
  const world = new World();
  const { timeUs } = world.plan();
  const reorg = reorgOf(world, legOf(inward({ destinationExpiryUs: timeUs + 1 })));
  expect(world.refusal(reorg)).toBeNull();
  expect(world.refusal(reorg, 1)).toBe("delivery after its expiry");
});

test("a private chain takes deliveries for admitted accounts only", () => {
  const world = new World(specificationOf({ permission: { kind: "private", administrator: account(0) } }), {
    admitted: [account(5)],
  });
  expect(world.refusal(reorgOf(world, legOf(inward())))).toBe("payee that may not write");
  expect(world.refusal(reorgOf(world, legOf(inward({ receiver: hashToBytes(account(7)) }))))).toBe(
    "receiver that may not write",
  );
  expect(world.refusal(reorgOf(world, legOf(inward()), { reorg: { payee: account(5) } }))).toBeNull();
});

/** A chain on which holder 0 locked something, and the rootchain's state about it. */
function locked(terms: Partial<CrossTransfer> = {}, specification = specificationOf()) {
  const world = new World(specification);
  const lock = world.action(0, { kind: "lock", transfer: outward(terms) });
  world.next([lock]);
  return {
    world,
    lockId: lockIdOf(HERE, lock.id),
    transfer: outward(terms),
    state: new StateStub().set(hashTagged("test/any-key"), DATA),
  };
}

function refundOf(
  world: World,
  {
    lockId,
    stateRoot,
    proof,
    credit = null,
    timeUs,
  }: { lockId: Hash; stateRoot: Hash; proof: StateProof; credit?: Uint8Array | null; timeUs: number },
): SubRefund {
  const height = 700;
  return new SubRefund({
    lockId,
    path: { headers: [world.root.header(height, { stateRoot, timeUs })], height },
    proof,
    credit,
  });
}

test("what was not relocked in time comes back whole, once", () => {
  const { world, lockId, transfer: terms, state } = locked();
  const due = { lockId, stateRoot: state.root, proof: state.prove(consumedKey(lockId)), timeUs: terms.rootExpiryUs };
  expect(world.refusal(refundOf(world, { ...due, timeUs: terms.rootExpiryUs - 1 }))).toBe(
    "refund before the lock expired",
  );
  const refund = refundOf(world, due);
  expect(world.next([refund, refund]).transactions).toEqual([refund]);
  expect(holds(world, 0)).toBe(1000n * IOTX - 1n);
  expect(world.refusal(refund)).toBe("refund of no open lock");
  expect(decodeOwnLock(world.entries.get(ownLockKey(lockId)))?.state).toBe("refunded");
});

test("what was relocked does not come back for being late, nor does what was never locked", () => {
  const { world, lockId, transfer: terms, state } = locked();
  state.set(consumedKey(lockId), DATA);
  const due = { lockId, stateRoot: state.root, timeUs: terms.rootExpiryUs };
  const notAbsent = "refund of a lock that is not proven absent";
  expect(world.refusal(refundOf(world, { ...due, proof: state.prove(consumedKey(lockId)) }))).toBe(notAbsent);
  const elsewhere = state.prove(consumedKey(hashTagged("test/other")));
  expect(world.refusal(refundOf(world, { ...due, proof: elsewhere }))).toBe(notAbsent);
  const other = hashTagged("test/other");
  expect(world.refusal(refundOf(world, { ...due, lockId: other, proof: elsewhere }))).toBe("refund of no open lock");
});

test("a refund that the rootchain granted comes back once, as much as it says", () => {
  const terms = { token: HERE, relockFee: 0n, amount: 100n };
  const { world, lockId, transfer: full, state } = locked(terms, specificationOf({ ownToken: true }));
  const leg = (changes: object) => encodeLeg({ transfer: full, remaining: 100n, state: "refunded", ...changes });
  const granted = leg({});
  state.set(legKey(lockId), granted).set(consumedKey(lockId), DATA);
  const due = { lockId, stateRoot: state.root, proof: state.prove(legKey(lockId)), timeUs: START_US + 5 };
  const cases: [Uint8Array, string][] = [
    [leg({ state: "waiting" }), "refund that the rootchain has not granted"],
    [leg({ state: "paid" }), "refund that the rootchain has not granted"],
    [DATA, "refund that the rootchain has not granted"],
    [leg({ remaining: 99n }), "refund that is not proven"],
  ];
  for (const [credit, refusal] of cases) expect(world.refusal(refundOf(world, { ...due, credit }))).toBe(refusal);
  const greedy = new StateStub().set(legKey(lockId), leg({ remaining: 101n }));
  const more = {
    ...due,
    stateRoot: greedy.root,
    proof: greedy.prove(legKey(lockId)),
    credit: leg({ remaining: 101n }),
  };
  expect(world.refusal(refundOf(world, more))).toBe("refund of more than was locked");
  const refund = refundOf(world, { ...due, credit: granted });
  expect(world.next([refund, refund]).transactions).toEqual([refund]);
  expect(holds(world, 0, HERE)).toBe(1000n * IOTX - 1n);
  expect(outstandingOf(world.entries)).toBe(0n);
});

test("the view of the rootchain advances, once in a block, along its committees", () => {
  const world = new World();
  const next = Array.from({ length: 4 }, (_, index) => keyPair(8, index));
  const { nextCommitteeHash } = new World().root.genesis;
  const update = (height: number) => new RootUpdate({ headers: [world.root.header(height)], height }, null);
  expect(world.next([update(5), update(6)]).transactions.length).toBe(1);
  expect(latestRootAnchor(world.entries)?.height).toBe(5);
  expect(world.refusal(update(5))).toBe("root update that does not advance");
  expect(world.refusal(update(4))).toBe("root update that does not advance");
  expect(world.refusal(new RootUpdate({ headers: [], height: 5 }, null))).toBe("root update that does not advance");
  const signedByNext = certify(world.root.header(9).header, next);
  expect(world.refusal(new RootUpdate({ headers: [signedByNext], height: 9 }, null))).toBe(
    "header of a foreign committee",
  );
  expect(nextCommitteeHash).toBe(world.root.genesis.nextCommitteeHash);
});

test("a recorded header needs no path; the latest sixty-four stay, and of those before a few that reach far back", () => {
  const world = new World();
  const leg = legOf(inward());
  const { root: stateRoot } = stateWith(leg);
  world.next([new RootUpdate({ headers: [world.root.header(1, { stateRoot })], height: 1 }, null)]);
  const bare = reorgOf(world, leg, { reorg: { path: { headers: [], height: 1 } } });
  expect(world.refusal(bare)).toBeNull();
  for (let count = 2; count <= 140; count++) {
    const height = 2 * count;
    world.next([new RootUpdate({ headers: [world.root.header(height)], height }, null)]);
  }
  const heights = recordedHeights(world.entries);
  expect(heights.slice(-64)).toEqual(Array.from({ length: 64 }, (_, index) => 154 + 2 * index));
  expect([heights.length, heights[0], heights.includes(1)]).toEqual([72, 0, false]);
  expect(world.refusal(bare)).toBe("path from no recorded header");
});

test("no path of an old committee leads around a header that is recorded by now", () => {
  const world = new World();
  const keysOf = (purpose: number) => Array.from({ length: 4 }, (_, index) => keyPair(purpose, index));
  const hashOf = (signers: ReturnType<typeof keysOf>) => {
    const keys = signers.map(({ publicKey }) => publicKey);
    return committeeHash(quorumOf(keys.length), keys, null);
  };
  const [next, forgers] = [keysOf(8), keysOf(9)];
  const leg = legOf(inward());
  const { root: stateRoot } = stateWith(leg);
  // The committee of genesis signs a forgery once it has nothing to lose any more.
  const forged = world.root.header(3, { nextCommitteeHash: hashOf(forgers) });
  const target = certify(world.root.header(9, { stateRoot }).header, forgers);
  const around = reorgOf(world, leg, { reorg: { path: { headers: [forged, target], height: 9 } } });
  expect(world.refusal(around)).toBeNull();
  const honest = world.root.header(5, { nextCommitteeHash: hashOf(next) });
  world.next([new RootUpdate({ headers: [honest], height: 5 }, null)]);
  expect(world.refusal(around)).toBe("header of a foreign committee");
  // Nor does it end at the recorded height itself, or below it but later.
  const other = world.root.header(5, { stateRoot });
  const beside = reorgOf(world, leg, { reorg: { path: { headers: [other], height: 5 } } });
  expect(world.refusal(beside)).toBe("header that contradicts a recorded one");
  const late = world.root.header(4, { stateRoot, timeUs: honest.header.timeUs });
  const below = reorgOf(world, leg, { reorg: { path: { headers: [late], height: 4 } } });
  expect(world.refusal(below)).toBe("header that contradicts a recorded one");
});

test("a header beyond the trust period is no base any more", () => {
  const world = new World();
  const update = () => new RootUpdate({ headers: [world.root.header(4000)], height: 4000 }, null);
  const lateUs = START_US + HOUR_US - world.plan().timeUs;
  expect(world.refusal(update(), lateUs)).toBeNull();
  expect(world.refusal(update(), lateUs + 1)).toBe("path from a header beyond the trust period");
  expect(
    world.refusal(reorgOf(world, legOf(inward({ destinationExpiryUs: 2 * HOUR_US })), {}), lateUs + SECOND_US),
  ).toBe("path from a header beyond the trust period");
});
