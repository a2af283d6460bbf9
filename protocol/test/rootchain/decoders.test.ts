import { describe, expect, test } from "vitest";
import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import type { DelegateId, PeerId } from "../../core/ids.ts";
import { decodeTransaction, encodeTransaction, type Transaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import * as entries from "../../rootchain/entries.ts";
import type { OperatorSeat, Payload } from "../../rootchain/payload.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import * as staking from "../../rootchain/staking-entries.ts";
import type { FraudProof } from "../../subchain/fraud-proof.ts";
import { Draws } from "../driver.ts";
import { anyHash, EPOCH_BLOCKS, LightChain } from "../light/light-chain.ts";
import { holder, identityOf, transfer } from "../people.ts";
import { specificationOf } from "../subchain/world.ts";
import { COIN, paying, spending, World } from "./world.ts";

/** Altered encodings of a transaction with each kind of payload, and without one. */
const TRANSACTION_RUNS = 4_500;
/** Altered encodings of each kind of entry. */
const ENTRY_RUNS = 4_000;

/** Reads bytes and writes what was read; null where they are refused. */
type Again = (bytes: Uint8Array) => Uint8Array | null;

/** @returns bytes cut short, with some inserted or taken out, with one to four altered; or noise */
function altered(bytes: Uint8Array, draws: Draws): Uint8Array {
  const [way, at] = [draws.below(10), draws.below(bytes.length)];
  if (way === 0) return bytes.slice(0, at);
  if (way === 1) return Uint8Array.of(...bytes.subarray(0, at), draws.below(256), ...bytes.subarray(at));
  if (way === 2) return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1 + draws.below(4)));
  if (way === 3) return Uint8Array.from({ length: draws.below(bytes.length + 8) }, () => draws.below(256));
  const result = bytes.slice();
  for (let left = 1 + draws.below(4); left > 0; left--) {
    // Lengths, kinds and flags are small numbers near the beginning: they are hit more often than their share of the bytes.
    const place = draws.chance(0.4) ? draws.below(Math.min(200, bytes.length)) : draws.below(bytes.length);
    result[place] = draws.chance(0.5) ? draws.below(4) : draws.below(256);
  }
  return result;
}

/** Expects what decodes to encode to itself again, and nothing to throw. @returns how many were refused */
function expectCanonical(sample: Uint8Array, again: Again, options: { runs: number; seed: number }): number {
  expect(Buffer.compare(again(sample) ?? expect.fail("does not decode"), sample)).toBe(0);
  const draws = new Draws(options.seed);
  let refused = 0;
  for (let run = 0; run < options.runs; run++) {
    const given = altered(sample, draws);
    const result = again(given);
    if (result === null) refused++;
    else if (Buffer.compare(result, given) !== 0)
      expect.fail(`another encoding passes: ${Buffer.from(given).toString("hex")}`);
  }
  return refused;
}

const chain = new LightChain();
chain.add([transfer(0, 0), transfer(1, 0)]);
chain.grow(EPOCH_BLOCKS);
const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
const proof = proveTransaction(encoded, 1);
const path = { headers: [chain.at(3)], height: 3 };
const script = payToKey(holder(1).publicKey);
const map = chain.state.ledger.entries.prove(anyHash(4));
const state = { rotationRoot: chain.state.rotation.root, map };
const signature = new Uint8Array(64).fill(3);
const seat: OperatorSeat = {
  publicKey: identityOf(1).signing.publicKey,
  vrfPublicKey: identityOf(1).vrf.publicKey,
  endpoint: 5 as PeerId,
  bond: COIN,
};
const crossTransfer: CrossTransfer = {
  token: 1,
  sourceChain: 1,
  destinationChain: 2,
  amount: COIN,
  receiver: new Uint8Array(32).fill(4),
  dataHash: anyHash(2),
  rootExpiryUs: 7,
  destinationExpiryUs: 9,
  relockFee: 1n,
  deliveryFee: 2n,
  fallback: script,
};
const fraud: FraudProof = {
  header: chain.at(2),
  step: { kind: "transaction", transaction: encoded[0] as Uint8Array, proof, afterProof: proof },
  executionTree: anyHash(5),
  before: anyHash(6),
  beforeProof: proof,
  after: anyHash(7),
  witnesses: [
    { key: anyHash(8), value: null, proof: map },
    { key: anyHash(9), value: script, proof: map },
  ],
};
const delegate = 3 as DelegateId;

