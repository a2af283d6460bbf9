import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnchorRing, encodeAnchorRing } from "../../bridge/anchor-ring.ts";
import { decodeEscrow, encodeEscrow } from "../../bridge/escrow.ts";
import { decodeCommitment } from "../../bridge/informer.ts";
import { decodeLeg, encodeLeg } from "../../bridge/leg.ts";
import {
  decodeBids,
  decodeGranted,
  decodeGrants,
  encodeBids,
  encodeGranted,
  encodeGrants,
} from "../../bridge/quota-entries.ts";
import { readLock } from "../../bridge/relock.ts";
import { decodeSubchainRecord, encodeSubchainRecord } from "../../bridge/subchain-record.ts";
import { u32, u128 } from "../arbitraries.ts";
import { anchored, bid, bytes, escrow, grant, record, state, transfer } from "./arbitraries.ts";

interface Format {
  readonly values: fc.Arbitrary<unknown>;
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (encoded: Uint8Array) => unknown;
}

function format<T>(values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array, decode: Format["decode"]): Format {
  return { values, encode: encode as Format["encode"], decode };
}

const FORMATS: Record<string, Format> = {
  record: format(record, encodeSubchainRecord, decodeSubchainRecord),
  ring: format(fc.array(anchored, { minLength: 1, maxLength: 4 }), encodeAnchorRing, decodeAnchorRing),
  leg: format(fc.record({ transfer, remaining: u128, state }), encodeLeg, decodeLeg),
  escrow: format(escrow, ({ chainId, token, amount }) => encodeEscrow(chainId, token, amount), decodeEscrow),
  bids: format(fc.array(bid, { maxLength: 3 }), encodeBids, decodeBids),
  grants: format(fc.array(grant, { maxLength: 3 }), encodeGrants, decodeGrants),
  granted: format(fc.array(u32, { maxLength: 4 }), encodeGranted, decodeGranted),
};

describe.each(Object.entries(FORMATS))("%s", (_name, { values, encode, decode }) => {
  test("is read back as it was written", () => {
    fc.assert(
      fc.property(values, (value) => {
        // A copy, so that no remembered value answers for the bytes.
        expect(decode(encode(value as never).slice())).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test("is never read from noise that re-encodes otherwise", () => {
    fc.assert(
      fc.property(bytes(0, 300), (noise) => {
        const decoded = decode(noise);
        if (decoded !== null) expect(encode(decoded as never)).toEqual(noise);
      }),
      { numRuns: 500 },
    );
  });
});

test("locks and commitments are not read from noise", () => {
  fc.assert(
    fc.property(bytes(0, 300), (noise) => {
      expect(readLock(noise)).toBe(null);
      expect(noise[0] === 40 && noise.length === 9 ? null : decodeCommitment(noise)).toBe(null);
    }),
    { numRuns: 1000 },
  );
});
