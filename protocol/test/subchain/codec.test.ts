import { expect, test } from "vitest";
import { encodeSubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { executionRootOf, executionTreeOf } from "../../consensus/state-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { leafDigest } from "../../crypto/merkle.ts";
import { decodeTransaction, encodeTransaction } from "../../ledger/transaction.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import * as entries from "../../subchain/entries.ts";
import { type FraudProof, readFraudProof, writeFraudProof } from "../../subchain/fraud-proof.ts";
import { decodeOperators, encodeOperators } from "../../subchain/operators.ts";
import { readSpecification, writeSpecification } from "../../subchain/specification.ts";
import { Reorg, RootUpdate, SubRefund } from "../../subchain/transaction.ts";
import { account, outward, StateStub, seat, specificationOf, World } from "./world.ts";

const ROUNDS = 25_000;

/** A format: some encodings of it, and what reading and writing again makes of bytes; null where they are refused. */
interface Format {
  readonly samples: readonly Uint8Array[];
  readonly again: (bytes: Uint8Array) => Uint8Array | null;
}

function written(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

/** @returns a format's second trip from its reader and its writer */
function through<T>(read: (reader: Reader) => T, write: (writer: Writer, value: T) => void): Format["again"] {
  return (bytes) => {
    const reader = new Reader(bytes);
    const value = read(reader);
    return reader.complete() ? written((writer) => write(writer, value)) : null;
  };
}

/** Xorshift: the same numbers in each run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** @returns bytes with a few places changed, taken out, put in or cut off */
function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const result = [...bytes];
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const place = random(result.length + 1);
    const kind = random(8);
    if (kind === 0) result.splice(place, 1 + random(4));
    else if (kind === 1) result.splice(place, 0, random(256));
    else if (kind === 2) result.length = Math.min(result.length, place);
    else if (place < result.length)
      result[place] = kind < 5 ? (result[place] as number) ^ (1 << random(8)) : random(256);
  }
  return Uint8Array.from(result);
}

function expectCanonical({ samples, again }: Format, seed: number): void {
  for (const sample of samples) expect(again(sample)).toEqual(sample);
  const random = randomNumbers(seed);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sample = samples[random(samples.length)] as Uint8Array;
    const bytes =
      random(10) === 0 ? Uint8Array.from({ length: random(80) }, () => random(256)) : mutated(sample, random);
    const result = again(bytes);
    if (result === null) continue;
    accepted++;
    if (Buffer.compare(result, bytes) !== 0) expect(result).toEqual(bytes);
  }
  // Most bytes carry values: a decoder that refused everything would prove nothing.
  expect(accepted).toBeGreaterThan(ROUNDS / 100);
}

const world = new World();
const state = new StateStub()
  .set(hashTagged("test/key"), Uint8Array.of(1))
  .set(hashTagged("test/other"), Uint8Array.of(2));
const path = { headers: [world.root.header(3)], height: 3 };
const bare = { headers: [], height: 7 };
const stateProof = state.prove(hashTagged("test/absent"));
const operators = [0, 1].map((index) => {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [seat(5)], slashed: index === 1, resigned: true, bond };
});
const record = encodeSubchainRecord({ specification: specificationOf(), registeredHeight: 4, operators });
const body = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
const branch = proveTransaction(body, 1);

const actions = [
  { kind: "lock", transfer: outward() },
  { kind: "permit", address: account(1), mayRead: true, mayWrite: false },
  { kind: "call", code: 7, input: Uint8Array.of(1, 2, 3) },
] as const;

const transaction: Format["again"] = (bytes) => {
  const decoded = decodeTransaction(bytes);
  return decoded === null ? null : encodeTransaction(decoded);
};

