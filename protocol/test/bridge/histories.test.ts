import { expect, test } from "vitest";
import { type Fate, History } from "./histories.ts";
import type { Ending } from "./history-endings.ts";

/** Transfers, each with a history of its own: drawn times, expiries, relays, faults and cheats. */
const HISTORIES = 10_000;
const FATES: readonly Fate[] = ["honest", "dies", "byzantine"];

test("in 10 000 random histories nothing is created or lost, and every transfer ends once", {
  timeout: 600_000,
}, () => {
  const endings = new Map<Ending, number>();
  let histories = 0;
  for (let seed = 0; histories < HISTORIES; seed++) {
    const history = new History(seed, FATES[seed % FATES.length] as Fate);
    histories += history.run();
    for (const ending of history.endings()) endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  // Each way to end was met, so that none holds only for want of cases.
  const kinds: Ending[] = [
    "delivered",
    "paid back on the rootchain",
    "given back at its source",
    "left a dead chain",
    "void",
  ];
  for (const kind of kinds) expect(endings.get(kind) ?? 0, kind).toBeGreaterThan(20);
});
