import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Checkpoint } from "../../consensus/checkpoint.ts";
import { DelegateSet } from "../../consensus/delegate-set.ts";
import { convict } from "../../consensus/evidence.ts";
import { quorumOf } from "../../consensus/parameters.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { MILLISECOND_US, SECOND_US } from "../../core/units.ts";
import { headerHash } from "../../ledger/header.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import {
  type CheckpointLink,
  checkpointLinkBytes,
  readCheckpointLinks,
  writeCheckpointLinks,
} from "../../light/checkpoint-link.ts";
import { LightClient } from "../../light/client.ts";
import { decodeClientRecord, encodeClientRecord } from "../../light/client-record.ts";
import { MAX_CHECKPOINT_LINKS } from "../../light/limits.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import { crypto, registryOf, transfer } from "../people.ts";
import { chain, clientOf, links, NOW, same, TRUST_US } from "./client-world.ts";
import { anyHash, certify, certifyCheckpoint, EPOCH_BLOCKS, LightChain, setOf } from "./light-chain.ts";

describe("a client of an honest chain", () => {
  test("catches up over checkpoints, then over the current epoch's headers, to what full nodes hold", () => {
    const client = clientOf();
    expect(client.acceptCheckpoints(NOW, links)).toEqual({ refusal: null, evidence: [] });
    expect(client.epoch).toBe(5);
    expect(client.anchor.blockHash).toBe(headerHash(chain.at(30).header));
    const path = chain.path(30, 34);
    expect(client.acceptHeaders(NOW, path).refusal).toBeNull();
    expect(client.anchor).toEqual({ ...client.anchor, height: 34, blockHash: chain.state.blockHash });
    expect(client.anchor.stateRoot).toBe(chain.state.stateRoot);
    // Five of seven delegates for each epoch, three of four members for each header.
    expect(client.costs.signatures).toBe(5 * 5 + 3 * path.length);
  });

  test("goes on from its record as if nothing had been, and no younger", () => {
    const before = clientOf();
    before.acceptCheckpoints(NOW, links.slice(0, 3));
    before.acceptHeaders(NOW, chain.path(18, 20));
    const record = decodeClientRecord(encodeClientRecord(before.record)) ?? expect.fail("it does not decode");
    expect(record).toEqual(before.record);
    const trusted = { anchor: genesisAnchor(chain.genesis), epoch: 0, delegates: chain.genesis.rotation.delegateSet };
    const options = { crypto, trusted, epochBlocks: EPOCH_BLOCKS, trustPeriodUs: TRUST_US, maxDriftUs: SECOND_US };
    const after = new LightClient({ ...options, resumed: record });
    expect([after.anchor, after.epoch]).toEqual([before.anchor, 3]);
    expect(after.acceptHeaders(NOW, chain.path(20, 22)).refusal).toBeNull();
    expect(after.headerAt(NOW, chain.path(18, 19)).refusal).toBeNull();
    const tooLateUs = record.delegatesUs + TRUST_US;
    expect(after.acceptCheckpoints(tooLateUs, links.slice(3, 4)).refusal).toBe("trust older than the trust period");
    expect(after.acceptCheckpoints(NOW, links.slice(3)).refusal).toBeNull();
    // A record of another chain, or from before what it is told to trust, counts for nothing.
    const foreign = { ...record, anchor: { ...record.anchor, chainId: 9 } };
    expect(new LightClient({ ...options, resumed: foreign }).anchor).toEqual(trusted.anchor);
    const later = { ...trusted, anchor: after.anchor };
    expect(new LightClient({ ...options, trusted: later, resumed: record }).anchor).toEqual(after.anchor);
    const contested = new LightClient({ ...options, resumed: { ...record, isContested: true } });
    expect(contested.acceptHeaders(NOW, chain.path(20, 22)).refusal).toBe("chain whose checkpoints conflict");
  });

  test("follows each iteration's last header over a missing checkpoint, and checkpoints after it", () => {
    const client = clientOf();
    expect(client.acceptCheckpoints(NOW, links.slice(0, 1)).refusal).toBeNull();
    expect(client.acceptHeaders(NOW, chain.path(6, 12)).refusal).toBeNull();
    expect(client.acceptCheckpoints(NOW, links.slice(2)).refusal).toBeNull();
    expect(client.anchor.height).toBe(30);
  });

  test("learns the delegates from the state, where a checkpoint is missing and too few old ones are left", () => {
    const strangers = setOf([7, 8, 9, 10]);
    const trusted = { anchor: genesisAnchor(chain.genesis), epoch: 0, delegates: strangers };
    const options = { crypto, epochBlocks: EPOCH_BLOCKS, trustPeriodUs: TRUST_US, maxDriftUs: SECOND_US };
    const client = new LightClient({ ...options, trusted });
    const grown = new LightChain().grow(2 * EPOCH_BLOCKS + 2);
    const { ledger, rotation } = grown.state;
    const shown = { ledgerRoot: ledger.entries.root, rotation: rotation.summary, delegates: rotation.delegateSet.keys };
    expect(client.acceptDelegates(NOW, shown).refusal).toBe("delegates of another state");
    expect(client.acceptHeaders(NOW, grown.path(0, 2 * EPOCH_BLOCKS + 2)).refusal).toBeNull();
    const later = grown.grow(3 * EPOCH_BLOCKS + 1).checkpoints[2] ?? expect.fail("no checkpoint");
    const link = { certified: later, delegates: rotation.delegateSet.keys };
    expect(client.acceptCheckpoints(NOW, [link]).refusal).toContain("too few trusted ones");
    const others = { ...shown, delegates: setOf([0, 1]).keys };
    expect(client.acceptDelegates(NOW, others).refusal).toBe("delegates that the state does not name");
    const forged = { ...others, rotation: { ...shown.rotation, delegatesHash: setOf([0, 1]).hash } };
    expect(client.acceptDelegates(NOW, forged).refusal).toBe("delegates of another state");
    expect(client.acceptDelegates(NOW + TRUST_US, shown).refusal).toBe("trust older than the trust period");
    expect(client.acceptDelegates(NOW, shown).refusal).toBeNull();
    expect([client.epoch, client.acceptCheckpoints(NOW, [link]).refusal]).toEqual([2, null]);
  });

  test("skips to the last checkpoint at the price of one", () => {
    const client = clientOf();
    expect(client.acceptCheckpoints(NOW, links.slice(4)).refusal).toBeNull();
    expect(client.anchor.height).toBe(30);
    expect(client.costs).toEqual({ signatures: 5, bytes: checkpointLinkBytes(links[4] as CheckpointLink) });
  });

  test("does not go back", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links.slice(4));
    expect(client.acceptCheckpoints(NOW, links.slice(2, 3)).refusal).toBe("checkpoint of an epoch that is behind");
    expect(client.acceptCheckpoints(NOW, links.slice(4)).refusal).toBeNull();
    const ahead = clientOf();
    ahead.acceptHeaders(NOW, chain.path(0, 13));
    expect(ahead.acceptCheckpoints(NOW, links.slice(0, 1)).refusal).toBeNull();
    expect([ahead.anchor.height, ahead.epoch]).toEqual([13, 1]);
  });

  test("finds its own transaction in a past block, and an entry at the last header", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links);
    const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
    const own = { encoded: encoded[0] as Uint8Array, proof: proveTransaction(encoded, 0) };
    expect(client.holdsTransaction(NOW, chain.path(0, 1), own)).toBe(true);
    expect(client.holdsTransaction(NOW, chain.path(6, 7), own)).toBe(false);
    expect(client.holdsTransaction(NOW, [], own)).toBe(false);
    expect(client.anchor.height).toBe(30);
    client.acceptHeaders(NOW, chain.path(30, 34));
    const { entries } = chain.state.ledger;
    const [address, held] = [...entries.entries()][0] ?? expect.fail("no entries");
    const prove = { rotationRoot: chain.state.rotation.root, map: entries.prove(address) };
    expect(client.holdsEntry(address, held, prove)).toBe(true);
    expect(client.holdsEntry(address, undefined, prove)).toBe(false);
  });
});

