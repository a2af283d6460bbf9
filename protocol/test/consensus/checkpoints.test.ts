import { describe, expect, test } from "vitest";
import { buildBlock, type ChainState, judgeBlock } from "../../consensus/chain-state.ts";
import { type CertifiedCheckpoint, CheckpointVote, MAX_DUE_CHECKPOINTS } from "../../consensus/checkpoint.ts";
import type { PeerId } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { SECOND_US } from "../../core/units.ts";
import { Block, bodyOf } from "../../ledger/block.ts";
import { CheckpointTransaction, type Transaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { LightClient } from "../../light/client.ts";
import { Cluster } from "../cluster.ts";
import { anyHash, certifyCheckpoint } from "../light/light-chain.ts";
import { crypto, genesisOf, identityOf, registryOf, smallChain } from "../people.ts";

/** Blocks of an epoch of the small chain. */
const EPOCH_BLOCKS = 6;

function recorded(cluster: Cluster): CertifiedCheckpoint[] {
  const seen = new Map<number, CertifiedCheckpoint>();
  for (const { observation } of cluster.observations) {
    if (observation.kind !== "finalized") continue;
    for (const each of (observation.block as Block).transactions) {
      if (each.kind === "checkpoint") seen.set(observation.height, each.certified);
    }
  }
  return [...seen.values()];
}

const epochsOf = (list: readonly CertifiedCheckpoint[]) => list.map(({ checkpoint }) => checkpoint.epoch);

describe("online", () => {
  test("each epoch's end is recorded once and in order, and leads a client to where the nodes are", () => {
    const cluster = new Cluster({ delegates: 7, parameters: { committee: 4 } });
    cluster.driver.startAll();
    expect(cluster.reach(5 * EPOCH_BLOCKS)).toBe(true);
    const checkpoints = recorded(cluster);
    expect(epochsOf(checkpoints)).toEqual([0, 1, 2, 3]);
    const { rotation } = cluster.genesis;
    const trusted = { anchor: genesisAnchor(cluster.genesis), epoch: 0, delegates: rotation.delegateSet };
    const options = { trustPeriodUs: 1000 * SECOND_US, maxDriftUs: SECOND_US, epochBlocks: EPOCH_BLOCKS };
    const client = new LightClient({ crypto, trusted, ...options });
    const links = checkpoints.map((certified) => ({ certified, delegates: null }));
    expect(client.acceptCheckpoints(cluster.driver.nowUs, links).refusal).toBeNull();
    const final = cluster.observations.flatMap(({ observation }) => {
      return observation.kind === "finalized" && observation.height === 4 * EPOCH_BLOCKS ? [observation.blockHash] : [];
    });
    expect(client.anchor).toMatchObject({ height: 4 * EPOCH_BLOCKS, blockHash: final[0] });
    expect(cluster.faults).toEqual([]);
  });

  test("without any votes the chain goes on, and awaits a bounded number of checkpoints", () => {
    const cluster = new Cluster();
    cluster.driver.cut = (_from, _to, message) => message instanceof CheckpointVote;
    cluster.driver.startAll();
    expect(cluster.reach((MAX_DUE_CHECKPOINTS + 2) * EPOCH_BLOCKS)).toBe(true);
    expect(recorded(cluster)).toEqual([]);
    expect(cluster.node(0).state.rotation.due).toHaveLength(MAX_DUE_CHECKPOINTS);
    // Once votes get through again, what is awaited is recorded, the oldest first.
    cluster.driver.cut = () => false;
    expect(cluster.reach((MAX_DUE_CHECKPOINTS + 4) * EPOCH_BLOCKS)).toBe(true);
    const epochs = epochsOf(recorded(cluster));
    expect(epochs.length).toBeGreaterThanOrEqual(3);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(cluster.faults).toEqual([]);
  });

  test("delegates that crash anywhere sign no epoch's end twice differently, nor before it is durable", () => {
    const cluster = new Cluster({ delegates: 5, seed: 3 });
    cluster.driver.crashChance = 0.02;
    cluster.driver.mortal = new Set([0, 1, 2, 3, 4]);
    cluster.driver.startAll();
    cluster.driver.run(60 * SECOND_US);
    cluster.driver.crashChance = 0;
    cluster.driver.startAll();
    expect(cluster.reach(Math.max(...cluster.heights) + 2 * EPOCH_BLOCKS)).toBe(true);
    expect(epochsOf(recorded(cluster)).length).toBeGreaterThan(1);
    expect(cluster.faults).toEqual([]);
  });

  test("a delegate that lost its disk signs no epoch's end until it is eligible again", () => {
    const cluster = new Cluster({ delegates: 5 });
    const { driver } = cluster;
    const signed: { epoch: number; from: number }[] = [];
    driver.cut = (from, _to, message) => {
      if (message instanceof CheckpointVote) signed.push({ epoch: message.epoch, from });
      return false;
    };
    driver.startAll();
    expect(cluster.reach(EPOCH_BLOCKS + 3)).toBe(true);
    expect(signed.some(({ from }) => from === 2)).toBe(true);
    driver.crash(2, true);
    driver.start(2);
    signed.length = 0;
    expect(cluster.reach(7 * EPOCH_BLOCKS)).toBe(true);
    const own = signed.filter(({ from }) => from === 2).map(({ epoch }) => epoch);
    const { eligibleEpoch, rejoins } = cluster.node(0).state.rotation.standings[2] ?? expect.fail("no standing");
    expect(rejoins).toBe(1);
    expect(own.length).toBeGreaterThan(0);
    expect(Math.min(...own)).toBeGreaterThanOrEqual(eligibleEpoch);
    expect(cluster.faults).toEqual([]);
  });

  test("whoever signs two ends of one epoch is accused and slashed", () => {
    const double = (_to: PeerId, message: Message): readonly Message[] => {
      if (!(message instanceof CheckpointVote)) return [message];
      const other = new CheckpointVote({ ...message, checkpointHash: anyHash(1) });
      crypto.sign(other, identityOf(2).signing);
      return [message, other];
    };
    const cluster = new Cluster({ delegates: 5, tampers: new Map([[2, double]]) });
    cluster.driver.startAll();
    expect(cluster.reach(2 * EPOCH_BLOCKS)).toBe(true);
    expect([...cluster.accused]).toEqual([2]);
    expect(cluster.node(0).state.rotation.standings[2]?.slashed).toBe(true);
    expect(cluster.faults).toEqual([]);
  });
});

describe("on the chain", () => {
  function next(state: ChainState, candidates: readonly Transaction[] = []) {
    const { rotation, timeUs } = state;
    const plan = { originalView: 0, timeUs: timeUs + rotation.parameters.roundUs, proposer: rotation.proposer(0) };
    return buildBlock(crypto, state, { plan, candidates });
  }

  /** @returns why a block with these transactions is refused, whatever its header says of the state */
  function refusalOf(state: ChainState, transactions: readonly Transaction[]): string | null {
    const { header } = next(state).block;
    const block = new Block({ ...header, transactionRoot: bodyOf(transactions).root }, transactions);
    return judgeBlock(crypto, state, block).refusal;
  }

  let state = genesisOf(smallChain(5), registryOf(5));
  const [before] = [state];
  while (state.height < EPOCH_BLOCKS) state = next(state).after;
  const ended = state;
  const { checkpoint } = ended.rotation.due[0] ?? expect.fail("nothing is due");
  const good = new CheckpointTransaction(certifyCheckpoint(checkpoint, [0, 1, 3, 4]));

  test("a checkpoint says where the chain was, and who goes on", () => {
    const { rotation } = ended;
    expect(checkpoint).toMatchObject({ chainId: 1, epoch: 0, height: EPOCH_BLOCKS, blockHash: ended.blockHash });
    expect(checkpoint).toMatchObject({ stateRoot: ended.stateRoot, timeUs: ended.timeUs });
    expect(checkpoint.nextCommitteeHash).toBe(rotation.committee.hash);
    expect(checkpoint.delegatesHash).toBe(before.rotation.delegateSet.hash);
    expect(checkpoint.nextDelegatesHash).toBe(rotation.delegateSet.hash);
    expect(before.rotation.due).toEqual([]);
  });

  test("it takes effect once, and the state commits to it", () => {
    const { block, after } = next(ended, [good, good]);
    expect(block.transactions).toEqual([good]);
    expect(after.rotation.due).toEqual([]);
    expect(after.rotation.root).not.toBe(next(ended).after.rotation.root);
    expect(judgeBlock(crypto, ended, block).after?.stateRoot).toBe(after.stateRoot);
    expect(refusalOf(after, [good])).toBe("checkpoint of no epoch that awaits one");
  });

  test("it is refused with another content, too few votes, strangers' votes, or before its time", () => {
    const refusal = (of: Partial<typeof checkpoint>, signers: readonly number[]) =>
      refusalOf(ended, [new CheckpointTransaction(certifyCheckpoint({ ...checkpoint, ...of }, signers))]);
    expect(refusal({ stateRoot: anyHash(1) }, [0, 1, 2, 3])).toBe("checkpoint of another history");
    expect(refusal({ chainId: 2 }, [0, 1, 2, 3])).toBe("checkpoint of another history");
    expect(refusal({}, [0, 1, 2])).toBe("checkpoint without a quorum");
    expect(refusal({}, [0, 1, 2, 5])).toBe("checkpoint with an unknown signer");
    expect(refusal({ epoch: 1 }, [0, 1, 2, 3])).toBe("checkpoint of no epoch that awaits one");
    expect(refusalOf(before, [good])).toBe("checkpoint of no epoch that awaits one");
  });

  test("a later epoch's makes an earlier one's too late", () => {
    let later = ended;
    while (later.height < 2 * EPOCH_BLOCKS) later = next(later).after;
    expect(later.rotation.due.map((each) => each.checkpoint.epoch)).toEqual([0, 1]);
    expect(next(later, [good]).block.transactions).toEqual([good]);
    const second = later.rotation.due[1]?.checkpoint ?? expect.fail("one is due");
    const last = new CheckpointTransaction(certifyCheckpoint(second, [0, 1, 2, 3]));
    expect(next(later, [last, good]).block.transactions).toEqual([last]);
  });
});
