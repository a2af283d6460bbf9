import { describe, expect, test } from "vitest";
import { decodeSubchainRecord, encodeSubchainRecord, subchainKey } from "../../../protocol/bridge/subchain-record.ts";
import { certificateOf } from "../../../protocol/consensus/certificate.ts";
import { type Checkpoint, CheckpointVote, checkpointHash } from "../../../protocol/consensus/checkpoint.ts";
import { Phase } from "../../../protocol/consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { hashTagged } from "../../../protocol/crypto/hash.ts";
import { headerHash } from "../../../protocol/ledger/header.ts";
import { CheckpointTransaction } from "../../../protocol/ledger/transaction.ts";
import type { CertifiedHeader } from "../../../protocol/light/certified-header.ts";
import { utxo } from "../../../protocol/test/bridge/actors.ts";
import { ROOT, S2 } from "../../../protocol/test/bridge/world.ts";
import { crypto, keyPair } from "../../../protocol/test/people.ts";
import { LASTING, taken } from "./world-actors.ts";
import { WorldStage } from "./world-stage.ts";

const NOWHERE = hashTagged("test/nowhere");

/** Another header for the height that a subchain's last block has, as its whole committee signs it. */
function rival(stage: WorldStage): CertifiedHeader {
  const chain = stage.bridge.chain(S2);
  const header = { ...chain.at(chain.height).certified.header, transactionRoot: NOWHERE };
  return chain.certify(header, headerHash(header));
}

/** A header whose signers nobody ever named. */
function byStrangers(stage: WorldStage): CertifiedHeader {
  const certified = rival(stage);
  const votes = certified.certificate.votes.map((vote) => {
    crypto.sign(vote, keyPair(9, vote.signer));
    return vote;
  });
  const members = certified.members.map(({ id }) => ({ id, publicKey: keyPair(9, id).publicKey }));
  return { ...certified, certificate: certificateOf(votes), members };
}

function anchoring(certified: CertifiedHeader) {
  const { height } = certified.header;
  return utxo({ kind: "anchor", chainId: S2, path: { headers: [certified], height } }, []);
}

describe("header-authority", () => {
  test("a header that its own honest nodes do not hold final is caught, and not where nothing is promised of them", () => {
    for (const unpromised of [[], [S2]]) {
      const stage = new WorldStage({ unpromised, bridge: LASTING });
      stage.step(S2, [], 60_000_000);
      taken(stage.step(ROOT, [anchoring(rival(stage))]), 1);
      const { names, details } = stage.broken();
      expect(names).toEqual(unpromised.length > 0 ? [] : ["header-authority"]);
      if (unpromised.length === 0) {
        expect(details).toContain("root, height 1: accepts header 1 of chain-2 that its own honest nodes do not hold");
      }
    }
  });

  test("a header far above what its honest nodes reach is caught", () => {
    const stage = new WorldStage();
    stage.step(S2);
    const { header } = stage.bridge.chain(S2).at(1).certified;
    const far = { ...header, height: 9 };
    stage.stepAltered(ROOT, { transactions: [anchoring(stage.bridge.chain(S2).certify(far, headerHash(far)))] });
    expect(stage.broken().names).toEqual(["header-authority"]);
    expect(stage.broken().details).toContain("accepts header 9 of chain-2 that its own honest nodes do not hold");
  });

  const forgeries: readonly [string, (stage: WorldStage) => CertifiedHeader, string][] = [
    ["a foreign committee", byStrangers, "of a committee that nothing authorises"],
    [
      "two of four members",
      (stage) => {
        const { header } = rival(stage);
        return stage.bridge.chain(S2).certify(header, headerHash(header), [0, 1]);
      },
      "that 2 of 4 members signed",
    ],
    [
      "prepares, which make nothing final",
      (stage) => {
        const { header } = rival(stage);
        return stage.bridge.chain(S2).certify(header, headerHash(header), undefined, Phase.prepare);
      },
      "that 0 of 4 members signed",
    ],
    [
      "signatures for another block",
      (stage) => {
        const { header } = rival(stage);
        return stage.bridge.chain(S2).certify(header, NOWHERE);
      },
      "that 0 of 4 members signed",
    ],
  ];
  test.each(forgeries)("a header with %s is caught, whatever is promised of its chain", (_, forge, detail) => {
    const stage = new WorldStage({ unpromised: [S2] });
    stage.step(S2);
    stage.stepAltered(ROOT, { transactions: [anchoring(forge(stage))] });
    expect(stage.broken().names).toEqual(["header-authority"]);
    expect(stage.broken().details).toContain(detail);
  });

  test("a header that is not authorised authorises nobody", () => {
    const stage = new WorldStage({ unpromised: [S2] });
    stage.step(S2);
    const strange = byStrangers(stage);
    stage.stepAltered(ROOT, { transactions: [anchoring(strange), anchoring({ ...strange })] });
    const report = stage.reports().find(({ invariant }) => invariant === "header-authority");
    expect(report?.violationCount).toBe(2);
  });
});

