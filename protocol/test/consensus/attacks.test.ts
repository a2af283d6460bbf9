import { expect, test } from "vitest";
import { certificateOf } from "../../consensus/certificate.ts";
import { BlockBody, BlockRequest, CertifiedBlock, Proposal, RangeRequest, Status } from "../../consensus/messages.ts";
import { RecordKey } from "../../consensus/pbft-node.ts";
import { NewView, NOT_PREPARED, newViewHash, ViewChange } from "../../consensus/view-change.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { EARLY_MESSAGES_PER_SEAT } from "../../core/limits.ts";
import type { Message } from "../../core/machine.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { Block } from "../../ledger/block.ts";
import { chainWire } from "../../node/wire.ts";
import { forgedViewChange, forgedVote, forkOf } from "../byzantine.ts";
import { Cluster } from "../cluster.ts";
import { crypto, identityOf, transfer } from "../people.ts";

const X = hashTagged("test/any", Uint8Array.of(1));

function voteOf(signer: number, fields: Partial<Vote>): Vote {
  const blank = { chainId: 1, height: 1, view: 0, phase: Phase.prepare, blockHash: X, newViewHash: ZERO_HASH };
  return forgedVote(new Vote({ ...blank, signer: signer as DelegateId, membership: NO_PROOF }), fields);
}

function viewChangeOf(signer: number, view: number, changes: Partial<ViewChange> = {}): ViewChange {
  const blank = { chainId: 1, height: 1, view, preparedView: NOT_PREPARED, preparedHash: ZERO_HASH };
  const change = new ViewChange({ ...blank, signer: signer as DelegateId, membership: NO_PROOF }, null);
  return forgedViewChange(change, changes);
}

/** The delegates in the order in which they lead height 1. */
function leaders({ genesis }: Cluster): number[] {
  return genesis.rotation.committee.members.map((_, view) => genesis.rotation.proposer(view));
}

function viewsOf(cluster: Cluster, node: number): number[] {
  return cluster.observations.flatMap(({ node: at, observation }) =>
    at === node && observation.kind === "view" ? [observation.view] : [],
  );
}

test("a member that committed in view 0 and prepared far above it takes both up after a crash", () => {
  const cluster = new Cluster();
  const { storage } = cluster.driver.nodes[0] ?? { storage: new Map() };
  storage.set(RecordKey.commit, chainWire.encode(voteOf(0, { phase: Phase.commit })));
  storage.set(RecordKey.prepare, chainWire.encode(voteOf(0, { view: 30, newViewHash: X })));
  cluster.driver.start(0);
  cluster.driver.run(2_000_000);
  cluster.driver.startAll();
  expect(cluster.reach(2)).toBe(true);
  expect(cluster.faults).toEqual([]);
});

test("a member that crashed in a high view waits that view's time out before it gives it up", () => {
  const cluster = new Cluster();
  const { storage } = cluster.driver.nodes[0] ?? { storage: new Map() };
  storage.set(RecordKey.viewChange, chainWire.encode(viewChangeOf(0, 6)));
  cluster.driver.start(0);
  cluster.driver.run(20_000_000);
  expect(viewsOf(cluster, 0)).toEqual([]);
  cluster.driver.run(20_000_000);
  expect(viewsOf(cluster, 0)).toEqual([7]);
});

test("a leader that proposed and crashed proposes the same again, never another block", () => {
  const cluster = new Cluster();
  const { driver } = cluster;
  const leader = leaders(cluster)[0] as number;
  const proposed = new Set<Hash>();
  driver.cut = (_from, _to, message) => {
    if (message instanceof Proposal) proposed.add(message.block.hash);
    return true;
  };
  driver.startAll();
  driver.run(550_000);
  expect(proposed.size).toBe(1);
  driver.crash(leader);
  driver.start(leader);
  driver.run(5_000_000);
  expect(proposed.size).toBe(1);
  driver.cut = () => false;
  expect(cluster.reach(1)).toBe(true);
  expect(cluster.faults).toEqual([]);
});

