import fc from "fast-check";
import { expect, test } from "vitest";
import { publicCommittee } from "../../consensus/committee.ts";
import { type ConsensusParameters, epochOf, iterationOf, quorumOf } from "../../consensus/parameters.ts";
import { marksAfter, proposerOrder } from "../../consensus/proposer.ts";
import { electDelegates, genesisRotation, type Rotation } from "../../consensus/rotation.ts";
import { orderBySeed, priorityOf, rankedSeats, selects, sortitionAlpha } from "../../consensus/sortition.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { crypto, identityOf, registryOf, smallChain } from "../people.ts";

const seedOf = (number: number) => hashTagged("test/seed", Uint8Array.of(number >> 8, number & 255));

test("a quorum is more than two thirds, any two share more than f members, and it needs no more than n − f", () => {
  const quorums = Array.from({ length: 19 }, (_, at) => quorumOf(at + 4));
  expect(quorums).toEqual([3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 11, 12, 13, 13, 14, 15, 15]);
  for (let size = 1; size <= 200; size++) {
    const quorum = quorumOf(size);
    const faulty = Math.floor((size - 1) / 3);
    expect(3 * quorum).toBeGreaterThan(2 * size);
    expect(2 * quorum - size).toBeGreaterThan(faulty);
    expect(quorum).toBeLessThanOrEqual(size - faulty);
  }
});

test("at sizes that three divides, two thirds alone would let two quorums meet in f members", () => {
  for (const size of [6, 9, 12]) {
    const committee = publicCommittee(registryOf(size), 0, ids(size));
    expect(committee.quorum).toBe((2 * size) / 3 + 1);
    expect(committee.faultBudget).toBe(size / 3 - 1);
  }
});

function ids(count: number): DelegateId[] {
  return Array.from({ length: count }, (_, id) => id as DelegateId);
}

test("the highest stakes among the eligible are elected, whatever their order; ties do not depend on it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 5n }), { minLength: 1, maxLength: 20 }),
      fc.nat(19),
      (stakes, bad) => {
        const registry = registryOf(stakes.length, (id) => stakes[id] ?? 0n);
        const standing = { bond: 1n, slashed: false, eligibleEpoch: 0, rejoins: 0 };
        const standings = stakes.map((stake, id) => ({ ...standing, stake, slashed: id === bad }));
        const elected = electDelegates(registry, smallChain(5), { standings, epoch: 0 });
        const eligible = stakes.filter((_, id) => id !== bad);
        expect(elected.length).toBe(Math.min(5, eligible.length));
        expect(elected).not.toContain(bad);
        const taken = elected.map((id) => stakes[id] as bigint);
        const best = [...eligible].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)).slice(0, 5);
        expect(taken).toEqual(best);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

test("a delegate that rejoined is elected from its epoch on and not before", () => {
  const standings = ids(3).map((id) => {
    return { stake: 1n, bond: 1n, slashed: false, eligibleEpoch: id === 1 ? 4 : 0, rejoins: 0 };
  });
  const elect = (epoch: number) => electDelegates(registryOf(3), smallChain(3), { standings, epoch }).sort();
  expect([elect(3), elect(4)]).toEqual([
    [0, 2],
    [0, 1, 2],
  ]);
});

test("seats go to the lowest priorities recorded, then by hash without proof, each candidate once", () => {
  fc.assert(
    fc.property(
      fc.subarray(ids(12)),
      fc.subarray(ids(12), { minLength: 1 }),
      fc.nat(300),
      (claiming, candidates, seed) => {
        const claims = claiming.map((delegate) => {
          return { delegate, priority: seedOf(seed + 31 * delegate), proof: new Uint8Array(80) };
        });
        const options = { claims, candidates, seed: seedOf(seed), size: 5 };
        const { members, claims: won } = rankedSeats(registryOf(12), options);
        expect(members.length).toBe(Math.min(5, candidates.length));
        expect(new Set(members).size).toBe(members.length);
        for (const member of members) expect(candidates).toContain(member);
        const proven = members.filter((_, seat) => won[seat] !== null);
        const able = claims.filter(({ delegate }) => candidates.includes(delegate));
        const best = [...able].sort((a, b) => (a.priority < b.priority ? -1 : 1)).slice(0, 5);
        expect(proven).toEqual(best.map(({ delegate }) => delegate));
        expect(members.slice(0, proven.length)).toEqual(proven);
        const rest = orderBySeed(registryOf(12), seedOf(seed), candidates).filter((id) => !proven.includes(id));
        expect(members.slice(proven.length)).toEqual(rest.slice(0, members.length - proven.length));
        const reversed = rankedSeats(registryOf(12), { ...options, claims: [...claims].reverse() });
        expect(reversed.members).toEqual(members);
      },
    ),
    { numRuns: 150, seed: 1 },
  );
});

