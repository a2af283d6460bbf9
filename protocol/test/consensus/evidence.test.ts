import fc from "fast-check";
import { expect, test } from "vitest";
import { CheckpointVote } from "../../consensus/checkpoint.ts";
import { convict, decodeEvidence, type Evidence, encodeEvidence } from "../../consensus/evidence.ts";
import { NewView, NOT_PREPARED, newViewHash, ViewChange } from "../../consensus/view-change.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { doubleVoter, equivocator, forgedViewChange, forgedVote } from "../byzantine.ts";
import { Cluster } from "../cluster.ts";
import { Draws } from "../driver.ts";
import { crypto, identityOf, registryOf } from "../people.ts";

const [X, Y] = [1, 2].map((at) => hashTagged("test/any", Uint8Array.of(at))) as [typeof ZERO_HASH, typeof ZERO_HASH];
const registry = registryOf(7);
const culpritOf = (evidence: Evidence, chainId = 1) => convict(crypto, registry, { chainId, evidence });

function vote(signer: number, changes: Partial<Vote> = {}): Vote {
  const fields = { chainId: 1, height: 9, view: 3, phase: Phase.commit, blockHash: X, newViewHash: ZERO_HASH };
  return forgedVote(new Vote({ ...fields, signer: signer as DelegateId, membership: NO_PROOF }), changes);
}

function viewChange(signer: number, changes: Partial<ViewChange> = {}): ViewChange {
  const fields = { chainId: 1, height: 9, view: 5, preparedView: NOT_PREPARED, preparedHash: ZERO_HASH };
  return forgedViewChange(
    new ViewChange({ ...fields, signer: signer as DelegateId, membership: NO_PROOF }, null),
    changes,
  );
}

function checkpointVote(signer: number, changes: { chainId?: number; epoch?: number; hash?: typeof X } = {}) {
  const { chainId = 1, epoch = 2, hash = X } = changes;
  const vote = new CheckpointVote({ chainId, epoch, checkpointHash: hash, signer: signer as DelegateId });
  crypto.sign(vote, identityOf(signer).signing);
  return vote;
}

const forcing = [1, 2, 3, 4, 5].map((id) =>
  id === 4 ? viewChange(id, { preparedView: 2, preparedHash: X }) : viewChange(id),
);
const free = [1, 2, 3, 4, 5].map((id) => viewChange(id));

function prepare(
  signer: number,
  hashes: { blockHash: typeof X; of?: typeof X; changes?: readonly ViewChange[] },
): Vote {
  const { blockHash, of = blockHash, changes = free } = hashes;
  return vote(signer, { view: 5, phase: Phase.prepare, blockHash, newViewHash: newViewHash(changes, of) });
}

const GUILTY: Record<string, Evidence> = {
  "two commits of one view": { kind: "double-vote", first: vote(4), second: vote(4, { blockHash: Y }) },
  "two proposals of one view": {
    kind: "double-vote",
    first: vote(4, { phase: Phase.propose }),
    second: vote(4, { phase: Phase.propose, blockHash: Y }),
  },
  "two prepares that refer to different new views": {
    kind: "double-vote",
    first: vote(4, { phase: Phase.prepare }),
    second: vote(4, { phase: Phase.prepare, newViewHash: Y }),
  },
  "a commit forgotten in a view change": { kind: "forgotten-commit", commit: vote(4), viewChange: viewChange(4) },
  "a commit denied by a lower claim": {
    kind: "forgotten-commit",
    commit: vote(4),
    viewChange: viewChange(4, { preparedView: 2, preparedHash: Y }),
  },
  "a prepare of another block than its new view's": {
    kind: "unjustified-prepare",
    prepare: prepare(4, { blockHash: Y, of: X }),
    viewChanges: free,
    blockHash: X,
  },
  "a prepare under a new view that drops the prepared block": {
    kind: "unjustified-prepare",
    prepare: prepare(4, { blockHash: Y, changes: forcing }),
    viewChanges: forcing,
    blockHash: Y,
  },
  "two claims for one view": {
    kind: "double-view-change",
    first: viewChange(4),
    second: viewChange(4, { preparedView: 3, preparedHash: X }),
  },
  "two checkpoints of one epoch": {
    kind: "double-checkpoint",
    first: checkpointVote(4),
    second: checkpointVote(4, { hash: Y }),
  },
};

