import { describe, expect, test } from "vitest";
import { BridgeEntry } from "../../bridge/entry-kind.ts";
import { commitmentKey, commitmentOf } from "../../bridge/informer.ts";
import { encodeSubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { certificateOf } from "../../consensus/certificate.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { Writer } from "../../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import type { Context } from "../../core/machine.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { Anchor } from "../../light/anchor.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { Informer } from "../../node/informer.ts";
import { MAX_TIPS } from "../../node/limits.ts";
import type { Fact } from "../../node/relay-view.ts";
import { makeFraudProof } from "../../subchain/make-fraud-proof.ts";
import { crypto, identityOf, keyPair } from "../people.ts";
import {
  allSteps,
  chainOf,
  encoded,
  honestBlock,
  lyingBlock,
  OPERATORS,
  someTransactions,
} from "../subchain/suspects.ts";
import { HERE, World } from "../subchain/world.ts";

const SCRIPT = Uint8Array.of(0x51);
const IDS = [0, 1, 2, 3] as DelegateId[];

function hashOf(name: string): Hash {
  return hashTagged("test/informer", new TextEncoder().encode(name));
}

/** A header of chain 2 that some of its operators certified. */
function certified(name: string, over: { height?: number; view?: number; signers?: readonly DelegateId[] } = {}) {
  const { height = 5, view = 0, signers = IDS } = over;
  const blockHash = hashOf(name);
  const statement = { chainId: 2, height, view, phase: Phase.commit, blockHash, newViewHash: ZERO_HASH };
  const votes = signers.map((signer) => {
    const vote = new Vote({ ...statement, signer, membership: NO_PROOF });
    crypto.sign(vote, identityOf(signer).signing);
    return vote;
  });
  const header = { chainId: 2, height } as CertifiedHeader["header"];
  const members = IDS.map((id) => ({ id, publicKey: identityOf(id).signing.publicKey }));
  return { header, certificate: certificateOf(votes), members } satisfies CertifiedHeader;
}

const context = { crypto, nowUs: 0, entropy: () => 7 } as unknown as Context;

function informer(): Informer {
  const coins = [{ outpoint: { transactionId: hashOf("coin"), index: 0 }, amount: 1000n }];
  const rules = { informerShare: 500, revealDelayBlocks: 2 };
  return new Informer({ keyPair: keyPair(9, 0), rewardScript: SCRIPT, coins, fee: 10n, retryUs: 1000, rules });
}

describe("an informer", () => {
  test("accuses everybody who certified two headers of one height, once", () => {
    const subject = informer();
    subject.follow(certified("one"));
    subject.compare(context, [certified("other", { signers: [0, 2, 3] as DelegateId[] })]);
    expect(subject.open).toBe(3);
    subject.compare(context, [certified("third")]);
    expect(subject.open).toBe(4);
  });

  test("accuses nobody for the same header, another height, another view, or what was never followed", () => {
    const subject = informer();
    subject.compare(context, [certified("one"), certified("other")]);
    subject.follow(certified("one"));
    subject.compare(context, [certified("one"), certified("other", { height: 6 }), certified("other", { view: 1 })]);
    expect(subject.open).toBe(0);
  });

  test("accuses nobody by a signature that is not the accused's own", () => {
    const subject = informer();
    subject.follow(certified("one"));
    const forged = certified("other");
    const votes = forged.certificate.votes.map((vote) => {
      const copy = new Vote(vote);
      crypto.sign(copy, keyPair(9, 1));
      return copy;
    });
    subject.compare(context, [{ ...forged, certificate: { ...forged.certificate, votes } }]);
    expect(subject.open).toBe(0);
  });

  test("forgets old headers: what it remembers is bounded", () => {
    const subject = informer();
    for (let height = 1; height <= 100; height++)
      subject.follow(certified("one", { height, signers: [0] as DelegateId[] }));
    subject.compare(context, [certified("other", { height: 1 })]);
    expect(subject.open).toBe(0);
    subject.compare(context, [certified("other", { height: 100 })]);
    expect(subject.open).toBe(1);
  });

  test("judges a fraud proof by the rootchain's record before it pays for it, and asks for its part of all bonds", () => {
    const world = new World();
    const [first] = someTransactions(world);
    const transactions = first === undefined ? [] : [first];
    const roots = [world.entries.root, hashOf("any state")];
    const fraud = makeFraudProof(chainOf(world), lyingBlock(world, transactions, roots));
    const right = allSteps(world, honestBlock(new World(), someTransactions(world)))[0];
    if (fraud === null || right === undefined) expect.fail("there are proofs");
    const subject = informer();
    const reasons: string[] = [];
    const listening = { ...context, observe: ({ reason }: { reason: string }) => reasons.push(reason) };
    const facts = new Map<Hash, Uint8Array | undefined>();
    const root = (height: number) => ({
      anchor: { height } as Anchor,
      fact: (key: Hash) => (facts.has(key) ? ({ value: facts.get(key) } as Fact) : undefined),
    });
    const step = (height: number) =>
      subject.step({ ...listening, nowUs: height * 2000 } as unknown as Context, root(height));
    subject.tip(right);
    subject.tip(fraud);
    expect(step(1)).toEqual([]);
    const record = (slashed: readonly number[]) => {
      const operators = OPERATORS.map((each, seat) => ({ ...each, slashed: slashed.includes(seat) }));
      return encodeSubchainRecord({ specification: world.specification, registeredHeight: 0, operators });
    };
    facts.set(subchainKey(HERE), record([]));
    step(2);
    expect(reasons).toEqual(["step that is right"]);
    expect(subject.open).toBe(1);
    const wanted: Hash[] = [];
    subject.ask((key) => wanted.push(key));
    for (const key of wanted) if (!facts.has(key)) facts.set(key, undefined);
    const [commit] = step(3);
    if (commit?.payload?.kind !== "evidence-commit") expect.fail("it commits first");
    const committed = new Writer().u8(BridgeEntry.evidenceCommitment).u64(4).finish();
    facts.set(commitmentKey(commit.payload.digest), committed);
    expect(step(4)).toEqual([]);
    const [reveal] = step(5);
    if (reveal?.payload?.kind !== "fraud-proof") expect.fail("then it reveals");
    const { salt } = reveal.payload;
    const promised = { chainId: HERE, evidence: encoded(reveal.payload.fraud), salt, lockingScript: SCRIPT };
    expect(commitmentOf(promised)).toBe(commit.payload.digest);
    const bond = OPERATORS[0]?.registered.bond ?? 0n;
    expect(reveal.outputs).toEqual([{ amount: (4n * bond) / 20n, lockingScript: SCRIPT }]);
    // Whoever was slashed meanwhile brings nothing any more.
    facts.set(subchainKey(HERE), record([0, 1]));
    expect(step(6)[0]?.outputs).toEqual([{ amount: (2n * bond) / 20n, lockingScript: SCRIPT }]);
    facts.set(subchainKey(HERE), record([0, 1, 2, 3]));
    expect(step(7)).toEqual([]);
    expect(subject.open).toBe(0);
    subject.tip(fraud);
    step(8);
    expect(subject.open).toBe(0);
  });

  test("keeps a bounded number of fraud proofs about chains that nobody knows", () => {
    const world = new World();
    const [proof] = allSteps(world, honestBlock(world, someTransactions(world)));
    if (proof === undefined) expect.fail("there are steps");
    const subject = informer();
    for (let each = 0; each < 3 * MAX_TIPS; each++) subject.tip(proof);
    const wanted: Hash[] = [];
    subject.ask((key) => wanted.push(key));
    expect(wanted.length).toBe(MAX_TIPS);
  });

  test("takes no step before it knows what the rootchain holds", () => {
    const subject = informer();
    subject.follow(certified("one"));
    subject.compare(context, [certified("other")]);
    const anchor = { height: 9 } as Parameters<Informer["step"]>[1]["anchor"];
    expect(subject.step(context, { anchor, fact: () => undefined })).toEqual([]);
    const wanted: Hash[] = [];
    subject.ask((key) => wanted.push(key));
    expect(new Set(wanted).size).toBe(5);
  });
});