test("private selection follows the output's size: none below its share, all above", () => {
  const output = (leading: number) => Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? leading : 0));
  expect(selects(output(127), 11, 22)).toBe(true);
  expect(selects(output(128), 11, 22)).toBe(false);
  expect(selects(output(255), 22, 22)).toBe(true);
  let chosen = 0;
  for (let id = 0; id < 4000; id++) {
    const { vrf } = identityOf(id);
    const alpha = sortitionAlpha(1, 0, ZERO_HASH);
    const drawn = crypto.vrfVerify(vrf.publicKey, alpha, crypto.vrfProve(vrf, alpha));
    if (drawn !== null && selects(drawn, 11, 100)) chosen++;
  }
  expect(Math.abs(chosen - 440)).toBeLessThan(80);
});

test("inputs of sortition differ with chain, iteration and seed", () => {
  const inputs = [sortitionAlpha(1, 1, ZERO_HASH), sortitionAlpha(2, 1, ZERO_HASH), sortitionAlpha(1, 2, ZERO_HASH)];
  inputs.push(sortitionAlpha(1, 1, seedOf(1)));
  expect(new Set(inputs.map(String)).size).toBe(4);
});

test("members that neither proposed nor were passed over lead first, each group by priority; marks end with the round", () => {
  const members = ids(4);
  expect(proposerOrder(members, [true, false, true, false])).toEqual([1, 3, 0, 2]);
  let marks: readonly boolean[] = [false, false, false, false];
  const led: number[] = [];
  for (const view of [0, 1, 0]) {
    led.push(proposerOrder(members, marks)[view] as number);
    marks = marksAfter(members, marks, view);
  }
  expect(led).toEqual([0, 2, 3]);
  expect(marks).toEqual([false, false, false, false]);
  expect(marksAfter(members, [true, false, false, false], 7)).toEqual([false, false, false, false]);
});

test("without view changes every member leads once in each round of the committee", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 4 }), (size, rounds) => {
      let marks: readonly boolean[] = ids(size).map(() => false);
      const led = new Map<number, number>();
      for (let block = 0; block < size * rounds; block++) {
        const leader = proposerOrder(ids(size), marks)[0] as number;
        led.set(leader, (led.get(leader) ?? 0) + 1);
        marks = marksAfter(ids(size), marks, 0);
      }
      expect([...led.values()]).toEqual(new Array(size).fill(rounds));
    }),
    { numRuns: 50, seed: 1 },
  );
});

/** Walks a rotation over blocks, calling back before each. */
function walk(
  parameters: ConsensusParameters,
  blocks: number,
  each: (rotation: Rotation, height: number) => Rotation,
): Rotation {
  let rotation = genesisRotation(
    registryOf(9, (id) => BigInt(100 - id)),
    parameters,
    seedOf(0),
  );
  for (let height = 1; height <= blocks; height++) {
    const before = each(rotation, height);
    const after = before.advance(height, 0);
    rotation = after.iteration === before.iteration ? after : after.withSeed(seedOf(height));
  }
  return rotation;
}

test("heights belong to iterations and epochs as the paper has it: 47 iterations of 11 rounds", () => {
  const paper = smallChain(97, { committee: 11, iterationsPerEpoch: 47, roundsPerIteration: 11 });
  expect([1, 11, 12, 517, 518].map((height) => iterationOf(paper, height))).toEqual([0, 0, 1, 46, 47]);
  expect([46, 47].map((iteration) => epochOf(paper, iteration))).toEqual([0, 1]);
});

test("claims for an iteration are on the last block of the one before last, the first on genesis", () => {
  const parameters = smallChain(9, { committee: 4, iterationsPerEpoch: 5 });
  const heights: number[] = [];
  walk(parameters, 12, (rotation, height) => {
    const seed = rotation.iteration === 0 ? 0 : 2 * rotation.iteration;
    expect(rotation.claimAlpha).toEqual(sortitionAlpha(1, rotation.iteration + 1, seedOf(seed)));
    heights.push(height);
    return rotation;
  });
  expect(heights.length).toBe(12);
});