const INNOCENT: Record<string, Evidence> = {
  "the same vote twice": { kind: "double-vote", first: vote(4), second: vote(4) },
  "votes of two views": { kind: "double-vote", first: vote(4), second: vote(4, { view: 4, blockHash: Y }) },
  "votes of two heights": { kind: "double-vote", first: vote(4), second: vote(4, { height: 10, blockHash: Y }) },
  "votes of two phases": {
    kind: "double-vote",
    first: vote(4),
    second: vote(4, { phase: Phase.prepare, blockHash: Y }),
  },
  "votes of two chains": { kind: "double-vote", first: vote(4), second: vote(4, { chainId: 2, blockHash: Y }) },
  "votes of two signers": { kind: "double-vote", first: vote(4), second: vote(3, { blockHash: Y }) },
  "a commit after the view change": {
    kind: "forgotten-commit",
    commit: vote(4, { view: 5 }),
    viewChange: viewChange(4),
  },
  "a commit that is claimed": {
    kind: "forgotten-commit",
    commit: vote(4),
    viewChange: viewChange(4, { preparedView: 3, preparedHash: X }),
  },
  "a later certificate than the commit's": {
    kind: "forgotten-commit",
    commit: vote(4),
    viewChange: viewChange(4, { preparedView: 4, preparedHash: Y }),
  },
  "a prepare, not a commit": {
    kind: "forgotten-commit",
    commit: vote(4, { phase: Phase.prepare }),
    viewChange: viewChange(4),
  },
  "a justified prepare": {
    kind: "unjustified-prepare",
    prepare: prepare(4, { blockHash: X, changes: forcing }),
    viewChanges: forcing,
    blockHash: X,
  },
  "a free leader's prepare": {
    kind: "unjustified-prepare",
    prepare: prepare(4, { blockHash: Y }),
    viewChanges: free,
    blockHash: Y,
  },
  "a prepare under another new view": {
    kind: "unjustified-prepare",
    prepare: prepare(4, { blockHash: Y }),
    viewChanges: forcing,
    blockHash: X,
  },
  "the same claim twice, with and without certificate": {
    kind: "double-view-change",
    first: viewChange(4),
    second: viewChange(4),
  },
  "claims for two views": {
    kind: "double-view-change",
    first: viewChange(4),
    second: viewChange(4, { view: 6, preparedView: 5, preparedHash: X }),
  },
  "the same checkpoint twice": {
    kind: "double-checkpoint",
    first: checkpointVote(4),
    second: checkpointVote(4),
  },
  "checkpoints of two epochs": {
    kind: "double-checkpoint",
    first: checkpointVote(4),
    second: checkpointVote(4, { epoch: 3, hash: Y }),
  },
  "checkpoints of two chains": {
    kind: "double-checkpoint",
    first: checkpointVote(4),
    second: checkpointVote(4, { chainId: 2, hash: Y }),
  },
  "checkpoints of two signers": {
    kind: "double-checkpoint",
    first: checkpointVote(4),
    second: checkpointVote(3, { hash: Y }),
  },
};

