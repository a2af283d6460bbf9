import { expect, test } from "vitest";
import { certificateOf } from "../../../protocol/consensus/certificate.ts";
import { publicCommittee } from "../../../protocol/consensus/committee.ts";
import { encodeEvidence } from "../../../protocol/consensus/evidence.ts";
import { CertifiedBlock } from "../../../protocol/consensus/messages.ts";
import { Phase } from "../../../protocol/consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../../protocol/core/ids.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import { bytesToHash, hashTagged, hashToBytes, sha256 } from "../../../protocol/crypto/hash.ts";
import { Accounts } from "../../../protocol/ledger/accounts.ts";
import { addressOf } from "../../../protocol/ledger/address.ts";
import { EvidenceReport, encodeTransaction, Rejoin, SortitionClaim } from "../../../protocol/ledger/transaction.ts";
import { treeHash } from "../../checkers/body-root.ts";
import { Stage } from "./stage.ts";

/** The state root that a chain would write whose accounts had this root. */
function stateRootWith(stage: Stage, accountsRoot: Hash): Hash {
  const parts = [accountsRoot, stage.build().after.rotation.root];
  return hashTagged("orrery/state", ...parts.map(hashToBytes));
}

test("a committee that sits in another order than the chain gives is caught, at the node and in the header", () => {
  const stage = new Stage();
  const built = stage.build();
  const [first = 0, second = 0, ...rest] = stage.members;
  const swapped = [second, first, ...rest] as DelegateId[];
  const commits = stage.votes(stage.members, Phase.commit, built.block.hash);
  stage.observeFinal(2, new CertifiedBlock(built.block, certificateOf(commits)), swapped);
  expect(stage.broken()).toEqual(["committee"]);

  const header = new Stage();
  const { hash } = publicCommittee(header.world.registry, 0, [...header.members].reverse());
  header.finalizeAltered(header.build(), { nextCommitteeHash: hash });
  expect(header.details("committee")).toContain("another committee");
});

test("a committee that stays over the end of its iteration is caught", () => {
  const stage = new Stage();
  for (let height = 1; height < 3; height++)
    stage.honestHeight(height === 1 ? stage.nodes.map((node) => stage.claim(node)) : []);
  stage.finalizeAltered(stage.build(), { nextCommitteeHash: stage.state.rotation.committee.hash });
  expect(stage.details("committee")).toContain("height 3: the header authorises another committee");
});

test("a proposer out of turn, a claimed priority and a claim out of place are caught", () => {
  const late = new Stage();
  late.finalizeAltered(late.build(), { proposer: late.state.rotation.proposer(1) });
  expect(late.details("committee")).toContain("in the place of");
  const vain = new Stage();
  vain.finalizeAltered(vain.build(), { vrfPriority: bytesToHash(sha256(new Uint8Array(1))) });
  expect(vain.details("committee")).toContain("priority that nobody recorded");
  const early = new Stage();
  const { proof } = early.claim(3);
  const claim = new SortitionClaim({ chainId: 1, iteration: 5, delegate: 3 as DelegateId, proof });
  early.finalizeAltered(early.build(), {}, [claim]);
  expect(early.details("committee")).toContain("out of place");
});

test("members passed over by view changes propose later, as the nodes have it", () => {
  const stage = new Stage({ parameters: { roundsPerIteration: 9 } });
  for (const view of [2, 0, 1, 9, 0, 3, 0, 0, 0, 1]) {
    const built = stage.build([], 0, view);
    const commits = stage.votes(stage.members, Phase.commit, built.block.hash, { view });
    stage.finalize(built, new CertifiedBlock(built.block, certificateOf(commits)));
  }
  expect(stage.broken()).toEqual([]);
});

test("a slashed delegate sits out from the next selection on, one that rejoins for two epochs, as the nodes have it", () => {
  const stage = new Stage({ byzantine: [2] });
  const [one, other] = [stage.build().block.hash, stage.build([], 5).block.hash];
  const evidence = encodeEvidence({
    kind: "double-vote",
    first: stage.vote(2, 1, one),
    second: stage.vote(2, 1, other),
  });
  const rejoin = stage.signed(new Rejoin({ chainId: 1, delegate: 4 as DelegateId, nonce: 1, salt: 7 }), 4);
  const { block } = stage.honestHeight([new EvidenceReport(2 as DelegateId, evidence), rejoin]);
  expect(block.transactions).toHaveLength(2);
  for (let height = 2; height <= 30; height++) {
    stage.honestHeight(height % 3 === 1 ? stage.nodes.map((node) => stage.claim(node)) : []);
  }
  expect(stage.broken()).toEqual([]);
  expect(stage.members).toContain(4);
  expect(stage.members).not.toContain(2);
  expect(stage.reports().get("evidence")?.note).toContain("of 1 Byzantine delegates 0 were accused, 1 slashed");
});

test("with every delegate slashed the committee stays seated, as the nodes have it", () => {
  const everybody = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const stage = new Stage({ byzantine: everybody, parameters: { committee: 4 } });
  const delegates = stage.state.rotation.delegates;
  const [one, other] = [stage.build().block.hash, stage.build([], 5).block.hash];
  const reports = delegates.map((culprit) => {
    const [first, second] = [stage.vote(culprit, 1, one), stage.vote(culprit, 1, other)];
    return new EvidenceReport(culprit, encodeEvidence({ kind: "double-vote", first, second }));
  });
  expect(stage.honestHeight(reports).block.transactions).toHaveLength(delegates.length);
  expect(stage.state.rotation.standings.every(({ slashed }) => slashed)).toBe(true);
  const seated = [...stage.members].sort();
  for (let height = 2; height <= 24; height++) {
    stage.honestHeight(height % 3 === 1 ? stage.nodes.map((node) => stage.claim(node)) : []);
    expect([...stage.members].sort()).toEqual(seated);
  }
  expect(stage.details("committee")).toBe("");
  expect(stage.details("state-root")).toBe("");
});