const fraud: FraudProof = {
  header: world.root.header(2),
  step: { kind: "transaction", transaction: Uint8Array.of(1, 2, 3), proof: branch, afterProof: branch },
  executionTree: executionTreeOf(body.map(leafDigest)),
  before: executionRootOf(1, ZERO_HASH),
  beforeProof: branch,
  after: hashTagged("test/after"),
  witnesses: [
    { key: account(0), value: Uint8Array.of(1), proof: stateProof.map },
    { key: account(1), value: null, proof: stateProof.map },
  ],
};
const closing: FraudProof = {
  ...fraud,
  step: { kind: "closing", previous: world.root.header(1).header, rotationRoot: hashTagged("test/rotation") },
};
const opening: FraudProof = { ...closing, step: { ...closing.step, kind: "opening" } as FraudProof["step"] };

const formats: Record<string, Format> = {
  action: { samples: actions.map((action) => encodeTransaction(world.action(0, action))), again: transaction },
  "root update": {
    samples: [
      encodeTransaction(new RootUpdate(path, null)),
      encodeTransaction(new RootUpdate(bare, { encoded: record, proof: state.prove(subchainKey(2)) })),
    ],
    again: transaction,
  },
  reorg: {
    samples: [path, bare].map((each) =>
      encodeTransaction(
        new Reorg({
          path: each,
          transaction: Uint8Array.of(9),
          proof: branch,
          data: Uint8Array.of(1),
          payee: account(2),
        }),
      ),
    ),
    again: transaction,
  },
  "sub-refund": {
    samples: [null, Uint8Array.of(4)].map((credit) =>
      encodeTransaction(new SubRefund({ lockId: account(3), path, proof: stateProof, credit })),
    ),
    again: transaction,
  },
  "fraud proof": {
    samples: [fraud, closing, opening].map((each) => written((writer) => writeFraudProof(writer, each))),
    again: through(readFraudProof, writeFraudProof),
  },
  specification: {
    samples: [
      specificationOf(),
      specificationOf({ ownToken: true, rewardPool: 9n, permission: { kind: "private", administrator: account(1) } }),
    ].map((each) => written((writer) => writeSpecification(writer, each))),
    again: through(readSpecification, writeSpecification),
  },
};

/** @returns a ledger entry's second trip */
function entry<T>(decode: (bytes: Uint8Array) => T | null, encode: (value: T) => Uint8Array): Format["again"] {
  return (bytes) => {
    const value = decode(bytes);
    return value === null ? null : encode(value);
  };
}

const seats = operators.map(({ registered }) => ({ ...registered, slashed: true, resigned: false }));
const lock = { lockId: account(1), sender: account(2), transfer: outward() };
const entryFormats: Record<string, Format> = {
  token: {
    samples: [entries.encodeTokenBalance({ token: 3, balance: 5n })],
    again: entry(entries.decodeTokenBalance, entries.encodeTokenBalance),
  },
  admission: {
    samples: [entries.encodeAdmission({ mayRead: true, mayWrite: false })],
    again: entry(entries.decodeAdmission, entries.encodeAdmission),
  },
  consumed: {
    samples: [entries.encodeConsumed(account(0))],
    again: entry(entries.decodeConsumed, entries.encodeConsumed),
  },
  "own lock": {
    samples: [entries.encodeOwnLock({ ...lock, state: "open" }), entries.encodeOwnLock({ ...lock, state: "refunded" })],
    again: entry(entries.decodeOwnLock, entries.encodeOwnLock),
  },
  "root view": {
    samples: [entries.encodeRootView([0, 5, 9]), entries.encodeRootView([1])],
    again: entry(entries.decodeRootView, entries.encodeRootView),
  },
  "root anchor": {
    samples: [entries.encodeRootAnchor(world.root.genesis)],
    again: entry(entries.decodeRootAnchor, entries.encodeRootAnchor),
  },
  operators: {
    samples: [encodeOperators({ rootHeight: 4, seats: seats.map(({ bond: _, ...each }) => each) })],
    again: entry(decodeOperators, encodeOperators),
  },
};

for (const [index, [name, format]] of Object.entries({ ...formats, ...entryFormats }).entries()) {
  test(`mutated bytes of a ${name} are refused, or are the encoding of what they decode to`, () => {
    expectCanonical(format, index + 1);
  });
}
