import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChainState } from "../../consensus/chain-state.ts";
import { Phase, Vote } from "../../consensus/vote.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { type DelegateId, ZERO_HASH } from "../../core/ids.ts";
import { type Header, headerHash } from "../../ledger/header.ts";
import { type Anchor, anchorOf, genesisAnchor, readAnchor, writeAnchor } from "../../light/anchor.ts";
import {
  type CertifiedHeader,
  certifiedHeaderBytes,
  followHeader,
  followHeaders,
  readHeaderChain,
  writeHeaderChain,
} from "../../light/certified-header.ts";
import { MAX_HEADER_CHAIN } from "../../light/limits.ts";
import { hash, u32, u64 } from "../arbitraries.ts";
import { crypto, genesisOf, registryOf, smallChain } from "../people.ts";
import { anyHash, certify, LightChain } from "./light-chain.ts";

const chain = new LightChain().grow(20);
const genesis = genesisAnchor(chain.genesis);

function refusalOf(path: readonly CertifiedHeader[], anchor: Anchor = genesis): string | null {
  return followHeaders(crypto, anchor, path).refusal;
}

function encode(path: readonly CertifiedHeader[]): Uint8Array {
  const writer = new Writer();
  writeHeaderChain(writer, path);
  return writer.finish();
}