test("a state root of accounts that re-execution does not give is caught", () => {
  const stage = new Stage();
  stage.honestHeight([stage.transfer(0, 0, IOTX)]);
  const built = stage.build([stage.transfer(0, 1, IOTX)]);
  stage.finalizeAltered(built, { stateRoot: stateRootWith(stage, stage.state.ledger.entries.root) });
  expect(stage.details("state-root")).toContain("height 2: re-execution gives another state root");
});

test("a transaction root that duplicates its odd leaf is caught", () => {
  const stage = new Stage();
  const built = stage.build([stage.transfer(0, 0, IOTX), stage.transfer(1, 0, IOTX), stage.transfer(2, 0, IOTX)]);
  const leaves = built.block.transactions.map(encodeTransaction);
  expect(leaves).toHaveLength(3);
  expect(bytesToHash(treeHash(leaves))).toBe(built.block.header.transactionRoot);
  const doubled = bytesToHash(treeHash([...leaves, leaves[2] as Uint8Array]));
  stage.finalizeAltered(built, { transactionRoot: doubled });
  expect(stage.details("state-root")).toContain("another transaction root");
});

test("a transfer that takes effect twice, or spends in the middle of a block what comes later, is caught", () => {
  const twice = new Stage();
  const transfer = twice.transfer(0, 0, IOTX);
  twice.finalizeAltered(twice.build([transfer]), {}, [transfer, transfer]);
  expect(twice.details("state-root")).toContain("uses nonce 0 instead of 1");
  const early = new Stage();
  const spend = early.transfer(0, 0, 150n * IOTX, 2);
  early.finalizeAltered(early.build(), {}, [spend, early.transfer(1, 0, 60n * IOTX, 0)]);
  expect(early.details("state-root")).toContain("more than it has");
});

test("another genesis than the nodes began with is caught at once", () => {
  const stage = new Stage({ alterGenesis: (genesis) => ({ ...genesis, stateRoot: ZERO_HASH }) });
  expect(stage.details("state-root")).toContain("height 0");
});

test("spending what is not there makes value, and is caught", () => {
  const stage = new Stage();
  stage.finalizeAltered(stage.build(), {}, [stage.transfer(0, 0, 150n * IOTX)]);
  expect(stage.details("supply")).toContain(`${50n * IOTX + 1n} base units more`);
});

test("an amount that was minted into a node's own accounts is caught", () => {
  const stage = new Stage();
  const { after } = stage.honestHeight();
  const address = addressOf(stage.keys[0]?.publicKey as Uint8Array);
  stage.nodeStates.set(3, {
    ...after,
    ledger: { entries: new Accounts(after.ledger.entries).credit(address, 7n).map },
  });
  const report = stage.reports().get("supply");
  expect(report?.violations.map(({ nodes, detail }) => [nodes, detail])).toEqual([
    [[3], "at height 1 the node holds 7 base units more than at genesis"],
  ]);
});

test("a bond that is slashed but not burned is caught", () => {
  const stage = new Stage();
  const { after } = stage.honestHeight();
  const standing = { stake: 102n, bond: 0n, slashed: true, eligibleEpoch: 0, rejoins: 0 };
  const rotation = after.rotation.withStanding(2 as DelegateId, standing);
  stage.nodeStates.set(3, { ...after, rotation });
  expect(stage.details("supply")).toContain(`-${1000n * IOTX} base units more`);
});

test("a block of a version that is not in force at its height is caught, on either side of the change", () => {
  for (const [height, version] of [
    [1, 2],
    [2, 1],
    [2, 3],
  ] as const) {
    const stage = new Stage({ parameters: { upgrade: { height: 2, maxBlockBytes: 1 << 20 } } });
    while (stage.height < height) stage.honestHeight();
    stage.finalizeAltered(stage.build(), { version });
    expect(stage.broken()).toEqual(["state-root"]);
    expect(stage.details("state-root")).toBe(`height ${height}: version ${version} where ${height} is in force`);
  }
  const plain = new Stage();
  plain.finalizeAltered(plain.build(), { version: 2 });
  expect(plain.details("state-root")).toBe("height 1: version 2 where 1 is in force");
});

test("a block that is larger than its height allows is caught, and an honest chain changes its rules unnoticed", () => {
  const parameters = { upgrade: { height: 2, maxBlockBytes: 400 } };
  const stage = new Stage({ parameters });
  const transfers = () => [0, 1, 2].map((from) => stage.transfer(from, stage.height - 1, IOTX));
  expect(stage.honestHeight(transfers()).block.bodyBytes).toBeGreaterThan(400);
  expect(stage.honestHeight(transfers()).block.transactions).toHaveLength(2);
  stage.honestHeight();
  expect(stage.broken()).toEqual([]);
  stage.finalizeAltered(stage.build(), {}, [
    stage.transfer(0, 2, IOTX),
    stage.transfer(1, 2, IOTX),
    stage.transfer(2, 1, IOTX),
  ]);
  expect(stage.details("state-root")).toMatch(/height 4: \d+ bytes where 400 are allowed/u);
});
