import { describe, expect, test } from "vitest";
import { bridgeEntries, bridgeObjects } from "./bridge-formats.ts";
import { expectSound, expectThrifty, RUNS, RUNS_OF_KIND } from "./campaign.ts";
import {
  accountEntries,
  commonTransactions,
  consensusObjects,
  durableObjects,
  evidenceKinds,
  wireMessages,
} from "./consensus-formats.ts";
import type { Format } from "./format.ts";
import { lightObjects } from "./light-formats.ts";
import { rootEntries, rootTransactions } from "./rootchain-formats.ts";
import { scripts } from "./script-formats.ts";
import { subchainEntries, subchainObjects, subchainTransactions } from "./subchain-formats.ts";

function campaign(formats: Record<string, Format>, runs: number): void {
  for (const [index, [name, format]] of Object.entries(formats).entries()) {
    test(name, () => {
      const accepted = expectSound(format, { runs, seed: index + 1 });
      // Neither everything nor nothing: a decoder that did either would prove nothing.
      expect(accepted).toBeGreaterThan(runs / 500);
      expect(accepted).toBeLessThan(runs);
      expectThrifty(format);
    });
  }
}

describe("malformed bytes are refused, or are the one encoding of what they say", () => {
  campaign({ ...consensusObjects, ...lightObjects, ...subchainObjects, ...bridgeObjects, ...scripts }, RUNS);
  campaign({ ...accountEntries, ...rootEntries, ...bridgeEntries, ...subchainEntries }, RUNS);
});

describe("so are those of every kind that a decoder tells apart", () => {
  campaign({ ...commonTransactions, ...rootTransactions, ...subchainTransactions }, RUNS_OF_KIND);
  campaign({ ...wireMessages, ...durableObjects, ...evidenceKinds }, RUNS_OF_KIND);
});