describe("light", () => {
  test("a light client that trusts a header which full nodes do not hold is caught", () => {
    const stage = new WorldStage();
    stage.step(ROOT);
    stage.follow(ROOT, 1, stage.bridge.root.state.blockHash);
    expect(stage.broken().names).toEqual([]);
    stage.follow(ROOT, 1, NOWHERE);
    expect(stage.broken().names).toEqual(["light"]);
    expect(stage.broken().details).toContain("a light client accepts header 1 of root that full nodes do not hold");
  });

  test("a header further above full nodes than any can be certified is caught; one above them is not", () => {
    const stage = new WorldStage();
    stage.step(ROOT);
    stage.follow(ROOT, 2, NOWHERE);
    expect(stage.broken().names).toEqual([]);
    stage.follow(ROOT, 3, NOWHERE);
    expect(stage.broken().names).toEqual(["light"]);
  });

  test("nothing is said of a chain of which nothing is promised", () => {
    const stage = new WorldStage({ unpromised: [S2] });
    stage.step(S2);
    stage.follow(S2, 1, NOWHERE);
    expect(stage.broken().names).toEqual([]);
    expect(stage.samplesOf("light")).toBe(0);
  });
});

describe("slashing", () => {
  const slash = (seat: number) => (entries: AuthenticatedMap) => {
    const record = decodeSubchainRecord(entries.get(subchainKey(S2)) as Uint8Array);
    if (record === null) throw new Error("the subchain is registered");
    const operators = record.operators.map((each, at) => (at === seat ? { ...each, slashed: true } : each));
    return entries.set(subchainKey(S2), encodeSubchainRecord({ ...record, operators }));
  };
  const reveal = utxo({ kind: "evidence-reveal", chainId: S2, evidence: new Uint8Array(1), salt: ZERO_HASH }, []);

  test("an honest operator that loses its bond is caught", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { transactions: [reveal], entries: slash(2) });
    stage.step(ROOT);
    expect(stage.broken().names).toEqual(["slashing"]);
    expect(stage.broken().details).toBe("height 1: seat 2 of chain-2 loses its bond although it is honest");
  });

  test("an honest delegate of the rootchain that loses its bond is caught too", () => {
    const stage = new WorldStage();
    const evidence = utxo({ kind: "evidence-reveal", chainId: ROOT, evidence: new Uint8Array(1), salt: ZERO_HASH }, []);
    stage.stepAltered(ROOT, {
      transactions: [evidence],
      rotation: (rotation) => {
        const standing = rotation.standings[1];
        if (standing === undefined) throw new Error("there are four delegates");
        return rotation.withStanding(1 as DelegateId, { ...standing, slashed: true });
      },
    });
    expect(stage.broken().names).toEqual(["slashing"]);
    expect(stage.broken().details).toBe("height 1: seat 1 of root loses its bond although it is honest");
  });

  test("a guilty one may lose it, but not without evidence", () => {
    const byzantine = [new WorldStage().nodeOf(S2, 2)];
    const proven = new WorldStage({ byzantine });
    proven.stepAltered(ROOT, { transactions: [reveal], entries: slash(2) });
    expect(proven.broken().names).toEqual([]);
    expect(proven.samplesOf("slashing")).toBe(1);
    const unproven = new WorldStage({ byzantine });
    unproven.stepAltered(ROOT, { entries: slash(2) });
    expect(unproven.broken().names).toEqual(["slashing"]);
    expect(unproven.broken().details).toContain("without evidence");
  });

  test("an informer gets a twentieth of the bonds at most, and nothing for what somebody else was paid for", () => {
    const byzantine = [new WorldStage().nodeOf(S2, 2)];
    const world = new WorldStage({ byzantine });
    const entry = world.bridge.root.state.ledger.entries.get(subchainKey(S2)) as Uint8Array;
    const bond = decodeSubchainRecord(entry)?.operators[2]?.registered.bond ?? 0n;
    const paying = (amount: bigint) =>
      utxo({ kind: "evidence-reveal", chainId: S2, evidence: new Uint8Array(1), salt: ZERO_HASH }, [
        { amount, lockingScript: Uint8Array.of(0x51) },
      ]);
    const detailsOf = (amount: bigint, entries = slash(2)) => {
      const stage = new WorldStage({ byzantine });
      stage.stepAltered(ROOT, { transactions: [paying(amount)], entries });
      return stage.broken().details;
    };
    expect(bond).toBeGreaterThan(0n);
    expect(detailsOf(bond / 20n)).not.toContain("informers get");
    expect(detailsOf(bond / 20n + 1n)).toContain(`informers get ${bond / 20n + 1n} for bonds of ${bond} of chain-2`);
    expect(detailsOf(1n, (entries) => entries)).toContain("informers get 1 for bonds of 0 of chain-2");
  });

  test("evidence that is not seen to have an effect is no sample", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { transactions: [reveal], unseen: true });
    expect(stage.samplesOf("slashing")).toBe(0);
  });
});