test("a leader that repeats a new view with a refused block cannot hold the members in its view", () => {
  let bad: NewView | null = null;
  const order = leaders(new Cluster({ delegates: 7 }));
  const traitor = order[1] as number;
  const tamper = (_to: PeerId, message: Message): Message[] => {
    if (message instanceof NewView) {
      const header = { ...message.block.header, stateRoot: X };
      bad ??= refusedNewView(message, new Block(header, message.block.transactions));
      return [bad];
    }
    return message.kind <= 4 ? [] : [message];
  };
  const cluster = new Cluster({ delegates: 7, tampers: new Map([[traitor, tamper]]) });
  const { driver } = cluster;
  for (let node = 0; node < 7; node++) if (node !== order[0]) driver.start(node);
  for (let round = 0; round < 100; round++) {
    driver.run(100_000);
    for (const node of cluster.honest) if (bad !== null) driver.deliver(node, traitor as PeerId, bad);
  }
  expect(bad).not.toBeNull();
  expect(Math.min(...cluster.heights)).toBeGreaterThanOrEqual(1);
});

function refusedNewView({ viewChanges, vote }: NewView, block: Block): NewView {
  const probe = new NewView(viewChanges, vote, block);
  return new NewView(viewChanges, forgedVote(vote, { blockHash: block.hash, newViewHash: hashOf(probe) }), block);
}

function hashOf({ viewChanges, block }: NewView): Hash {
  return newViewHash(viewChanges, block.hash);
}

test("a new leader that lacks the prepared block asks for it, and is not taken in by another body under its hash", () => {
  const cluster = new Cluster({ delegates: 7 });
  const { driver } = cluster;
  const [first, second] = leaders(cluster) as [number, number];
  let asked = false;
  const bodies: Block[] = [];
  let held = true;
  driver.cut = (from, to, message) => {
    if (message instanceof Proposal && from === first) bodies.push(message.block);
    if (message instanceof BlockRequest) asked = true;
    if (!held) return false;
    if (message instanceof Vote && message.phase === Phase.commit) return true;
    return message instanceof BlockBody || (message instanceof Proposal && to === second);
  };
  driver.startAll();
  driver.run(20_000_000, () => asked);
  const { header, transactions } = bodies[0] ?? expect.fail("nothing was proposed");
  driver.deliver(second, 9 as PeerId, new BlockBody(new Block(header, [...transactions, transfer(0, 0)])));
  held = false;
  expect(cluster.reach(1)).toBe(true);
  const views = cluster.observations.flatMap(({ observation }) =>
    observation.kind === "finalized" && observation.height === 1 ? [observation.view] : [],
  );
  expect(new Set(views)).toEqual(new Set([1]));
  expect(cluster.rejections(second)).toContain("block whose header is not the one its body gives");
});

test("f + 1 members far ahead are joined however far they are, f are not", () => {
  const cluster = new Cluster({ delegates: 7 });
  cluster.driver.start(0);
  for (const signer of [1, 2]) cluster.driver.deliver(0, signer as PeerId, viewChangeOf(signer, 20));
  expect(viewsOf(cluster, 0)).toEqual([]);
  cluster.driver.deliver(0, 3 as PeerId, viewChangeOf(3, 4_294_967_295));
  expect(viewsOf(cluster, 0)).toEqual([20]);
  cluster.driver.deliver(0, 3 as PeerId, viewChangeOf(4, 4_294_967_295));
  expect(viewsOf(cluster, 0)).toEqual([20]);
});

test("a time far ahead in a proposal does not reach into a member's timers", () => {
  const cluster = new Cluster();
  const leader = leaders(cluster)[0] as number;
  const victim = (leader + 1) % 4;
  cluster.driver.start(victim);
  const header = { ...proposalOf(cluster).header, timeUs: 2 ** 52 };
  const block = new Block(header, []);
  const vote = voteOf(leader, { phase: Phase.propose, blockHash: block.hash });
  cluster.driver.deliver(victim, leader as PeerId, new Proposal(vote, block));
  expect(cluster.rejections(victim)).toContain("proposal far ahead of this clock");
});