const PAYLOADS: { readonly [Kind in Payload["kind"]]: Extract<Payload, { kind: Kind }> } = {
  "register-subchain": {
    kind: "register-subchain",
    specification: specificationOf(),
    operators: [seat, seat],
    genesis: genesisAnchor(chain.genesis),
  },
  nominate: { kind: "nominate", chainId: 2, seat: 1, nominee: seat, signature },
  resign: { kind: "resign", chainId: 2, seat: 1, signature },
  lock: { kind: "lock", transfer: crossTransfer },
  relock: { kind: "relock", path, lock: encoded[0] as Uint8Array, proof },
  refund: { kind: "refund", lockId: anyHash(1), path, proof: state },
  anchor: { kind: "anchor", chainId: 2, path },
  exit: { kind: "exit", chainId: 2, publicKey: seat.publicKey, proof: state, account: script, signature },
  "quota-bid": {
    kind: "quota-bid",
    chainId: 2,
    pieces: 4,
    pricePerPiece: 9n,
    deposit: COIN,
    refundScript: script,
  },
  "register-delegate": {
    kind: "register-delegate",
    publicKey: seat.publicKey,
    vrfPublicKey: seat.vrfPublicKey,
    endpoint: seat.endpoint,
    commission: 500,
    rewardScript: script,
    signature,
  },
  vote: { kind: "vote", delegate },
  unbond: { kind: "unbond" },
  "claim-reward": { kind: "claim-reward", of: "vote", delegate, vote: anyHash(3), throughEpoch: 12 },
  "evidence-commit": { kind: "evidence-commit", digest: anyHash(3) },
  "evidence-reveal": { kind: "evidence-reveal", chainId: 2, evidence: script, salt: anyHash(3) },
  "fraud-proof": { kind: "fraud-proof", chainId: 2, fraud, salt: anyHash(3) },
};

const closing = { kind: "closing", previous: chain.at(1).header, rotationRoot: anyHash(2) } as const;
/** Kinds that have two shapes. */
const OTHERS: readonly Payload[] = [
  { ...PAYLOADS["fraud-proof"], fraud: { ...fraud, step: closing } },
  { ...PAYLOADS["claim-reward"], of: "delegate" },
  { ...PAYLOADS.anchor, path: { headers: [], height: 4 } },
];

const { coins } = new World();
const outputs = [paying(0, COIN), paying(1, 1n)];

function again(bytes: Uint8Array): Uint8Array | null {
  const decoded: Transaction | null = decodeTransaction(bytes);
  return decoded === null ? null : encodeTransaction(decoded);
}

describe("transactions decode to what encodes to them again, or not at all", () => {
  for (const payload of [null, ...Object.values(PAYLOADS), ...OTHERS]) {
    const another = payload !== null && OTHERS.includes(payload) ? ", of its other shape" : "";
    test(payload === null ? "without a payload" : `of kind ${payload.kind}${another}`, () => {
      const sample = encodeTransaction(spending(coins.slice(0, 2), outputs, { payload, lockTime: 7 }));
      const refused = expectCanonical(sample, again, { runs: TRANSACTION_RUNS, seed: 23 });
      expect(refused).toBeGreaterThan(TRANSACTION_RUNS / 8);
      expect(refused).toBeLessThan(TRANSACTION_RUNS);
    });
  }
});

const output = { amount: COIN, lockingScript: script, createdHeight: 8, createdUs: 9 };
const bond = { transactionId: anyHash(3), index: 0 };
const snapshot = { delegates: [{ stake: COIN, commission: 7 }] };

/** @returns a sample beside what reads and writes it */
function entry<T>(value: T, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T | null) {
  const through: Again = (bytes) => {
    const decoded = decode(bytes);
    return decoded === null ? null : encode(decoded);
  };
  return { sample: encode(value), again: through };
}

function outputEntry(role: entries.OutputRole) {
  return entry({ ...output, role }, entries.encodeOutputEntry, entries.decodeOutputEntry);
}

const vote = { delegate, amount: COIN, rewardScript: script, nextEpoch: 4, endEpoch: staking.NO_END };
const record = { commission: 5, rewardScript: script, bond, nextEpoch: 3 };
const pot = { earned: 9n, paid: 8n, stake: COIN, commission: 9 };

const ENTRIES: Record<string, { sample: Uint8Array; again: Again }> = {
  "plain outputs": outputEntry({ kind: "plain" }),
  "votes' outputs": outputEntry({ kind: "vote", delegate }),
  "operators' bonds": outputEntry({ kind: "operator-bond", chainId: 2, seat: 1 }),
  "maturing bonds": outputEntry({ kind: "maturing", height: 9, delegate }),
  "maturing votes": outputEntry({ kind: "maturing", height: 9, delegate: null }),
  totals: entry({ issued: 1n, burned: 2n, pool: 3n }, entries.encodeTotals, entries.decodeTotals),
  delegates: entry(record, staking.encodeDelegate, staking.decodeDelegate),
  votes: entry(vote, staking.encodeVote, staking.decodeVote),
  pots: entry(pot, staking.encodePot, staking.decodePot),
  snapshots: entry(snapshot, staking.encodeSnapshot, staking.decodeSnapshot),
};

describe("entries decode to what encodes to them again, or not at all", () => {
  for (const [what, { sample, again: through }] of Object.entries(ENTRIES)) {
    test(what, () => {
      const refused = expectCanonical(sample, through, { runs: ENTRY_RUNS, seed: 29 });
      expect(refused).toBeGreaterThan(ENTRY_RUNS / 8);
      expect(refused).toBeLessThan(ENTRY_RUNS);
    });
  }
});
