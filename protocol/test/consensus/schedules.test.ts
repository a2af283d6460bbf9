import { expect, test } from "vitest";
import { chaotic, doubleVoter, equivocator, silent } from "../byzantine.ts";
import { Cluster } from "../cluster.ts";
import { Draws, type Tamper } from "../driver.ts";

/** Random schedules for each strategy. */
const SCHEDULES = 250;

const STRATEGIES: Record<string, (self: number) => Tamper> = {
  honest: () => (_to, message) => [message],
  silent: () => silent,
  "double-voting": () => doubleVoter,
  equivocating: equivocator,
  chaotic,
};

/** Four simulated seconds of storm (loss, delay, duplicates, crashes, cuts), then calm. */
function storm(seed: number, strategy: (self: number) => Tamper): Cluster {
  const draws = new Draws(seed);
  const delegates = 4 + draws.below(4);
  const traitors = Array.from({ length: Math.floor((delegates - 1) / 3) }, (_, at) => (seed + at) % delegates);
  const tampers = new Map(traitors.map((self) => [self, strategy(self)]));
  const cluster = new Cluster({ seed, delegates, tampers, decode: seed % 8 === 0 });
  const { driver } = cluster;
  driver.weather = { loss: 0.1, duplication: 0.1, slow: 0.3, fastUs: 60_000, slowUs: 2_000_000 };
  driver.mortal = new Set(cluster.honest);
  driver.crashChance = 0.01;
  driver.startAll();
  for (let phase = 0; phase < 4; phase++) {
    const split = draws.below(1 << delegates);
    driver.cut = (from, to) => draws.chance(0.5) && ((split >> from) & 1) !== ((split >> to) & 1);
    driver.run(1_000_000);
  }
  return cluster;
}

function heal({ driver }: Cluster): void {
  driver.cut = () => false;
  driver.crashChance = 0;
  driver.weather = { loss: 0, duplication: 0, slow: 0, fastUs: 20_000, slowUs: 0 };
  driver.startAll();
}

for (const [name, strategy] of Object.entries(STRATEGIES)) {
  test(`${name} members up to f: agreement, no self-contradiction, no honest culprit, and progress after the storm`, () => {
    for (let seed = 0; seed < SCHEDULES; seed++) {
      const cluster = storm(seed, strategy);
      expect(cluster.faults, `seed ${seed}`).toEqual([]);
      heal(cluster);
      const target = Math.max(0, ...cluster.heights) + 2;
      expect(cluster.reach(target), `seed ${seed} reaches height ${target}, is at ${cluster.heights}`).toBe(true);
      expect(cluster.faults, `seed ${seed}`).toEqual([]);
    }
  });
}