describe("the trust period", () => {
  test("ends exactly when it says, for checkpoints and for headers", () => {
    const [last, end] = [TRUST_US - 1, TRUST_US];
    expect(clientOf().acceptCheckpoints(last, links).refusal).toBeNull();
    expect(clientOf().acceptCheckpoints(end, links).refusal).toBe("trust older than the trust period");
    expect(clientOf().acceptHeaders(last, chain.path(0, 3)).refusal).toBeNull();
    expect(clientOf().acceptHeaders(end, chain.path(0, 3)).refusal).toBe("trust older than the trust period");
    expect(clientOf().headerAt(end, chain.path(0, 3)).refusal).toBe("trust older than the trust period");
  });

  test("is counted from the last checkpoint", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links.slice(0, 1));
    const { timeUs } = chain.at(EPOCH_BLOCKS).header;
    expect(client.acceptCheckpoints(timeUs + TRUST_US, links.slice(1)).refusal).toBe(
      "trust older than the trust period",
    );
    expect(client.acceptCheckpoints(timeUs + TRUST_US - 1, links.slice(1)).refusal).toBeNull();
  });

  test("a forger with every old key deceives a client that wakes within it, but none that slept beyond it", () => {
    // The whole delegate set of epoch 0 sold its keys: the fork is signed by the very quorums that it needs.
    const fork = new LightChain();
    fork.add([transfer(2, 0)]);
    fork.grow(EPOCH_BLOCKS + 1);
    const forged = fork.checkpoints.map((certified) => ({ certified, delegates: null }));
    expect(fork.at(1).header).not.toEqual(chain.at(1).header);
    const wakeUs = fork.state.timeUs + TRUST_US;
    const sleeper = clientOf();
    expect(sleeper.acceptCheckpoints(wakeUs, forged).refusal).toBe("trust older than the trust period");
    expect(sleeper.acceptHeaders(wakeUs, fork.path(0, 3)).refusal).toBe("trust older than the trust period");
    expect(sleeper.anchor.height).toBe(0);
    expect(clientOf().acceptCheckpoints(NOW, forged).refusal).toBeNull();
  });

  test("nothing from the future is taken", () => {
    const early = chain.at(EPOCH_BLOCKS).header.timeUs - SECOND_US;
    expect(clientOf().acceptCheckpoints(early - 1, links.slice(0, 1)).refusal).toBe("header from the future");
    expect(clientOf().acceptCheckpoints(early, links.slice(0, 1)).refusal).toBeNull();
    expect(clientOf().acceptHeaders(500 * MILLISECOND_US, chain.path(0, 7)).refusal).toBe("header from the future");
  });
});