describe("checkpoints", () => {
  const EPOCH_BLOCKS = 6;

  /** The rootchain right after its first epoch. */
  function atEpochEnd(): { stage: WorldStage; due: Checkpoint } {
    const stage = new WorldStage();
    for (let height = 1; height <= EPOCH_BLOCKS; height++) stage.step(ROOT);
    const due = stage.bridge.root.state.rotation.due[0]?.checkpoint;
    if (due === undefined) throw new Error("an epoch that ended awaits its checkpoint");
    return { stage, due };
  }

  function recorded(checkpoint: Checkpoint, signers: readonly number[], purpose = 1): CheckpointTransaction {
    const { chainId, epoch } = checkpoint;
    const votes = signers.map((signer) => {
      const fields = { chainId, epoch, checkpointHash: checkpointHash(checkpoint), signer: signer as DelegateId };
      const vote = new CheckpointVote(fields);
      crypto.sign(vote, keyPair(purpose, signer));
      return vote;
    });
    return new CheckpointTransaction({ checkpoint, votes });
  }

  test("the one that the blocks give is taken", () => {
    const { stage, due } = atEpochEnd();
    taken(stage.step(ROOT, [recorded(due, [0, 1, 2])]), 1);
    expect(stage.broken()).toEqual({ names: [], details: "" });
  });

  const WRONG: readonly [string, (due: Checkpoint) => CheckpointTransaction, string][] = [
    ["another state", (due) => recorded({ ...due, stateRoot: NOWHERE }, [0, 1, 2, 3]), "that its blocks do not give"],
    ["a later epoch", (due) => recorded({ ...due, epoch: 1 }, [0, 1, 2, 3]), "which has not ended"],
    ["two of four delegates", (due) => recorded(due, [0, 1]), "without a quorum"],
    ["forged signatures", (due) => recorded(due, [0, 1, 2, 3], 9), "without a quorum"],
  ];
  test.each(WRONG)("one of %s is caught", (_, make, detail) => {
    const { stage, due } = atEpochEnd();
    stage.stepAltered(ROOT, { transactions: [make(due)] });
    expect(stage.broken().names).toContain("root: committee");
    expect(stage.broken().details).toContain(`height 7: a checkpoint of epoch`);
    expect(stage.broken().details).toContain(detail);
  });
});

describe("state-root", () => {
  test.each([
    ["the rootchain", ROOT],
    ["a subchain", S2],
  ])("a header of %s that says another state root than its nodes hold is caught", (_, chainId) => {
    const stage = new WorldStage();
    stage.step(chainId);
    stage.stepAltered(chainId, { header: { stateRoot: NOWHERE as Hash } });
    expect(stage.broken().names).toEqual([chainId === ROOT ? "root: state-root" : "chain-2: state-root"]);
    expect(stage.broken().details).toContain("height 2: the node's state gives another state root");
  });

  test("a body that is not the header's is caught", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { header: { transactionRoot: NOWHERE } });
    expect(stage.broken().names).toEqual(["root: state-root"]);
    expect(stage.broken().details).toContain("the body gives another transaction root");
  });
});
