import { expect, test } from "vitest";
import { CheckpointVote } from "../../consensus/checkpoint.ts";
import { NOT_PREPARED, ViewChange } from "../../consensus/view-change.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { SignedObject } from "../../crypto/signed-object.ts";
import { Rejoin, Transfer } from "../../ledger/transaction.ts";
import { forgedViewChange, forgedVote } from "../byzantine.ts";
import { crypto, holder, identityOf, transfer } from "../people.ts";

const X = hashTagged("test/any", Uint8Array.of(1));
const { publicKey } = identityOf(1).signing;
const signer = 1 as DelegateId;

/** @returns the fields whose alteration leaves the signature valid */
function unsigned<T extends SignedObject>(
  signed: T,
  key: Uint8Array,
  changes: Partial<T>,
  rebuild: (fields: T, signature: Uint8Array) => T,
): string[] {
  expect(crypto.verify(signed, key)).toBe(true);
  return Object.entries(changes).flatMap(([field, value]) => {
    const altered = rebuild({ ...signed, [field]: value }, signed.signature);
    return crypto.verify(altered, key) ? [field] : [];
  });
}

test("a vote's signature is about its chain, height, view, phase, block and new view, and nothing else", () => {
  const vote = forgedVote(
    new Vote({
      chainId: 1,
      height: 4,
      view: 2,
      phase: Phase.prepare,
      blockHash: X,
      newViewHash: X,
      signer,
      membership: NO_PROOF,
    }),
    {},
  );
  const changes = { chainId: 2, height: 5, view: 3, phase: Phase.commit, blockHash: ZERO_HASH, newViewHash: ZERO_HASH };
  expect(unsigned(vote, publicKey, changes, (fields, signature) => new Vote(fields, signature))).toEqual([]);
});

test("a view change's signature is about its chain, height, view and claim", () => {
  const fields = { chainId: 1, height: 4, view: 2, preparedView: 1, preparedHash: X, signer, membership: NO_PROOF };
  const change = forgedViewChange(new ViewChange(fields, null), {});
  const changes = { chainId: 2, height: 5, view: 3, preparedView: NOT_PREPARED, preparedHash: ZERO_HASH };
  const rebuild = (each: ViewChange, signature: Uint8Array) => new ViewChange(each, null, signature);
  expect(unsigned(change, publicKey, changes, rebuild)).toEqual([]);
});

test("a transfer's signature is about every field", () => {
  const changes = {
    chainId: 2,
    from: holder(2).publicKey,
    nonce: 9,
    to: X,
    amount: 1n,
    fee: 5n,
    data: Uint8Array.of(1),
  };
  const rebuild = (fields: Transfer, signature: Uint8Array) => new Transfer(fields, signature);
  expect(unsigned(transfer(0, 0), holder(0).publicKey, changes, rebuild)).toEqual([]);
});

test("a checkpoint vote's signature is about its chain, epoch and checkpoint", () => {
  const vote = new CheckpointVote({ chainId: 1, epoch: 3, checkpointHash: X, signer });
  crypto.sign(vote, identityOf(1).signing);
  const changes = { chainId: 2, epoch: 4, checkpointHash: ZERO_HASH };
  expect(unsigned(vote, publicKey, changes, (fields, signature) => new CheckpointVote(fields, signature))).toEqual([]);
});

test("a rejoin's signature is about its chain, delegate, nonce and salt", () => {
  const rejoin = new Rejoin({ chainId: 1, delegate: signer, nonce: 3, salt: 4 });
  crypto.sign(rejoin, identityOf(1).signing);
  const changes = { chainId: 2, delegate: 2 as DelegateId, nonce: 4, salt: 5 };
  expect(unsigned(rejoin, publicKey, changes, (fields, signature) => new Rejoin(fields, signature))).toEqual([]);
});

test("no two kinds of statement share what is signed", () => {
  const vote = new Vote({
    chainId: 1,
    height: 4,
    view: 2,
    phase: Phase.propose,
    blockHash: X,
    newViewHash: X,
    signer,
    membership: NO_PROOF,
  });
  const fields = { chainId: 1, height: 4, view: 2, preparedView: -1, preparedHash: X, signer, membership: NO_PROOF };
  const rejoin = new Rejoin({ chainId: 1, delegate: signer, nonce: 3, salt: 4 });
  const ended = new CheckpointVote({ chainId: 1, epoch: 4, checkpointHash: X, signer });
  const signed = [vote, new ViewChange(fields, null), rejoin, transfer(0, 0), ended];
  const heads = signed.map((each) => String.fromCharCode(...each.preimage().subarray(0, 18)));
  expect(new Set(heads).size).toBe(signed.length);
});
