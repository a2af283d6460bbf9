import { describe, expect, test } from "vitest";
import { headerHash } from "../../ledger/header.ts";
import { type Anchor, anchorOf, genesisAnchor } from "../../light/anchor.ts";
import { type CertifiedHeader, followHeaders } from "../../light/certified-header.ts";
import { HeaderTrail } from "../../light/header-trail.ts";
import { KEPT_TRAIL } from "../../light/limits.ts";
import { crypto } from "../people.ts";
import { LightChain } from "./light-chain.ts";

const LAST = 3 * KEPT_TRAIL;
const chain = new LightChain().grow(LAST);
const genesis = genesisAnchor(chain.genesis);

function anchorAt(height: number): Anchor {
  const { header } = chain.at(height);
  return anchorOf(header, headerHash(header));
}

/** A full node's answer leads there too, with nothing less. */
function expectToLead(path: readonly CertifiedHeader[] | null, from: number, to: number): void {
  expect(followHeaders(crypto, anchorAt(from), path ?? []).anchor).toEqual(anchorAt(to));
  expect(path?.length).toBeLessThanOrEqual(chain.path(from, to).length);
}

/** @returns a trail of a client that looks every so many blocks */
function trailOf(every: number): HeaderTrail {
  const trail = new HeaderTrail(genesis);
  for (let height = 0; height < LAST; height += every) trail.extend(chain.path(height, Math.min(LAST, height + every)));
  return trail;
}

describe("a trail of followed headers", () => {
  test("leads between any two of its recent heights as a full node's answer does", () => {
    const trail = trailOf(1);
    for (let from = LAST - KEPT_TRAIL; from < LAST; from += 3) {
      for (let to = from + 1; to <= LAST; to++) expectToLead(trail.path(from, to), from, to);
    }
  });

  test("leads from heights that were passed over, and to none of them but changes of committee", () => {
    const trail = trailOf(5);
    const from = LAST - 12;
    let found = 0;
    for (let to = from + 1; to <= LAST; to++) {
      const path = trail.path(from, to);
      if (path === null) continue;
      expectToLead(path, from, to);
      found++;
    }
    expect(found).toBeGreaterThanOrEqual(3);
    expect(found).toBeLessThan(12);
  });

  test("knows nothing of what it has forgotten, nor of what is yet to come", () => {
    const trail = trailOf(1);
    expect(trail.path(0, LAST)).toBe(null);
    expect(trail.path(LAST - 2, LAST + 1)).toBe(null);
  });
});
