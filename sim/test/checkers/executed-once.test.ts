import { expect, test } from "vitest";
import { Phase, Vote } from "../../../protocol/consensus/vote.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import { Transfer } from "../../../protocol/ledger/transaction.ts";
import { Stage } from "./stage.ts";

/** What a chain would be blamed for whose second block holds these transfers. */
function secondBlockWith(make: (stage: Stage) => readonly Transfer[]): string {
  const stage = new Stage();
  stage.honestHeight([stage.transfer(0, 0, IOTX)]);
  stage.finalizeAltered(stage.build(), {}, make(stage));
  return stage.details("executed-once");
}

test("a transfer that takes effect again is caught, in the same block and in a later one", () => {
  expect(secondBlockWith((stage) => [stage.transfer(0, 0, IOTX)])).toContain("uses nonce 0 instead of 1");
  const twice = secondBlockWith((stage) => [stage.transfer(0, 1, IOTX), stage.transfer(0, 1, IOTX)]);
  expect(twice).toContain("stands in the block twice");
  expect(twice).toContain("uses nonce 1 instead of 2");
});

test("a transfer that leaves a gap, is of another chain, or was never signed is caught", () => {
  expect(secondBlockWith((stage) => [stage.transfer(0, 3, IOTX)])).toContain("uses nonce 3 instead of 1");
  const foreign = secondBlockWith((stage) => {
    const { signature, ...fields } = stage.transfer(0, 1, IOTX);
    return [new Transfer({ ...fields, chainId: 7 }, signature)];
  });
  expect(foreign).toContain("a transfer of chain 7 takes effect");
  expect(foreign).toContain("never signed");
});

test("a ledger that lets a nonce be used again is caught", () => {
  const stage = new Stage();
  const before = stage.build();
  stage.finalizeAltered(before, {}, [stage.transfer(0, 0, IOTX)]);
  expect(stage.details("executed-once")).toContain("may use nonce 0 after 0");
});

test("a transfer that leaves its chain out of what it signs is caught", () => {
  const stage = new Stage();
  const tight = Transfer.prototype.preimage;
  Transfer.prototype.preimage = function preimage(this: Transfer) {
    return tight.call(new Transfer({ ...this, chainId: 0 }));
  };
  try {
    stage.honestHeight([stage.transfer(0, 0, IOTX)]);
  } finally {
    Transfer.prototype.preimage = tight;
  }
  expect(stage.details("signed-bytes")).toContain("a transfer's signature holds although its byte");
  expect(stage.broken()).toEqual(["signed-bytes"]);
});

test("a vote that leaves its view out of what it signs is caught", () => {
  const stage = new Stage();
  const tight = Vote.prototype.preimage;
  Vote.prototype.preimage = function preimage(this: Vote) {
    return tight.call(new Vote({ ...this, view: 0 }));
  };
  try {
    stage.emit(0, stage.vote(0, Phase.prepare, stage.build().block.hash));
  } finally {
    Vote.prototype.preimage = tight;
  }
  expect(stage.details("signed-bytes")).toBe("a vote's signature holds for another view");
});
