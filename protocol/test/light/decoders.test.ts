import { describe, expect, test } from "vitest";
import {
  CheckpointVote,
  checkpointHash,
  readCertifiedCheckpoint,
  readCheckpointVote,
  writeCertifiedCheckpoint,
  writeCheckpointVote,
} from "../../consensus/checkpoint.ts";
import { readDelegateKeys, writeDelegateKeys } from "../../consensus/delegate-set.ts";
import { decodeEvidence, encodeEvidence } from "../../consensus/evidence.ts";
import { readRotationSummary, writeRotationSummary } from "../../consensus/rotation-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import type { DelegateId } from "../../core/ids.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import { genesisAnchor, readAnchor, writeAnchor } from "../../light/anchor.ts";
import { readCertifiedHeader, writeCertifiedHeader } from "../../light/certified-header.ts";
import { readCheckpointLinks, writeCheckpointLinks } from "../../light/checkpoint-link.ts";
import {
  proveTransaction,
  readStateProof,
  readTransactionProof,
  writeStateProof,
  writeTransactionProof,
} from "../../light/state-proof.ts";
import { Draws } from "../driver.ts";
import { crypto, identityOf, transfer } from "../people.ts";
import { anyHash, EPOCH_BLOCKS, LightChain } from "./light-chain.ts";

/** Altered encodings that each decoder is given. */
const RUNS = 4_000;

/** Reads bytes and writes what was read; null where they are refused. */
type Again = (bytes: Uint8Array) => Uint8Array | null;

function codec<T>(write: (writer: Writer, value: T) => unknown, read: (reader: Reader) => T) {
  const encode = (value: T): Uint8Array => {
    const writer = new Writer();
    write(writer, value);
    return writer.finish();
  };
  const again: Again = (bytes) => {
    const reader = new Reader(bytes);
    const value = read(reader);
    return reader.complete() ? encode(value) : null;
  };
  return (value: T) => ({ bytes: encode(value), again });
}

const chain = new LightChain();
chain.add([transfer(0, 0), transfer(1, 0)]);
chain.grow(EPOCH_BLOCKS + 1);
const { rotation, ledger } = chain.state;
const certified = chain.checkpoints[0] ?? expect.fail("no checkpoint");
const vote = (hash = checkpointHash(certified.checkpoint)) => {
  const made = new CheckpointVote({ chainId: 1, epoch: 0, checkpointHash: hash, signer: 2 as DelegateId });
  crypto.sign(made, identityOf(2).signing);
  return made;
};
const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
const [known] = [...ledger.entries.entries()][0] ?? expect.fail("no entries");
const evidence = encodeEvidence({ kind: "double-checkpoint", first: vote(), second: vote(anyHash(1)) });
const { keys } = rotation.delegateSet;

const DECODERS: Record<string, { bytes: Uint8Array; again: Again }> = {
  anchors: codec(writeAnchor, readAnchor)(genesisAnchor(chain.genesis)),
  "certified headers": codec(writeCertifiedHeader, readCertifiedHeader)(chain.at(3)),
  "checkpoint votes": codec(writeCheckpointVote, readCheckpointVote)(vote()),
  "certified checkpoints": codec(writeCertifiedCheckpoint, readCertifiedCheckpoint)(certified),
  "checkpoint links": codec(writeCheckpointLinks, readCheckpointLinks)([{ certified, delegates: keys }]),
  "delegate sets": codec(writeDelegateKeys, readDelegateKeys)([...keys]),
  "rotation summaries": codec(writeRotationSummary, readRotationSummary)(rotation.summary),
  "proofs of an entry": codec(
    writeStateProof,
    readStateProof,
  )({ rotationRoot: rotation.root, map: ledger.entries.prove(known) }),
  "proofs of absence": codec(
    writeStateProof,
    readStateProof,
  )({ rotationRoot: rotation.root, map: ledger.entries.prove(anyHash(4)) }),
  "transaction proofs": codec(writeTransactionProof, readTransactionProof)(proveTransaction(encoded, 1)),
  "evidence of two checkpoints": {
    bytes: evidence,
    again: (bytes) => {
      const decoded = decodeEvidence(bytes);
      return decoded === null ? null : encodeEvidence(decoded);
    },
  },
};

/** @returns bytes cut short, with some inserted, or with one to four altered; or noise */
function altered(bytes: Uint8Array, draws: Draws): Uint8Array {
  const way = draws.below(8);
  if (way === 0) return bytes.slice(0, draws.below(bytes.length));
  if (way === 1) return Uint8Array.of(...bytes, draws.below(256));
  if (way === 2) return Uint8Array.from({ length: draws.below(bytes.length + 8) }, () => draws.below(256));
  const result = bytes.slice();
  for (let left = 1 + draws.below(4); left > 0; left--) result[draws.below(result.length)] = draws.below(256);
  return result;
}

describe("whatever bytes decode encode to themselves again, and none make a decoder throw", () => {
  for (const [what, { bytes, again }] of Object.entries(DECODERS)) {
    test(what, () => {
      expect(Buffer.compare(again(bytes) ?? expect.fail("does not decode"), bytes)).toBe(0);
      const draws = new Draws(11);
      let refused = 0;
      for (let run = 0; run < RUNS; run++) {
        const given = altered(bytes, draws);
        const result = again(given);
        if (result === null) refused++;
        else if (Buffer.compare(result, given) !== 0)
          expect.fail(`another encoding passes: ${Buffer.from(given).toString("hex")}`);
      }
      expect(refused).toBeGreaterThan(RUNS / 8);
      expect(refused).toBeLessThan(RUNS);
    });
  }
});
