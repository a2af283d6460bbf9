import { describe, expect, test } from "vitest";
import { certificateOf } from "../../consensus/certificate.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import type { Context } from "../../core/machine.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { Informer } from "../../node/informer.ts";
import { crypto, identityOf, keyPair } from "../people.ts";

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