describe("conflicting checkpoints", () => {
  const first = chain.checkpoints[0] ?? expect.fail("no checkpoint");
  const other: Checkpoint = { ...first.checkpoint, stateRoot: anyHash(5) };

  test("convict who signed both, and nobody else, and end all trust in the chain", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links.slice(0, 1));
    const conflict = certifyCheckpoint(other, [2, 3, 4, 5, 6]);
    const { refusal, evidence } = client.acceptCheckpoints(NOW, [{ certified: conflict, delegates: null }]);
    expect(refusal).toBe("checkpoint that conflicts with another");
    const culprits = evidence.map((each) => convict(crypto, registryOf(7), { chainId: 1, evidence: each }));
    expect(culprits).toEqual([2, 3, 4]);
    expect(client.isContested).toBe(true);
    expect(client.acceptCheckpoints(NOW, links.slice(1)).refusal).toBe("chain whose checkpoints conflict");
    expect(client.acceptHeaders(NOW, chain.path(6, 7)).refusal).toBe("chain whose checkpoints conflict");
  });

  test("of one liar convict that one, and stop nobody", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links.slice(0, 1));
    const certified = certifyCheckpoint(other, [3]);
    const { evidence } = client.acceptCheckpoints(NOW, [{ certified, delegates: null }]);
    expect(evidence.map(({ kind }) => kind)).toEqual(["double-checkpoint"]);
    expect(client.isContested).toBe(false);
    expect(client.acceptCheckpoints(NOW, links.slice(1)).refusal).toBeNull();
  });

  test("with forged votes convict nobody", () => {
    const client = clientOf();
    client.acceptCheckpoints(NOW, links.slice(0, 1));
    const certified = { checkpoint: other, votes: first.votes };
    const accepted = client.acceptCheckpoints(NOW, [{ certified, delegates: null }]);
    expect(accepted).toEqual({ refusal: "checkpoint that conflicts with another", evidence: [] });
    expect(client.isContested).toBe(false);
  });

  test("a checkpoint that contradicts the final header of its height is refused", () => {
    const client = clientOf();
    client.acceptHeaders(NOW, chain.path(0, EPOCH_BLOCKS));
    const certified = certifyCheckpoint({ ...first.checkpoint, blockHash: anyHash(6) }, [0, 1, 2, 3, 4]);
    const { refusal } = client.acceptCheckpoints(NOW, [{ certified, delegates: null }]);
    expect(refusal).toBe("checkpoint of another block than the final one");
  });
});

