import { expect, test } from "vitest";
import { CertifiedBlock, RangeResponse } from "../../consensus/messages.ts";
import type { PeerId } from "../../core/ids.ts";
import { MAX_DATA_BYTES } from "../../core/limits.ts";
import { SECOND_US } from "../../core/units.ts";
import { Transactions } from "../../gossip/messages.ts";
import { Cluster } from "../cluster.ts";
import { transfer } from "../people.ts";

/** Longer than any hop may take, so that only announcements bring blocks along. */
const STATUS_US = 30 * SECOND_US;
const DELEGATES = 4;
const FOLLOWERS = 6;
/** A fetched block is announced at once: a hop is an announcement, a request and an answer of up to 20 ms each. */
const ARRIVAL_US = SECOND_US;

/** Delegates that know each other, and a line of followers behind the last one. */
function neighbours(node: number): number[] {
  const delegates = Array.from({ length: DELEGATES }, (_, id) => id);
  if (node < DELEGATES - 1) return delegates.filter((id) => id !== node);
  if (node === DELEGATES - 1) return [...delegates.slice(0, -1), DELEGATES];
  return [node - 1, node + 1].filter((id) => id < DELEGATES + FOLLOWERS);
}

test("a block too large to push runs down a line of followers without waiting for a timer", () => {
  const cluster = new Cluster({
    delegates: DELEGATES,
    followers: FOLLOWERS,
    // No later block comes to the help of the first.
    parameters: { roundUs: 5 * SECOND_US },
    mesh: (node) => neighbours(node).map((peer) => peer as PeerId),
    statusIntervalUs: STATUS_US,
  });
  const { driver } = cluster;
  let pushed = 0;
  let fetched = 0;
  const large = (certified: CertifiedBlock) => certified.sizeBytes > 5 * MAX_DATA_BYTES;
  driver.cut = (_from, _to, message) => {
    if (message instanceof CertifiedBlock && large(message)) pushed++;
    if (message instanceof RangeResponse) fetched += message.blocks.filter(large).length;
    return false;
  };
  driver.startAll();
  const data = new Uint8Array(MAX_DATA_BYTES);
  const payments = [0, 1, 2].flatMap((from) => [0, 1].map((nonce) => transfer(from, nonce, { data })));
  for (let node = 0; node < DELEGATES; node++) driver.deliver(node, -1 as PeerId, new Transactions(payments));
  const finalAt = new Map<number, number>();
  const farthest = DELEGATES + FOLLOWERS - 1;
  driver.run(STATUS_US / 2, () => {
    for (const node of [0, farthest]) {
      const { height } = cluster.node(node).state;
      if (height > 0 && !finalAt.has(node)) finalAt.set(node, driver.nowUs);
    }
    return finalAt.size === 2;
  });
  const [first, last] = [finalAt.get(0), finalAt.get(farthest)];
  expect(cluster.node(0).state.height).toBeGreaterThan(0);
  expect((last ?? Number.POSITIVE_INFINITY) - (first ?? 0)).toBeLessThan(ARRIVAL_US);
  expect(pushed).toBe(0);
  expect(fetched).toBeGreaterThanOrEqual(FOLLOWERS);
  expect(cluster.faults).toEqual([]);
});