test("an epoch's delegates are fixed by the snapshot at the end of the third-last iteration before it", () => {
  const parameters = smallChain(4, { iterationsPerEpoch: 5 });
  // Blocks 1 … 6 are iterations 0 … 2; the snapshot is taken with block 6.
  const electedAfter = (slashHeight: number) =>
    walk(parameters, 10, (rotation, height) => {
      const best = rotation.standings[0];
      if (height !== slashHeight || best === undefined) return rotation;
      return rotation.withStanding(0 as DelegateId, { ...best, stake: 0n });
    }).delegates;
  expect(electedAfter(6)).not.toContain(0);
  expect(electedAfter(7)).toContain(0);
});

test("the slashed are out from the next selection on, in both modes and under either seed rule", () => {
  const threshold = { mode: "threshold", expectedSize: 3, quorum: 2 } as const;
  const modes: ConsensusParameters["sortition"][] = [
    { mode: "ranked" },
    { ...threshold, seedRule: "two-back" },
    { ...threshold, seedRule: "one-back" },
  ];
  for (const sortition of modes) {
    walk(smallChain(9, { committee: 6, sortition }), 14, (rotation, height) => {
      const standing = rotation.standings[2];
      if (height === 1 && standing !== undefined) {
        return rotation.withStanding(2 as DelegateId, { ...standing, slashed: true });
      }
      if (height > 2) expect(rotation.committee.members, `height ${height}`).not.toContain(2);
      expect(rotation.marks.length).toBe(rotation.committee.members.length);
      return rotation;
    });
  }
});

test("without a single claim committees are full all the same, and fewer candidates than seats all sit", () => {
  walk(smallChain(9, { committee: 4 }), 8, (rotation) => {
    expect(rotation.committee.members.length).toBe(4);
    return rotation;
  });
  const few = walk(smallChain(9, { committee: 9 }), 4, (rotation, height) => {
    const standing = rotation.standings[height];
    return standing === undefined
      ? rotation
      : rotation.withStanding(height as DelegateId, { ...standing, slashed: true });
  });
  expect(few.committee.members.length).toBe(5);
  expect(few.committee.quorum).toBe(4);
});

test("with everybody slashed those who sit stay, in both modes, until somebody else is elected", () => {
  const threshold = { mode: "threshold", expectedSize: 3, quorum: 2, seedRule: "two-back" } as const;
  for (const sortition of [{ mode: "ranked" }, threshold] as const) {
    const parameters = smallChain(6, { committee: sortition.mode === "ranked" ? 4 : 6, sortition });
    let seated: readonly DelegateId[] = [];
    const end = walk(parameters, 30, (rotation, height) => {
      const { members } = rotation.committee;
      if (height === 5) {
        seated = [...members].sort();
        return ids(9).reduce((slashed, id) => {
          const standing = slashed.standings[id] ?? expect.fail("no standing");
          return slashed.withStanding(id, { ...standing, bond: 0n, slashed: true });
        }, rotation);
      }
      if (height > 5 && rotation.epoch < 4) {
        expect([...members].sort()).toEqual(seated);
        if (height <= 20) expect([...rotation.candidates].sort()).toEqual(seated);
        expect(rotation.delegates.length).toBe(6);
      }
      if (height !== 20) return rotation;
      const { signing, vrf } = identityOf(9);
      const keys = { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey };
      return rotation.withRegistered({ ...keys, endpoint: 9 as PeerId, stake: 1n, bond: 1n }, 0);
    });
    expect([end.delegates, end.committee.members]).toEqual([[9], [9]]);
  }
});

test("the rotation's root changes with every part of it that the header chain does not name", () => {
  const parameters = smallChain(9, { committee: 4 });
  const rotation = genesisRotation(registryOf(9), parameters, seedOf(0));
  const standing = rotation.standings[0] ?? expect.fail("no delegates");
  const claim = { delegate: 3 as DelegateId, priority: seedOf(9), proof: new Uint8Array(80) };
  const variants = [
    rotation,
    rotation.advance(1, 0),
    rotation.advance(1, 1),
    rotation.withClaim(claim),
    rotation.withClaim({ ...claim, priority: seedOf(8) }),
    rotation.withStanding(0 as DelegateId, { ...standing, slashed: true }),
    rotation.withStanding(0 as DelegateId, { ...standing, rejoins: 1 }),
    rotation.withStanding(1 as DelegateId, { ...standing, rejoins: 1 }),
  ];
  expect(new Set<Hash>(variants.map(({ root }) => root)).size).toBe(variants.length);
  expect(priorityOf(new Uint8Array(64))).toBe(ZERO_HASH);
});
