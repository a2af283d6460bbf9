import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockSpaceOf, pieceBytesOver } from "../../bridge/block-space.ts";
import { specificationRefusal } from "../../bridge/specification-rules.ts";
import { buildBlock, type ChainState, judgeBlock } from "../../consensus/chain-state.ts";
import {
  blockVersionAt,
  type ConsensusParameters,
  maxBlockBytesAt,
  readParameters,
  type Sortition,
  writeParameters,
} from "../../consensus/parameters.ts";
import { Vote } from "../../consensus/vote.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { Block, bodyOf } from "../../ledger/block.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { Cluster } from "../cluster.ts";
import { crypto, genesisOf, registryOf, smallChain, transfer } from "../people.ts";

const UPGRADE = { height: 3, maxBlockBytes: 2600 };

function next(state: ChainState, candidates: readonly Transaction[] = []): { block: Block; after: ChainState } {
  const timeUs = state.timeUs + state.rotation.parameters.roundUs;
  const plan = { originalView: 0, timeUs, proposer: state.rotation.proposer(0) };
  return buildBlock(crypto, state, { plan, candidates });
}

/** @returns the states of a chain after each of its first heights */
function grown(changes: Partial<ConsensusParameters>, height: number): ChainState[] {
  const states = [genesisOf(smallChain(4, changes), registryOf(4))];
  while (states.length <= height) states.push(next(states.at(-1) as ChainState).after);
  return states;
}

function encoded(parameters: ConsensusParameters): Uint8Array {
  const writer = new Writer();
  writeParameters(writer, parameters);
  return writer.finish().slice();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

describe("parameters", () => {
  const sortition = fc.constantFrom<Sortition>(
    { mode: "ranked" },
    { mode: "threshold", expectedSize: 4, quorum: 3, seedRule: "two-back" },
  );
  const upgrade = fc.option(fc.record({ height: fc.nat(), maxBlockBytes: fc.nat() }), { nil: undefined });

  function parametersOf(change: { height: number; maxBlockBytes: number } | undefined, rule: Sortition) {
    return smallChain(4, { sortition: rule, ...(change === undefined ? {} : { upgrade: change }) });
  }

  test("are read back as they were written, with an upgrade and without one", () => {
    fc.assert(
      fc.property(upgrade, sortition, (change, rule) => {
        const parameters = parametersOf(change, rule);
        const reader = new Reader(encoded(parameters));
        expect(readParameters(reader)).toEqual(parameters);
        expect(reader.complete()).toBe(true);
      }),
    );
  });

  test("without an upgrade have the encoding that they had before there were any, and with one another", () => {
    const plain = encoded(smallChain(4));
    const changed = encoded(smallChain(4, { upgrade: UPGRADE }));
    expect(hex(plain)).toBe(
      [
        ["00000001", "00000004", "00000004", "00000003", "00000002", "000000000007a120"],
        ["0000000000061a80", "00000000000f4240", "0000000000100000", "00000006", "72616e6b6564"],
      ]
        .flat()
        .join(""),
    );
    expect(hex(changed)).not.toBe(hex(plain));
    const [one, other] = [grown({}, 0), grown({ upgrade: UPGRADE }, 0)];
    expect(one[0]?.blockHash).not.toBe(other[0]?.blockHash);
  });

  test("give version and size of a block by its height alone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (height, at) => {
        const parameters = smallChain(4, { upgrade: { ...UPGRADE, height: at } });
        expect(blockVersionAt(parameters, height)).toBe(height < at ? 1 : 2);
        expect(maxBlockBytesAt(parameters, height)).toBe(height < at ? 1 << 20 : 2600);
        expect(blockVersionAt(smallChain(4), height)).toBe(1);
      }),
    );
  });

  test("give a period's pieces as the sum over its blocks", () => {
    const height = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(height, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 4 }), (at, blocks, periods) => {
        const parameters = smallChain(4, { upgrade: { height: at, maxBlockBytes: 1 << 18 } });
        const last = blocks * periods;
        const heights = Array.from({ length: blocks }, (_, place) => last - place);
        const pieces = heights.map((each) => blockSpaceOf(maxBlockBytesAt(parameters, each)).pieceBytes);
        expect(pieceBytesOver(parameters, last, blocks)).toBe(BigInt(pieces.reduce((sum, each) => sum + each, 0)));
      }),
    );
  });

  test("of a subchain are refused with an upgrade that no chain can live by", () => {
    const rest = { name: "a", ownToken: false, permission: { kind: "public" }, rewardPool: 0n } as const;
    const refusalOf = (change: ConsensusParameters["upgrade"]) => {
      const parameters = smallChain(4, change === undefined ? {} : { upgrade: change });
      const specification = { ...rest, parameters, rewardBlocks: 0, trustPeriodUs: 2 };
      return specificationRefusal(specification, { maxExpiryUs: 1 });
    };
    expect([undefined, UPGRADE].map(refusalOf)).toEqual([null, null]);
    for (const change of [{ height: 0 }, { maxBlockBytes: 0 }, { maxBlockBytes: (8 << 20) + 1 }]) {
      expect(refusalOf({ ...UPGRADE, ...change })).toBe("subchain with parameters that no chain can live by");
    }
  });
});

