import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import sodium from "libsodium-wrappers-sumo";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSodiumBackend } from "../../../protocol/crypto/backend-sodium.ts";
import type { CryptoBackend } from "../../../protocol/crypto/node-crypto.ts";
import { loadScenarioFile } from "../../cli/load-scenario-file.ts";
import { nodeHasher } from "../../platform/node/hasher.ts";
import type { Scenario } from "../../scenario/index.ts";
import { outcomeOf } from "../campaign/run.ts";

// A change of this table is a reviewed change: CONTRIBUTING.md, "Golden digests".
const TABLE = path.join(import.meta.dirname, "digests.json");
const SCENARIOS = path.resolve(import.meta.dirname, "../../../scenarios");
const WRITES = process.env.ORRERY_GOLDEN === "write";
/** Longer scenarios are run up to here only, and no verdict is kept of them. */
const SHORT_US = 120_000_000;

/** What a run has to come to; null for the verdict of a run that ends early. */
interface Golden {
  readonly digest: string;
  readonly height: number;
  readonly verdict: string | null;
}

type Table = Readonly<Record<string, Golden>>;

function shortened(scenario: Scenario): Scenario {
  return scenario.tier === "smoke" ? scenario : { ...scenario, durationUs: Math.min(scenario.durationUs, SHORT_US) };
}

/** Every shipped scenario, and the quickstart under modelled cryptography, which has digests of its own. */
function cases(): [string, Scenario][] {
  const files = readdirSync(SCENARIOS).filter((file) => file.endsWith(".yaml"));
  const shipped = files.map((file) => loadScenarioFile(path.join(SCENARIOS, file)));
  const [quickstart] = shipped.filter(({ name }) => name === "quickstart");
  const modelled = quickstart === undefined ? [] : [{ ...quickstart, crypto: "modelled" as const }];
  return [...shipped, ...modelled].map((each) => [`${each.name} (${each.crypto})`, each]);
}

function goldenOf(scenario: Scenario, backend: CryptoBackend): Golden {
  const run = shortened(scenario);
  const { digest, summary } = outcomeOf(run, { backend, hasher: nodeHasher });
  const height = summary.chains[0]?.height ?? 0;
  return { digest, height, verdict: run.durationUs < scenario.durationUs ? null : summary.verdict };
}

describe("golden digests", () => {
  const recorded = JSON.parse(readFileSync(TABLE, "utf8")) as Table;
  const found: Record<string, Golden> = {};
  let backend: CryptoBackend;

  beforeAll(async () => {
    await sodium.ready;
    backend = createSodiumBackend(sodium);
  });

  afterAll(() => {
    if (WRITES) writeFileSync(TABLE, `${JSON.stringify(found, null, 2)}\n`);
  });

  test.each(cases())("of %s", (name, scenario) => {
    found[name] = goldenOf(scenario, backend);
    if (!WRITES) expect(found[name]).toEqual(recorded[name]);
  });

  test("are there for shipped scenarios only, and none of them fails", () => {
    expect(Object.keys(WRITES ? found : recorded).sort()).toEqual(
      cases()
        .map(([name]) => name)
        .sort(),
    );
    expect(Object.values(found).filter(({ verdict }) => verdict !== "pass" && verdict !== null)).toEqual([]);
  });
});