/** @returns what the first leader proposes at height 1 */
function proposalOf(like: Cluster): Block {
  const cluster = new Cluster({ delegates: like.parameters.delegates });
  const blocks: Block[] = [];
  cluster.driver.cut = (_from, _to, message) => {
    if (message instanceof Proposal) blocks.push(message.block);
    return true;
  };
  cluster.driver.startAll();
  cluster.driver.run(600_000);
  return blocks[0] ?? expect.fail("nothing was proposed");
}

test("a proposal a little ahead of a member's clock is taken once the clock is there", () => {
  const cluster = new Cluster();
  const leader = leaders(cluster)[0] as number;
  const victim = (leader + 1) % 4;
  const block = proposalOf(cluster);
  const ahead = new Block({ ...block.header, timeUs: block.header.timeUs + 900_000 }, block.transactions);
  const vote = voteOf(leader, { phase: Phase.propose, blockHash: ahead.hash });
  const sent: Message[] = [];
  cluster.driver.cut = (from, _to, message) => from === victim && sent.push(message) > 0;
  cluster.driver.start(victim);
  cluster.driver.deliver(victim, leader as PeerId, new Proposal(vote, ahead));
  cluster.driver.run(300_000);
  expect(sent.filter((each) => each instanceof Vote).length).toBe(0);
  cluster.driver.run(300_000);
  const votes = sent.filter((each) => each instanceof Vote);
  expect(votes.map((each) => each.blockHash)).toEqual([ahead.hash, ahead.hash, ahead.hash]);
});

test("a flood of early messages by one peer takes no room from the others", () => {
  const cluster = new Cluster({ followers: 1 });
  const { driver } = cluster;
  driver.start(0);
  for (let view = 0; view < 200; view++) {
    driver.deliver(0, 1 as PeerId, voteOf(1, { height: 2, view }));
    driver.deliver(0, 4 as PeerId, voteOf(1, { height: 2, view }));
  }
  const refused = cluster.rejections(0).length;
  expect(refused).toBe(400 - EARLY_MESSAGES_PER_SEAT);
  driver.deliver(0, 2 as PeerId, voteOf(2, { height: 2 }));
  expect(cluster.rejections(0).length).toBe(refused);
});

test("a peer that claims heights it does not have cannot keep a laggard from the blocks of others", () => {
  const cluster = new Cluster({ followers: 1 });
  const { driver } = cluster;
  for (let node = 0; node < 4; node++) driver.start(node);
  driver.run(20_000_000, () => Math.min(...cluster.heights) >= 5);
  driver.start(4);
  driver.cut = (from, to, message) => to === 0 && from === 4 && message instanceof RangeRequest;
  for (let round = 0; round < 100; round++) {
    driver.deliver(4, 0 as PeerId, new Status(1_000_000, X));
    driver.run(100_000);
  }
  expect(cluster.node(4).state.height).toBeGreaterThan(5);
});

test("a certificate of other heights, phases, blocks, chains or committees makes nothing final", () => {
  const cluster = new Cluster({ followers: 1 });
  const { driver } = cluster;
  driver.start(4);
  const block = proposalOf(cluster);
  const commits = (fields: Partial<Vote>, signers = [0, 1, 2]) =>
    certificateOf(signers.map((id) => voteOf(id, { phase: Phase.commit, blockHash: block.hash, ...fields })));
  const wrong = [
    commits({ height: 2 }),
    commits({ phase: Phase.prepare }),
    commits({ blockHash: X }),
    commits({ chainId: 2 }),
    commits({}, [0, 1]),
    commits({}, [0, 1, 7]),
  ];
  for (const certificate of wrong) driver.deliver(4, 0 as PeerId, new CertifiedBlock(block, certificate));
  expect(cluster.node(4).state.height).toBe(0);
  const forged = certificateOf(
    [0, 1, 2].map((id) => new Vote(voteOf(id, { phase: Phase.commit, blockHash: block.hash }))),
  );
  driver.deliver(4, 0 as PeerId, new CertifiedBlock(block, forged));
  expect(cluster.node(4).state.height).toBe(0);
  driver.deliver(4, 0 as PeerId, new CertifiedBlock(new Block(block.header, [transfer(0, 0)]), commits({})));
  expect(cluster.node(4).state.height).toBe(0);
  driver.deliver(4, 0 as PeerId, new CertifiedBlock(block, commits({ view: 3 })));
  expect(cluster.node(4).state.height).toBe(1);
});