function decode(bytes: Uint8Array): CertifiedHeader[] | null {
  const reader = new Reader(bytes);
  const path = readHeaderChain(reader);
  return reader.complete() ? path : null;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe("following certified headers", () => {
  test("reaches every height from every height below, by the last header of each iteration and the wanted one", () => {
    for (let from = 0; from < 20; from++) {
      const start = from === 0 ? genesis : anchorOf(chain.at(from).header, headerHash(chain.at(from).header));
      for (let to = from + 1; to <= 20; to++) {
        const { anchor, refusal } = followHeaders(crypto, start, chain.path(from, to));
        expect(refusal).toBeNull();
        expect(anchor).toEqual(anchorOf(chain.at(to).header, headerHash(chain.at(to).header)));
      }
    }
  });

  test("leads over the height at which rules change, whoever knows of it or not", () => {
    const changing = new LightChain(7, { upgrade: { height: 5, maxBlockBytes: 1 << 16 } }).grow(12);
    expect(changing.headers.map(({ header }) => header.version)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
    const start = genesisAnchor(changing.genesis);
    for (let to = 1; to <= 12; to++) expect(refusalOf(changing.path(0, to), start)).toBeNull();
    const { header } = changing.at(1);
    for (const version of [0, 3]) {
      const other = { ...header, version };
      const certified = certify(other, headerHash(other), { members: changing.genesis.rotation.committee.members });
      expect(refusalOf([certified], start)).toBe("header of another version");
    }
  });

  test("by no header leads to the anchor itself", () => {
    expect(followHeaders(crypto, genesis, [])).toEqual({ anchor: genesis, refusal: null });
  });

  test("the state of a chain and its header give the same anchor, but for the transactions that genesis has none of", () => {
    const { header } = chain.at(20);
    const fromState = genesisAnchor(chain.state satisfies ChainState);
    const expected = { ...anchorOf(header, headerHash(header)), transactionRoot: genesis.transactionRoot };
    expect(fromState).toEqual(expected);
    const other = genesisOf(smallChain(7, { committee: 5 }), registryOf(7));
    expect(genesisAnchor(other).nextCommitteeHash).not.toBe(genesis.nextCommitteeHash);
  });

  test("skips no change of committee", () => {
    expect(refusalOf([chain.at(5)])).toBe("header of a foreign committee");
    expect(refusalOf([chain.at(1), chain.at(5)])).toBe("header of a foreign committee");
    expect(refusalOf([chain.at(4), chain.at(7)])).toBe("header of a foreign committee");
    expect(refusalOf([chain.at(4), chain.at(6), chain.at(7)])).toBeNull();
  });

  test("goes forwards only", () => {
    const anchor = anchorOf(chain.at(2).header, headerHash(chain.at(2).header));
    expect(refusalOf([chain.at(2)], anchor)).toBe("header not above its anchor");
    expect(refusalOf([chain.at(1)], anchor)).toBe("header not above its anchor");
    expect(refusalOf([chain.at(2), chain.at(1)])).toBe("header not above its anchor");
    expect(refusalOf([chain.at(1)], { ...genesis, timeUs: chain.at(1).header.timeUs })).toBe(
      "header not after its anchor",
    );
  });

  test("has a bound", () => {
    const long = new Array<CertifiedHeader>(MAX_HEADER_CHAIN + 1).fill(chain.at(1));
    expect(refusalOf(long)).toBe("header chain too long");
  });
});

/** Block 1 with another header, signed by the very committee that it needs. */
function resigned(changes: Partial<Header>): CertifiedHeader {
  const header = { ...chain.at(1).header, ...changes };
  const members = chain.genesis.rotation.committee.members;
  return certify(header, headerHash(header), { members });
}

describe("even from its own committee a header is refused", () => {
  const cases: Record<string, [Partial<Header>, string]> = {
    "without a state root": [{ stateRoot: ZERO_HASH }, "header with a zero root"],
    "without a transaction root": [{ transactionRoot: ZERO_HASH }, "header with a zero root"],
    "that names no next committee": [{ nextCommitteeHash: ZERO_HASH }, "header with a zero root"],
    "of another chain": [{ chainId: 2 }, "header of another chain"],
    "of another version": [{ version: 99 }, "header of another version"],
    "at the anchor's height": [{ height: 0 }, "header not above its anchor"],
    "at the anchor's time": [{ timeUs: 0 }, "header not after its anchor"],
    "that follows on another parent": [{ previousHash: anyHash(1) }, "header on another parent"],
  };
  for (const [what, [changes, refusal]] of Object.entries(cases)) {
    test(what, () => expect(refusalOf([resigned(changes)])).toBe(refusal));
  }
});

describe("a certificate is refused", () => {
  const { header } = chain.at(1);
  const blockHash = headerHash(header);
  const members = chain.genesis.rotation.committee.members;
  const sorted = [...members].sort((a, b) => a - b);
  const outsider = [0, 1, 2, 3, 4, 5, 6].find((id) => !members.includes(id as DelegateId)) as number;
  const first = sorted[0] as number;
  const withVotes = (votes: readonly Vote[]): CertifiedHeader => {
    const good = certify(header, blockHash, { members });
    return { ...good, certificate: { ...good.certificate, votes } };
  };
  const good = certify(header, blockHash, { members }).certificate.votes;

  test("one vote short of a quorum", () => {
    expect(refusalOf([certify(header, blockHash, { members, signers: sorted.slice(0, 2) })])).toBe(
      "certificate without a quorum",
    );
  });
  test("of prepares", () => {
    expect(refusalOf([certify(header, blockHash, { members, phase: Phase.prepare })])).toBe(
      "certificate that makes nothing final",
    );
  });
  test("with a signer that is no member", () => {
    const signers = [first, sorted[1] as number, outsider].sort((a, b) => a - b);
    expect(refusalOf([certify(header, blockHash, { members, signers })])).toBe("certificate with an unknown signer");
  });
  test("with a signer twice", () => {
    expect(refusalOf([withVotes([good[0], good[0], good[1]] as Vote[])])).toBe(
      "certificate with a signer twice or out of order",
    );
  });
  test("of another committee, whoever signs", () => {
    const others = [0, 1, 2, 3, 4, 5, 6].filter((id) => id !== first).slice(0, 4);
    expect(refusalOf([certify(header, blockHash, { members: others })])).toBe("header of a foreign committee");
    expect(refusalOf([certify(header, blockHash, { members: [...members].reverse() })])).toBe(
      "header of a foreign committee",
    );
  });
  test("of a member under two names", () => {
    const certified = certify(header, blockHash, { members });
    const names = certified.members.map(({ publicKey }) => ({ id: first as DelegateId, publicKey }));
    expect(refusalOf([{ ...certified, members: names }])).toBe("committee that names a member twice");
    const committee = [first, first, first, first];
    const doubled = certify(header, blockHash, { members: committee, signers: [first] });
    const authority = { ...genesis, nextCommitteeHash: anyHash(7) };
    expect(refusalOf([doubled], authority)).toBe("header of a foreign committee");
  });
  test("with votes on another block, or whose fields its own do not show", () => {
    expect(refusalOf([certify(header, anyHash(3), { members })])).toBe("certificate of another header");
    const foreign = certify(header, anyHash(3), { members }).certificate.votes;
    expect(refusalOf([withVotes(foreign)])).toBe("certificate with a vote on something else");
  });
  test("with a bad signature", () => {
    const [one, two, three] = good as [Vote, Vote, Vote];
    expect(refusalOf([withVotes([one, two, new Vote(three, two.signature)])])).toBe("certificate with a bad signature");
  });
});

describe("encodings", () => {
  test("of header chains are canonical, and say their size", () => {
    const path = chain.path(0, 11);
    const bytes = encode(path);
    expect(bytes.length).toBe(4 + path.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0));
    const decoded = decode(bytes) ?? expect.fail("does not decode");
    expect(encode(decoded)).toEqual(bytes);
    expect(followHeaders(crypto, genesis, decoded).anchor?.height).toBe(11);
  });

  test("of anchors are canonical", () => {
    const anchors = fc.record({
      chainId: u32,
      height: u64,
      blockHash: hash,
      timeUs: u64,
      stateRoot: hash,
      transactionRoot: hash,
      nextCommitteeHash: hash,
    });
    fc.assert(
      fc.property(anchors, (anchor) => {
        const writer = new Writer();
        writeAnchor(writer, anchor);
        const reader = new Reader(writer.finish());
        expect(readAnchor(reader)).toEqual(anchor);
        expect(reader.complete()).toBe(true);
      }),
    );
  });

  test("with any byte altered are refused, or lead to where the true ones lead", () => {
    const path = chain.path(0, 5);
    const bytes = encode(path);
    const { anchor: truth } = followHeaders(crypto, genesis, path);
    let decoded = 0;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ flip;
        const forged = decode(altered);
        if (forged === null) return;
        decoded++;
        expect(same(encode(forged), altered)).toBe(true);
        const { anchor } = followHeaders(crypto, genesis, forged);
        // A member's name stands for its key only, and a silent member's name for nothing: no other thing can be changed.
        if (anchor !== null) expect(anchor).toEqual(truth);
      }),
      { numRuns: 1500, seed: 3 },
    );
    expect(decoded).toBeGreaterThan(1000);
  });

  test("of nothing known never make the decoder throw, and only canonical ones pass", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const path = decode(bytes);
        if (path !== null) expect(same(encode(path), bytes)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test("a header with any field altered is refused under its old certificate", () => {
  const certified = chain.at(1);
  for (const field of Object.keys(certified.header) as (keyof Header)[]) {
    const value = certified.header[field];
    const other =
      typeof value === "number" ? value + 1 : typeof value === "string" ? anyHash(9) : value.map((byte) => byte ^ 1);
    const header = { ...certified.header, [field]: other } as Header;
    expect([field, followHeader(crypto, genesis, { ...certified, header }).anchor]).toEqual([field, null]);
  }
});
