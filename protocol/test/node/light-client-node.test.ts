import { expect, test } from "vitest";
import type { ChainState } from "../../consensus/chain-state.ts";
import { CheckpointVote, checkpointHash } from "../../consensus/checkpoint.ts";
import type { Hash, PeerId } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { MILLISECOND_US, SECOND_US } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { LightClientNode, type LightClientNodeOptions, trustedGenesis } from "../../node/light-client-node.ts";
import { Checkpoints, CheckpointsRequest, DelegatesRequest, Headers } from "../../node/light-messages.ts";
import { crypto } from "../people.ts";
import { identity, NodeWorld, nodeOf, ROOT, S2 } from "./world.ts";

const EPOCH_BLOCKS = 6;

interface Watching {
  watched: readonly Hash[];
}

function worldWithClient(chainId: number, watching: Watching, changes: Partial<LightClientNodeOptions> = {}) {
  const world = new NodeWorld({
    relayers: 0,
    moreCount: 1,
    more: (self) =>
      new LightClientNode({
        trusted: trustedGenesis(self.genesis.get(chainId) as ChainState),
        epochBlocks: EPOCH_BLOCKS,
        trustPeriodUs: 600 * SECOND_US,
        maxDriftUs: SECOND_US,
        peers: self.peersOf(chainId),
        awakeUs: 5 * SECOND_US,
        asleepUs: 20 * SECOND_US,
        pollIntervalUs: 500 * MILLISECOND_US,
        ...watching,
        ...changes,
      }),
  });
  const node = world.relayerNode(0);
  const client = () => world.driver.nodes[node]?.machine as LightClientNode;
  return { world, node, client };
}

test("a client that slept catches up over checkpoints and sees its transaction proven", () => {
  const watching: Watching = { watched: [] };
  const { world, node, client } = worldWithClient(S2, watching);
  const { driver } = world;
  driver.startAll();
  driver.crash(node);
  driver.run(2 * SECOND_US);
  const lock = world.lock(0, world.terms(S2, ROOT));
  driver.run(40 * SECOND_US);
  watching.watched = [lock.id, hashTagged("test/never")];
  driver.start(node);
  driver.run(3 * SECOND_US);
  expect(world.state(S2).height - client().anchor.height).toBeLessThan(4);
  expect([...client().included]).toEqual([lock.id]);
  const told = world.observations.flatMap(({ node: at, observation }) =>
    at === node && observation.kind === "followed" ? [observation] : [],
  );
  const { height, signatures } = told.at(-1) ?? expect.fail("nothing was followed");
  // Every header would have taken three signatures.
  expect(signatures).toBeLessThan(1.5 * height);
  expect(world.observations.filter((each) => each.node === node && each.observation.kind === "rejected")).toEqual([]);
});

test("it crosses checkpoints that were never recorded, and follows those after them", () => {
  const { world, node } = worldWithClient(ROOT, { watched: [] }, { asleepUs: 0 });
  const { driver } = world;
  let isMute = true;
  const asked: Message[] = [];
  driver.cut = (from, _to, message) => {
    if (from === node) asked.push(message);
    return isMute && message instanceof CheckpointVote;
  };
  driver.startAll();
  const wanted = () => asked.flatMap((each) => (each instanceof CheckpointsRequest ? [each.fromEpoch] : []));
  const crossed = () => asked.filter((each) => each instanceof DelegatesRequest).length;
  driver.run(60 * SECOND_US, () => Math.max(...wanted()) >= 2);
  expect(world.state(ROOT).rotation.epoch).toBeLessThanOrEqual(4);
  expect(crossed()).toBeGreaterThanOrEqual(2);
  isMute = false;
  driver.run(20 * SECOND_US);
  const last = crossed();
  driver.run(20 * SECOND_US);
  expect(crossed()).toBe(last);
  expect(Math.max(...wanted())).toBeGreaterThanOrEqual(world.state(ROOT).rotation.epoch - 2);
  expect(world.observations.filter((each) => each.node === node && each.observation.kind === "rejected")).toEqual([]);
});