test("an unproven view change counts for nothing: claims without certificate, certificates without claim", () => {
  const cluster = new Cluster();
  const { driver } = cluster;
  driver.start(0);
  const prepares = certificateOf([1, 2, 3].map((id) => voteOf(id, {})));
  const few = certificateOf([1, 2].map((id) => voteOf(id, {})));
  const wrong = [
    viewChangeOf(1, 2, { preparedView: 0, preparedHash: X }),
    viewChangeOf(1, 2, { certificate: prepares }),
    viewChangeOf(1, 2, { preparedHash: X }),
    viewChangeOf(1, 2, { preparedView: 1, preparedHash: X, certificate: prepares }),
    viewChangeOf(1, 2, { preparedView: 0, preparedHash: ZERO_HASH, certificate: prepares }),
    viewChangeOf(1, 2, { preparedView: 0, preparedHash: X, certificate: few }),
    viewChangeOf(1, 0, {}),
  ];
  for (const change of wrong) driver.deliver(0, 1 as PeerId, change);
  expect(cluster.rejections(0).length).toBe(wrong.length);
  driver.deliver(0, 1 as PeerId, viewChangeOf(1, 2, { preparedView: 0, preparedHash: X, certificate: prepares }));
  driver.deliver(0, 2 as PeerId, viewChangeOf(2, 2));
  expect(viewsOf(cluster, 0)).toEqual([2]);
  expect(crypto.verify(viewChangeOf(1, 2), identityOf(1).signing.publicKey)).toBe(true);
});

test("a member that holds a prepared block prepares another in a later view that a quorum without it justifies", () => {
  const cluster = new Cluster({ delegates: 4 });
  const [first, second, locked] = leaders(cluster) as [number, number, number];
  const prepares: Vote[] = [];
  cluster.driver.cut = (from, to, message) => {
    if (message instanceof ViewChange) return from === locked;
    if (!(message instanceof Vote)) return false;
    if (from === locked && message.view > 0 && message.phase === Phase.prepare) prepares.push(message);
    return message.view === 0 && to !== locked;
  };
  cluster.driver.startAll();
  expect(cluster.reach(1)).toBe(true);
  const prepared = cluster.observations.flatMap(({ node, observation }) =>
    node === locked && observation.kind === "prepared" && observation.height === 1 ? [observation] : [],
  );
  expect(prepared[0]?.view).toBe(0);
  expect(prepares[0]?.view).toBe(1);
  expect(prepares[0]?.blockHash).not.toBe(prepared[0]?.blockHash);
  expect(first).not.toBe(second);
  expect(cluster.faults).toEqual([]);
});

test("a new leader cannot put another block in the place of the prepared one, which may be final already", () => {
  const [first, traitor, lucky] = leaders(new Cluster({ delegates: 7 })) as [number, number, number];
  const tamper = (_to: PeerId, message: Message): Message[] => {
    return message instanceof NewView ? [refusedNewView(message, forkOf(message.block))] : [message];
  };
  const cluster = new Cluster({ delegates: 7, tampers: new Map([[traitor, tamper]]) });
  // One member alone sees the first view's commits, and nobody hears of it before the second view.
  let apart = true;
  cluster.driver.cut = (from, to, message) => {
    if (!apart) return false;
    return (from === lucky && !(message instanceof Vote)) || (isCommit(message) && to !== lucky);
  };
  cluster.driver.startAll();
  const reached = () => cluster.honest.some((node) => viewsOf(cluster, node).includes(1));
  cluster.driver.run(20_000_000, reached);
  cluster.driver.run(300_000);
  expect(cluster.node(lucky).state.height).toBe(1);
  apart = false;
  expect(cluster.reach(3)).toBe(true);
  expect(cluster.faults).toEqual([]);
  const refused = cluster.honest.filter((node) => cluster.rejections(node).includes("new view without proof"));
  expect(refused.length).toBeGreaterThan(2);
  expect(cluster.honest).toContain(first);
});

function isCommit(message: Message): boolean {
  return message instanceof Vote && message.phase === Phase.commit;
}