/** A checkpoint far ahead: signed by some of its own delegates, shown to a client that trusts those of epoch 0. */
function skip(own: readonly number[], signers: readonly number[], changes: Partial<Checkpoint> = {}): string | null {
  const set = setOf(own);
  const epoch = 9;
  const checkpoint: Checkpoint = {
    chainId: 1,
    epoch,
    height: (epoch + 1) * EPOCH_BLOCKS,
    timeUs: NOW,
    blockHash: anyHash(1),
    stateRoot: anyHash(2),
    transactionRoot: anyHash(3),
    delegatesHash: set.hash,
    nextDelegatesHash: anyHash(4),
    nextCommitteeHash: anyHash(5),
    ...changes,
  };
  const link = { certified: certifyCheckpoint(checkpoint, signers), delegates: set.keys };
  return clientOf().acceptCheckpoints(NOW, [link]).refusal;
}

describe("skipping", () => {
  const TOO_FEW = "checkpoint of delegates with too few trusted ones";

  test("asks for more than a third of the trusted set among the voters, and more than two thirds of their own", () => {
    // Delegates 0 … 6 are trusted; the others are not.
    expect(skip([4, 5, 6, 7, 8, 9, 10], [4, 5, 6, 7, 8])).toBeNull();
    expect(skip([5, 6, 7, 8, 9, 10, 11], [5, 6, 7, 8, 9])).toBe(TOO_FEW);
    expect(skip([4, 5, 6, 7, 8, 9, 10], [5, 6, 7, 8, 9])).toBe(TOO_FEW);
    expect(skip([4, 5, 6, 7, 8, 9, 10], [4, 5, 6, 7])).toBe("checkpoint without a quorum");
    expect(skip([4, 5, 6, 7, 8, 9, 10], [4, 5, 6, 7, 11])).toBe("checkpoint with an unknown signer");
  });

  test("is possible whatever the sets exactly when both bounds are met", () => {
    const ids = fc.uniqueArray(fc.nat(13), { minLength: 1, maxLength: 10 });
    let accepted = 0;
    fc.assert(
      fc.property(ids, fc.nat(10), (own, count) => {
        const signers = own.slice(0, count);
        const trusted = signers.filter((id) => id < 7).length;
        const expected = signers.length >= quorumOf(own.length) && 3 * trusted > 7;
        if (expected) accepted++;
        expect(skip(own, signers) === null).toBe(expected);
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test("counts no trusted name with another's key", () => {
    const keys = setOf([7, 8, 9]).keys.map((each, at) => ({ ...each, id: setOf([0, 1, 2]).keys[at]?.id ?? each.id }));
    const set = new DelegateSet(keys);
    const link = (base: CheckpointLink): CheckpointLink => {
      const { checkpoint } = base.certified;
      const forged = { ...checkpoint, epoch: 9, height: 60, delegatesHash: set.hash };
      return { certified: certifyCheckpoint(forged, [0, 1, 2]), delegates: keys };
    };
    expect(clientOf().acceptCheckpoints(NOW, [link(links[0] as CheckpointLink)]).refusal).toBe(TOO_FEW);
  });

  test("takes no delegate twice, by name or by key", () => {
    const [key] = setOf([6]).keys;
    const twice = [...setOf([4, 5, 6]).keys, { ...key, id: 12 }] as DelegateSet["keys"];
    const set = new DelegateSet(twice);
    expect(set.isDistinct).toBe(false);
    const base = (links[0] as CheckpointLink).certified.checkpoint;
    const forged = { ...base, epoch: 9, height: 60, delegatesHash: set.hash };
    const link = { certified: certifyCheckpoint(forged, [4, 5, 6]), delegates: twice };
    expect(clientOf().acceptCheckpoints(NOW, [link]).refusal).toBe("delegates that name one of them twice");
  });

  test("refuses other chains, heights within an epoch, and times before the last", () => {
    const own = [0, 1, 2, 3, 4, 5, 6];
    const signers = own.slice(0, 5);
    expect(skip(own, signers, { chainId: 2 })).toBe("checkpoint of another chain");
    expect(skip(own, signers, { height: 59 })).toBe("checkpoint within an epoch");
    expect(skip(own, signers, { timeUs: 0 })).toBe("checkpoint from before the last");
    expect(skip(own, signers, { delegatesHash: anyHash(1) })).toBe("checkpoint of other delegates");
  });
});

test("the next epoch's checkpoint is by the delegates that the last one named, however many trusted ones sign another", () => {
  const set = setOf([0, 1, 2, 3, 4, 5, 7]);
  const { checkpoint } = (links[0] as CheckpointLink).certified;
  const certified = certifyCheckpoint({ ...checkpoint, delegatesHash: set.hash }, [0, 1, 2, 3, 4]);
  const { refusal } = clientOf().acceptCheckpoints(NOW, [{ certified, delegates: set.keys }]);
  expect(refusal).toBe("checkpoint of delegates that nobody named");
});

function encode(list: readonly CheckpointLink[]): Uint8Array {
  const writer = new Writer();
  writeCheckpointLinks(writer, list);
  return writer.finish();
}

function decode(bytes: Uint8Array): CheckpointLink[] | null {
  const reader = new Reader(bytes);
  const list = readCheckpointLinks(reader);
  return reader.complete() ? list : null;
}

describe("encoded links", () => {
  const own: CheckpointLink[] = [
    {
      certified: chain.checkpoints[0] ?? expect.fail("no checkpoint"),
      delegates: chain.genesis.rotation.delegateSet.keys,
    },
    links[1] as CheckpointLink,
  ];
  const bytes = encode(own);

  test("are canonical and say their size", () => {
    expect(bytes.length).toBe(4 + own.reduce((sum, each) => sum + checkpointLinkBytes(each), 0));
    const decoded = decode(bytes) ?? expect.fail("does not decode");
    expect(same(encode(decoded), bytes)).toBe(true);
    expect(clientOf().acceptCheckpoints(NOW, decoded).refusal).toBeNull();
  });

  test("with any byte altered move no client anywhere else", () => {
    const truth = clientOf();
    truth.acceptCheckpoints(NOW, own);
    const allowed = new Set([0, EPOCH_BLOCKS, truth.anchor.height]);
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ flip;
        const forged = decode(altered);
        if (forged === null) return;
        expect(same(encode(forged), altered)).toBe(true);
        const client = clientOf();
        const { refusal } = client.acceptCheckpoints(NOW, forged);
        if (refusal !== null) refused++;
        else expect(client.anchor).toEqual(truth.anchor);
        expect(allowed.has(client.anchor.height)).toBe(true);
      }),
      { numRuns: 1500, seed: 5 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  test("of nothing known never make the decoder throw, and have a bound", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        const decoded = decode(noise);
        if (decoded !== null) expect(same(encode(decoded), noise)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    const many = new Array<CheckpointLink>(MAX_CHECKPOINT_LINKS + 1).fill(links[1] as CheckpointLink);
    expect(decode(encode(many))).toBeNull();
    expect(clientOf().acceptCheckpoints(NOW, many).refusal).toBe("too many checkpoints");
  });
});

test("a header chain signed by another committee moves no client", () => {
  const { header } = chain.at(1);
  const client = clientOf();
  const forged = certify(header, headerHash(header), { members: [0, 1, 2, 3, 4, 5, 6] });
  expect(client.acceptHeaders(NOW, [forged]).refusal).toBe("header of a foreign committee");
  expect(client.anchor.height).toBe(0);
});