for (const [what, evidence] of Object.entries(GUILTY)) {
  test(`convicts: ${what}; on its own chain only, with the culprit's own signatures only`, () => {
    expect(culpritOf(evidence)).toBe(4);
    expect(culpritOf(evidence, 2)).toBeNull();
    const bytes = encodeEvidence(evidence);
    const decoded = decodeEvidence(bytes) ?? expect.fail("does not decode");
    expect(culpritOf(decoded)).toBe(4);
    expect(encodeEvidence(decoded)).toEqual(bytes);
  });

  test(`altered bytes of it convict nobody else: ${what}`, () => {
    const bytes = encodeEvidence(evidence);
    const seen = new Set<number | null>();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ flip;
        const decoded = decodeEvidence(altered);
        seen.add(decoded === null ? null : culpritOf(decoded));
      }),
      { numRuns: 300, seed: 1 },
    );
    // The statements of others inside a new view carry unsigned fields, so that some alterations change nothing.
    seen.delete(4);
    expect([...seen]).toEqual([null]);
  });
}

for (const [what, evidence] of Object.entries(INNOCENT)) {
  test(`convicts nobody: ${what}`, () => expect(culpritOf(evidence)).toBeNull());
}

test("accusations name registered delegates only, whatever the numbers", () => {
  for (const signer of [7, 4_294_967_295]) {
    const [first, second] = [vote(signer % 256), vote(signer % 256, { blockHash: Y })];
    const fields = { signer: signer as DelegateId };
    const evidence = { kind: "double-vote", first: new Vote({ ...first, ...fields }, first.signature) } as const;
    expect(culpritOf({ ...evidence, second: new Vote({ ...second, ...fields }, second.signature) })).toBeNull();
  }
});

test("no bytes make the decoder of evidence throw", () => {
  const draws = new Draws(5);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      decodeEvidence(Uint8Array.of(draws.below(7), ...bytes));
    }),
    { numRuns: 500, seed: 1 },
  );
});

function accusedAfter(
  delegates: number,
  traitor: number,
  tamper: (to: PeerId, message: Message) => readonly Message[],
) {
  const cluster = new Cluster({ delegates, tampers: new Map([[traitor, tamper]]) });
  cluster.driver.startAll();
  cluster.reach(8);
  expect(cluster.faults).toEqual([]);
  return cluster;
}

test("online, a double voter is accused and slashed, and sits in no later committee", () => {
  const cluster = accusedAfter(4, 2, (to, message) => doubleVoter(to, message, new Draws(1)));
  expect([...cluster.accused]).toEqual([2]);
  const { rotation } = cluster.node(0).state;
  expect(rotation.standings[2]?.slashed).toBe(true);
  expect(rotation.committee.members).not.toContain(2);
});

test("online, an equivocating leader is accused although no member was shown both of its blocks", () => {
  const leader = new Cluster({ delegates: 7 }).genesis.rotation.proposer(0);
  const tamper = equivocator(leader);
  const cluster = accusedAfter(7, leader, (to, message) => tamper(to, message, new Draws(1)));
  expect([...cluster.accused]).toEqual([leader]);
});

test("online, whoever prepares another block than its new view's is accused, whichever came first", () => {
  const order = new Cluster({ delegates: 7 });
  const [first, third, witness] = [0, 2, 3].map((view): number => order.genesis.rotation.proposer(view)) as [
    number,
    number,
    number,
  ];
  const tamper = (_to: PeerId, message: Message): readonly Message[] => {
    if (!(message instanceof Vote) || message.signer !== third || message.view === 0) return [message];
    return message.phase === Phase.prepare ? [forgedVote(message, { blockHash: Y })] : [message];
  };
  const cluster = new Cluster({ delegates: 7, tampers: new Map([[third, tamper]]) });
  for (let node = 0; node < 7; node++) if (node !== first) cluster.driver.start(node);
  // The false prepare reaches one member only, and the new view reaches that member later, by repetition.
  let late = 1;
  cluster.driver.cut = (from, to, message) => {
    if (message instanceof NewView && to === witness) return late-- > 0;
    return message instanceof Vote && from === third && to !== witness;
  };
  cluster.driver.run(10_000_000);
  expect(late).toBeLessThan(0);
  expect([...cluster.accused]).toEqual([third]);
  expect(cluster.faults).toEqual([]);
});