test("after a crash it goes on from where it was, with an empty or a damaged disk from what it was told to trust", () => {
  const { world, node } = worldWithClient(ROOT, { watched: [] }, { asleepUs: 0 });
  const { driver } = world;
  const asked: CheckpointsRequest[] = [];
  driver.cut = (from, _to, message) => {
    if (from === node && message instanceof CheckpointsRequest) asked.push(message);
    return false;
  };
  driver.startAll();
  const restart = (isLost: boolean, isDamaged = false) => {
    driver.crash(node, isLost);
    const { storage } = driver.nodes[node] ?? expect.fail("there is no client");
    if (isDamaged) for (const [key, value] of storage) storage.set(key, value.subarray(1));
    asked.length = 0;
    driver.start(node);
    return asked[0]?.fromEpoch ?? -1;
  };
  // No answer is on its way when the power goes.
  const run = (seconds: number) => driver.run(seconds * SECOND_US + 200 * MILLISECOND_US);
  run(40);
  const { epoch } = world.state(ROOT).rotation;
  expect(epoch).toBeGreaterThan(3);
  expect(restart(false)).toBeGreaterThanOrEqual(epoch - 3);
  run(5);
  expect(restart(false, true)).toBe(0);
  run(5);
  expect(restart(true)).toBe(0);
  run(5);
  expect(world.observations.filter((each) => each.node === node && each.observation.kind === "rejected")).toEqual([]);
});

test("asleep it neither asks nor listens, and goes on when it wakes", () => {
  const { world, node, client } = worldWithClient(ROOT, { watched: [] });
  const { driver } = world;
  let sent = 0;
  driver.cut = (from) => {
    if (from === node) sent++;
    return false;
  };
  driver.startAll();
  driver.run(6 * SECOND_US);
  const [before, asleepAt] = [sent, client().anchor.height];
  driver.run(18 * SECOND_US);
  expect(sent).toBe(before);
  expect(client().anchor.height).toBe(asleepAt);
  driver.run(3 * SECOND_US);
  expect(world.state(ROOT).height - client().anchor.height).toBeLessThan(4);
});

test("trust that is too old is refused, whatever the chain says", () => {
  const { world, node, client } = worldWithClient(ROOT, { watched: [] }, { trustPeriodUs: 10 * SECOND_US });
  const { driver } = world;
  driver.startAll();
  driver.crash(node);
  driver.run(15 * SECOND_US);
  driver.start(node);
  driver.run(4 * SECOND_US);
  expect(client().anchor.height).toBe(0);
  expect([...world.rejections.keys()]).toContain("trust older than the trust period");
});

test("a second checkpoint of an epoch, heard by a client, costs its signer the bond on the chain", () => {
  const { world, node } = worldWithClient(ROOT, { watched: [] }, { asleepUs: 0 });
  const { driver } = world;
  driver.startAll();
  let real: Checkpoints | null = null;
  driver.cut = (_from, _to, message) => {
    if (message instanceof Checkpoints && message.links.length > 0) real ??= message;
    return false;
  };
  driver.run(12 * SECOND_US);
  const link = (real as Checkpoints | null)?.links[0] ?? expect.fail("no checkpoint was served");
  const checkpoint = { ...link.certified.checkpoint, stateRoot: hashTagged("test/another") };
  const signer = link.certified.votes[0]?.signer ?? expect.fail("a checkpoint without votes");
  const { chainId, epoch } = checkpoint;
  const vote = new CheckpointVote({ chainId, epoch, checkpointHash: checkpointHash(checkpoint), signer });
  crypto.sign(vote, identity(ROOT, signer).signing);
  const forged = new Checkpoints(ROOT, [{ ...link, certified: { checkpoint, votes: [vote] } }]);
  driver.deliver(node, nodeOf(ROOT, 1) as PeerId, forged);
  driver.run(6 * SECOND_US);
  const accusing = world.observations.filter((each) => each.node === node && each.observation.kind === "evidence");
  expect(accusing.length).toBeGreaterThan(0);
  expect(world.state(ROOT).rotation.standings.map(({ slashed }) => slashed)).toEqual(
    [0, 1, 2, 3].map((id) => id === signer),
  );
});

test("a client is not led astray by altered headers", () => {
  const { world, node, client } = worldWithClient(ROOT, { watched: [] }, { asleepUs: 0 });
  const { driver } = world;
  driver.startAll();
  driver.cut = (from, to, message) => {
    if (to !== node || !(message instanceof Headers)) return false;
    const [first] = message.chain;
    if (first === undefined || from % 2 === 0) return false;
    const header = { ...first.header, stateRoot: hashTagged("test/another") };
    driver.deliver(node, from as PeerId, new Headers(message.chainId, message.fromHeight, [{ ...first, header }]));
    return true;
  };
  driver.run(15 * SECOND_US);
  expect(world.rejections.get("certificate of another header")).toBeGreaterThan(0);
  expect(client().anchor.height).toBeGreaterThan(10);
});
