import { expect } from "vitest";
import {
  CheckpointVote,
  checkpointHash,
  readCertifiedCheckpoint,
  readCheckpointVote,
  writeCertifiedCheckpoint,
  writeCheckpointVote,
} from "../../consensus/checkpoint.ts";
import { readDelegateKeys, writeDelegateKeys } from "../../consensus/delegate-set.ts";
import { readRotationSummary, writeRotationSummary } from "../../consensus/rotation-root.ts";
import type { DelegateId } from "../../core/ids.ts";
import { readMapProof, readMerkleProof, writeMapProof, writeMerkleProof } from "../../crypto/proof-codec.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import { genesisAnchor, readAnchor, writeAnchor } from "../../light/anchor.ts";
import {
  readCertifiedHeader,
  readHeaderChain,
  writeCertifiedHeader,
  writeHeaderChain,
} from "../../light/certified-header.ts";
import { readCheckpointLinks, writeCheckpointLinks } from "../../light/checkpoint-link.ts";
import { decodeClientRecord, encodeClientRecord } from "../../light/client-record.ts";
import { readDelegatesProof, writeDelegatesProof } from "../../light/delegates-proof.ts";
import {
  proveTransaction,
  readStateProof,
  readTransactionProof,
  writeStateProof,
  writeTransactionProof,
} from "../../light/state-proof.ts";
import { anyHash, EPOCH_BLOCKS, LightChain } from "../light/light-chain.ts";
import { crypto, identityOf, transfer } from "../people.ts";
import { type Format, streamed, whole } from "./format.ts";

// Few delegates: more of them only make everything longer.
const chain = new LightChain(2);
chain.add([transfer(0, 0), transfer(1, 0)]);
chain.grow(EPOCH_BLOCKS + 1);
const { rotation, ledger } = chain.state;
const certified = chain.checkpoints[0] ?? expect.fail("no checkpoint");
const vote = (hash = checkpointHash(certified.checkpoint)) => {
  const made = new CheckpointVote({ chainId: 1, epoch: 0, checkpointHash: hash, signer: 1 as DelegateId });
  crypto.sign(made, identityOf(1).signing);
  return made;
};
const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
const [known] = [...ledger.entries.entries()][0] ?? expect.fail("no entries");
const { keys } = rotation.delegateSet;
const [presence, absence] = [ledger.entries.prove(known), ledger.entries.prove(anyHash(4))];
const proof = proveTransaction(encoded, 1);

const clientRecord = {
  anchor: genesisAnchor(chain.genesis),
  past: genesisAnchor(chain.genesis),
  epoch: 1,
  delegatesHash: rotation.delegateSet.hash,
  delegates: rotation.delegateSet,
  delegatesUs: 5,
  isContested: true,
};

/** What light clients are given. */
export const lightObjects: Record<string, Format> = {
  anchors: streamed(writeAnchor, readAnchor, genesisAnchor(chain.genesis)),
  "certified headers": streamed(writeCertifiedHeader, readCertifiedHeader, chain.at(3), chain.at(EPOCH_BLOCKS)),
  "header chains": streamed(writeHeaderChain, readHeaderChain, [], [chain.at(2)], chain.path(1, 3)),
  "checkpoint votes": streamed(writeCheckpointVote, readCheckpointVote, vote(), vote(anyHash(1))),
  "certified checkpoints": streamed(writeCertifiedCheckpoint, readCertifiedCheckpoint, certified),
  "checkpoint links": streamed(
    writeCheckpointLinks,
    readCheckpointLinks,
    [{ certified, delegates: keys }],
    [{ certified, delegates: null }],
  ),
  "records of clients": whole(encodeClientRecord, decodeClientRecord, clientRecord),
  "delegates' proofs": streamed(writeDelegatesProof, readDelegatesProof, {
    ledgerRoot: ledger.entries.root,
    rotation: rotation.summary,
    delegates: keys,
  }),
  "delegate sets": streamed(writeDelegateKeys, readDelegateKeys, [...keys]),
  "rotation summaries": streamed(writeRotationSummary, readRotationSummary, rotation.summary),
  "state proofs": streamed(
    writeStateProof,
    readStateProof,
    { rotationRoot: rotation.root, map: presence },
    { rotationRoot: rotation.root, map: absence },
  ),
  "map proofs": streamed(writeMapProof, readMapProof, presence, absence),
  "transaction proofs": streamed(writeTransactionProof, readTransactionProof, proof),
  "Merkle proofs": streamed(writeMerkleProof, readMerkleProof, proof.branch),
};
