import { expect, test } from "vitest";
import { IOTX } from "../../core/units.ts";
import { UNRIVALLED_BLOCKS } from "../../rootchain/limits.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { crypto } from "../people.ts";
import { lockAction, relockOf, step, transferOf } from "./actors.ts";
import { ROOT, S2, script, World } from "./world.ts";

/** @returns the same relock as another relayer sends it, which leaves more of its fee to the committee */
function rivalOf(relock: UtxoTransaction): UtxoTransaction {
  const { chainId, version, lockTime, payload } = relock;
  const outputs = [{ amount: IOTX / 50n, lockingScript: script(7) }];
  return new UtxoTransaction({ chainId, version, inputs: [], outputs, lockTime, payload });
}

test("who comes second with a proof of the same is turned down, unless blocks pass the first one over", () => {
  const world = new World();
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  const relock = relockOf(world, lock);
  const rival = rivalOf(relock);
  const pool = world.root.state.rules.createPool();
  const add = (transaction: UtxoTransaction) => pool.add(crypto, transaction, world.root.state);
  expect(add(relock)).toBe(null);
  expect(add(relock)).toBe("transaction already pending");
  for (let block = 0; block < UNRIVALLED_BLOCKS; block++) {
    expect(add(rival)).toBe("transaction about what is being settled");
    step(world, ROOT);
  }
  expect(add(rival)).toBe(null);
  expect(pool.candidates(world.root.state)).toEqual([rival]);
});