describe("blocks", () => {
  test("have the version of their height, and no other one", () => {
    const states = grown({ upgrade: UPGRADE }, 4);
    for (const state of states) {
      const { block } = next(state);
      expect(block.header.version).toBe(state.height + 1 < UPGRADE.height ? 1 : 2);
      expect(judgeBlock(crypto, state, block).refusal).toBeNull();
      for (const version of [0, 3, 3 - block.header.version]) {
        const other = new Block({ ...block.header, version }, block.transactions);
        expect(judgeBlock(crypto, state, other).refusal).toBe("block of another version");
      }
    }
  });

  test("hold what is allowed at their height", () => {
    const [before, after] = grown({ upgrade: UPGRADE }, 2).slice(1) as [ChainState, ChainState];
    const large = [0, 1, 2].map((from) => transfer(from, 0, { data: new Uint8Array(1000) }));
    const sizes = [before, after].map((state) => next(state, large).block.transactions.length);
    expect(sizes).toEqual([3, 2]);
    const { block } = next(after);
    const unjudged = new Block({ ...block.header, transactionRoot: bodyOf(large).root }, large);
    expect(judgeBlock(crypto, after, unjudged).refusal).toBe("block too large");
  });
});

describe("software that is too old", () => {
  const REFUSAL = "block of a version that this software does not know";

  function clusterOf(old: Set<number>): Cluster {
    const newestVersion = (node: number) => (old.has(node) ? 1 : 2);
    return new Cluster({ followers: 1, parameters: { upgrade: { ...UPGRADE, height: 4 } }, newestVersion });
  }

  function renew(cluster: Cluster, old: Set<number>, node: number): void {
    old.delete(node);
    cluster.driver.crash(node);
    cluster.driver.start(node);
  }

  test("stays below the height, says nothing there, and takes part again once it is replaced", () => {
    const old = new Set([0, 4]);
    const cluster = clusterOf(old);
    const votes: number[] = [];
    cluster.driver.cut = (from, _to, message) => {
      if (message instanceof Vote && from === 0) votes.push(message.height);
      return false;
    };
    cluster.driver.startAll();
    cluster.driver.run(20_000_000);
    expect([0, 4].map((node) => cluster.node(node).state.height)).toEqual([3, 3]);
    expect(cluster.node(1).state.height).toBeGreaterThan(6);
    expect(Math.max(...votes)).toBe(3);
    for (const node of [0, 4]) expect(cluster.rejections(node)).toContain(REFUSAL);
    for (const node of [0, 4]) renew(cluster, old, node);
    expect(cluster.reach(cluster.node(1).state.height + 4)).toBe(true);
    expect(Math.max(...votes)).toBeGreaterThan(6);
    expect(cluster.faults).toEqual([]);
  });

  test("in more than a third of the members halts the chain below the height, until enough of it is replaced", () => {
    const old = new Set([0, 1]);
    const cluster = clusterOf(old);
    cluster.driver.startAll();
    cluster.driver.run(30_000_000);
    expect(cluster.heights).toEqual([3, 3, 3, 3, 3]);
    renew(cluster, old, 1);
    cluster.driver.run(60_000_000);
    expect(cluster.heights[0]).toBe(3);
    expect(Math.min(...cluster.heights.slice(1))).toBeGreaterThan(6);
    expect(cluster.faults).toEqual([]);
  });
});
