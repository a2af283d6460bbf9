import fc from "fast-check";
import { readCertificate, writeCertificate } from "../../consensus/certificate.ts";
import { decodeEvidence, type Evidence, encodeEvidence } from "../../consensus/evidence.ts";
import { readParameters, writeParameters } from "../../consensus/parameters.ts";
import { ViewChange } from "../../consensus/view-change.ts";
import { decodeAccount, encodeAccount } from "../../ledger/accounts.ts";
import { readBlock, writeBlock } from "../../ledger/block.ts";
import { readHeader, writeHeader } from "../../ledger/header.ts";
import { decodeTransaction, encodeTransaction } from "../../ledger/transaction.ts";
import { KeptBlock } from "../../node/kept-block.ts";
import { decodeMessage, encodeMessage } from "../../node/wire.ts";
import { block, certificate, hash, messages, transaction, viewChange, vote } from "../arbitraries.ts";
import { smallChain } from "../people.ts";
import { type Format, streamed, whole } from "./format.ts";

/** Longer encodings are left out: they are no more different, only slower. */
const MAX_SAMPLE_BYTES = 600;
/** Long enough for a new view that rests on view changes, or several blocks. */
const MAX_MESSAGE_BYTES = 1100;
const SAMPLES = 12;

function some<T>(values: fc.Arbitrary<T>): T[] {
  return fc.sample(values, { numRuns: 60, seed: 7 });
}

/** @returns a format with those of its samples that are short */
function short({ samples, again }: Format, maxBytes = MAX_SAMPLE_BYTES): Format {
  return { samples: samples.filter(({ length }) => length <= maxBytes).slice(0, SAMPLES), again };
}

const statement = viewChange.map((each) => new ViewChange(each, null, each.signature));
const checkpointVote = messages.checkpointVote;
const evidence: Record<Evidence["kind"], fc.Arbitrary<unknown>> = {
  "double-vote": fc.record({ kind: fc.constant("double-vote"), first: vote, second: vote }),
  "forgotten-commit": fc.record({ kind: fc.constant("forgotten-commit"), commit: vote, viewChange: statement }),
  "unjustified-prepare": fc.record({
    kind: fc.constant("unjustified-prepare"),
    prepare: vote,
    viewChanges: fc.array(statement, { maxLength: 2 }),
    blockHash: hash,
  }),
  "double-view-change": fc.record({ kind: fc.constant("double-view-change"), first: statement, second: statement }),
  "double-checkpoint": fc.record({
    kind: fc.constant("double-checkpoint"),
    first: checkpointVote,
    second: checkpointVote,
  }),
};
const threshold = { mode: "threshold", expectedSize: 9, quorum: 6 } as const;

/** What consensus reads, other than messages. */
export const consensusObjects: Record<string, Format> = {
  blocks: short(streamed(writeBlock, readBlock, ...some(block))),
  headers: streamed(writeHeader, readHeader, ...some(block).map(({ header }) => header)),
  certificates: short(streamed(writeCertificate, readCertificate, ...some(certificate))),
  "consensus parameters": streamed(
    writeParameters,
    readParameters,
    smallChain(5),
    smallChain(5, { sortition: { ...threshold, seedRule: "two-back" } }),
    smallChain(5, { sortition: { ...threshold, seedRule: "one-back" } }),
    smallChain(5, { upgrade: { height: 1 << 20, maxBlockBytes: 1 << 16 } }),
  ),
};

/** Evidence of every kind. */
export const evidenceKinds: Record<string, Format> = Object.fromEntries(
  Object.entries(evidence).map(([kind, values]) => [
    `evidence of kind ${kind}`,
    short(whole(encodeEvidence, decodeEvidence, ...(some(values) as Evidence[]))),
  ]),
);

/** Entries of a ledger of accounts. */
export const accountEntries: Record<string, Format> = {
  accounts: whole(encodeAccount, decodeAccount, { balance: 0n, nonce: 0 }, { balance: 5n << 90n, nonce: 7 }),
};

const kinds = [...new Set(some(transaction).map(({ kind }) => kind))].sort();

/** Transactions of every chain, and transfers. */
export const commonTransactions: Record<string, Format> = Object.fromEntries(
  kinds.map((kind) => {
    const values = some(transaction).filter((each) => each.kind === kind);
    return [`transactions of kind ${kind}`, short(whole(encodeTransaction, decodeTransaction, ...values))];
  }),
);

function again(bytes: Uint8Array): Uint8Array | null {
  const message = decodeMessage(bytes);
  if (message === null) return null;
  // A message remembers the bytes that it came from.
  message.wire = null;
  return encodeMessage(message);
}

/** Every kind of message on the wire. */
export const wireMessages: Record<string, Format> = Object.fromEntries(
  Object.entries(messages).map(([name, values]) => {
    return [
      `messages: ${name}`,
      short({ samples: some<never>(values as never).map(encodeMessage), again }, MAX_MESSAGE_BYTES),
    ];
  }),
);

/** What a node finds on its disk. */
export const durableObjects: Record<string, Format> = {
  "blocks on disk": short({
    samples: some(messages.certifiedBlock).map(encodeMessage),
    again: (bytes) => {
      const kept = KeptBlock.read(bytes);
      if (kept === null) return null;
      const { certified } = kept;
      certified.wire = null;
      return encodeMessage(certified);
    },
  }),
};
