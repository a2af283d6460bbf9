import { expect, test } from "vitest";
import { certificateOf } from "../../consensus/certificate.ts";
import { CertifiedBlock, RangeRequest } from "../../consensus/messages.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { Transactions } from "../../gossip/messages.ts";
import { Block } from "../../ledger/block.ts";
import { KeptBlock } from "../../node/kept-block.ts";
import { type Found, HeadersRequest, Lookup, ProofRequest } from "../../node/light-messages.ts";
import { KEPT_STATES } from "../../node/limits.ts";
import { markOf } from "../../node/packed-block.ts";
import { encodeMessage } from "../../node/wire.ts";
import { Cluster } from "../cluster.ts";
import { crypto, identityOf, transfer } from "../people.ts";

const ASKER = 77 as PeerId;
const SENT = transfer(0, 0);

/** A chain of four members that is longer than what is kept whole, and what one of them answers to anybody. */
function longChain() {
  const cluster = new Cluster({ delegates: 4 });
  const { driver } = cluster;
  const answers: Message[] = [];
  driver.cut = (_from, to, message) => {
    if (to === ASKER) answers.push(message);
    return to === ASKER;
  };
  driver.startAll();
  cluster.reach(2);
  driver.deliver(0, ASKER, new Transactions([SENT]));
  expect(cluster.reach(KEPT_STATES + 12, 600_000_000)).toBe(true);
  const ask = (node: number, message: Message): Message[] => {
    answers.length = 0;
    driver.deliver(node, ASKER, message);
    return [...answers];
  };
  return { cluster, ask };
}

const QUESTIONS = [
  new RangeRequest(1),
  new RangeRequest(9),
  new HeadersRequest(1, 0, 0),
  new HeadersRequest(1, 0, 7),
  new Lookup(1, 1, { kind: "transaction", id: SENT.id }),
  new Lookup(1, 1, { kind: "transaction", id: transfer(0, 1).id }),
  new Lookup(1, 1, { kind: "cross", destination: 0 }),
];

test("what was packed long ago is served as it was, by those that go on and those that start again", () => {
  const { cluster, ask } = longChain();
  const { driver } = cluster;
  const { state } = cluster.node(0);
  const answersOf = (node: number) =>
    [...QUESTIONS, new ProofRequest(1, state.height - KEPT_STATES + 3, [SENT.sender])].map((question) =>
      ask(node, question).map((answer) => Buffer.from(encodeMessage(answer)).toString("hex")),
    );
  const before = answersOf(0);
  expect(before.every((answer) => answer.length === 1)).toBe(true);
  const [found] = ask(0, new Lookup(1, 1, { kind: "transaction", id: SENT.id }));
  expect((found as Found).transactions).toHaveLength(1);
  driver.crash(0);
  driver.start(0);
  expect(cluster.node(0).state).toBe(state);
  expect(answersOf(0)).toEqual(before);
});

test("a node that starts again where nothing is remembered judges all that it stored, and serves the same", () => {
  const { cluster, ask } = longChain();
  const { driver } = cluster;
  const { state } = cluster.node(0);
  const answersOf = () => QUESTIONS.map((question) => ask(0, question).map((answer) => encodeMessage(answer)));
  const before = answersOf();
  driver.crash(0);
  const entry = driver.nodes[0] ?? expect.fail("no node");
  // Bytes that were never seen: what stands beside the objects that they were made from is out of reach.
  entry.storage = new Map([...entry.storage].map(([key, bytes]) => [key, bytes.slice()]));
  driver.start(0);
  expect(cluster.node(0).state).not.toBe(state);
  expect(cluster.node(0).state.stateRoot).toBe(state.stateRoot);
  expect(answersOf()).toEqual(before);
});

/** A block and a certificate of it by some of four members. */
function certified(block: Block, view: number, signers: readonly number[]): CertifiedBlock {
  const statement = { chainId: 1, height: 1, view, phase: Phase.commit, blockHash: block.hash, newViewHash: ZERO_HASH };
  const votes = signers.map((signer) => {
    const vote = new Vote({ ...statement, signer: signer as DelegateId, membership: NO_PROOF });
    crypto.sign(vote, identityOf(signer).signing);
    return vote;
  });
  return new CertifiedBlock(block, certificateOf(votes));
}

function someBlock(): Block {
  const cluster = new Cluster({ delegates: 4 });
  cluster.driver.startAll();
  cluster.reach(1);
  const final = cluster.observations.map(({ observation }) => observation).find(({ kind }) => kind === "finalized");
  if (final?.kind !== "finalized") expect.fail("no final block");
  return new Block((final.block as Block).header, [transfer(0, 0), transfer(1, 0)]);
}

test("packing leaves each node its own certificate, of whatever view, and the same bytes", () => {
  const block = someBlock();
  const many = Array.from({ length: 40 }, (_, signer) => signer);
  const originals = [
    certified(block, 0, [0, 1, 2]),
    certified(block, 0, [1, 2, 3]),
    certified(block, 3, [0, 2, 3]),
    certified(block, 0, many.slice(0, 32)),
    certified(block, 0, many.slice(7)),
    certified(block, 3, many),
  ];
  const expected = originals.map((each) => encodeMessage(new CertifiedBlock(each.block, each.certificate)));
  const kept = originals.map((each) => KeptBlock.of(each));
  for (const each of kept) each.pack();
  for (const [place, each] of kept.entries()) {
    expect(each.toBytes()).toEqual(expected[place]);
    expect(each.sizeBytes).toBe(expected[place]?.length);
    expect(encodeMessage(each.certified)).toEqual(expected[place]);
    expect(each.certified.block.hash).toBe(block.hash);
    expect(KeptBlock.read(each.toBytes())).toBe(each);
  }
});

test("a packed block rules out what it does not hold, and never what it holds", () => {
  const kept = KeptBlock.of(certified(someBlock(), 0, [0, 1, 2]));
  expect(kept.mayHold(markOf(transfer(2, 5).id))).toBe(true);
  kept.pack();
  expect(kept.mayHold(markOf(transfer(0, 0).id))).toBe(true);
  expect(kept.mayHold(markOf(transfer(1, 0).id))).toBe(true);
  expect(kept.mayHold(markOf(transfer(2, 5).id))).toBe(false);
});

test("bytes that are no certified block read as none", () => {
  expect(KeptBlock.read(new Uint8Array(0))).toBeNull();
  expect(KeptBlock.read(encodeMessage(new RangeRequest(1)))).toBeNull();
});
