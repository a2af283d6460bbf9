import { stream } from "../kernel/index.ts";
import type { Adversary, Fault, Scenario, Strategy } from "../scenario/index.ts";
import type { DeviceGroup } from "../scenario/scenario.ts";
import { chance, pickOne, within } from "./swarm-draw.ts";

const SWAPS: readonly Strategy[] = [
  "equivocate",
  "double-vote",
  "vote-all",
  "silent",
  "stale-future",
  "twins",
  "lie-view-change",
];
const CHANGES = ["seed", "order", "fault", "lie", "loss", "load"] as const;

/**
 * Changes one thing about a scenario and nothing that decides what is expected of it: nobody else lies, and no fault lasts
 * longer than the last one did.
 *
 * @param seed decides what is changed, and how
 */
export function changed(scenario: Scenario, seed: string): Scenario {
  const draw = stream(seed, "fuzz/change");
  switch (pickOne(draw, CHANGES)) {
    case "seed":
      return { ...scenario, seed: `${scenario.seed.slice(0, 40)}-${draw.below(1_000_000)}` };
    case "order":
      return { ...scenario, perturbation: within(draw, 1, 1_000_000) };
    case "fault":
      return { ...scenario, faults: replaceOne(scenario.faults, draw, (fault) => moved(fault, draw)) };
    case "lie":
      return { ...scenario, adversaries: replaceOne(scenario.adversaries, draw, (each) => lying(each, draw)) };
    case "loss": {
      const { network } = scenario;
      const backbone = { ...network.backbone, lossProbability: within(draw, 0, 50) / 1000 };
      return { ...scenario, network: { ...network, backbone } };
    }
    case "load": {
      const { devices, workload } = scenario;
      // The load of a world of things is what they report, over links that may be worse.
      if (devices !== undefined && workload.length === 0)
        return { ...scenario, devices: replaceOne(devices, draw, (group) => otherwise(group, draw)) };
      const intervalUs = within(draw, 500, 3000) * 1000;
      return { ...scenario, workload: replaceOne(scenario.workload, draw, (load) => ({ ...load, intervalUs })) };
    }
  }
}

type Draw = ReturnType<typeof stream>;

function replaceOne<Item>(items: readonly Item[], draw: Draw, replace: (item: Item) => Item): Item[] {
  const chosen = draw.below(Math.max(1, items.length));
  return items.map((item, place) => (place === chosen ? replace(item) : item));
}

/** Another loss on the air, or another rhythm of waking; none makes a promise that did not hold before. */
function otherwise(group: DeviceGroup, draw: Draw): DeviceGroup {
  const { sleep } = group;
  switch (pickOne(draw, ["loss", "bursts", "jitter"] as const)) {
    case "loss":
      return { ...group, loss: { kind: "bernoulli", probability: within(draw, 0, 50) / 100 } };
    case "bursts": {
      const [meanGoodUs, meanBadUs] = [within(draw, 1, 60) * 1_000_000, within(draw, 1, 10_000) * 1000];
      return { ...group, loss: { kind: "gilbertElliott", meanGoodUs, meanBadUs, lossGood: 0, lossBad: 1 } };
    }
    case "jitter":
      return { ...group, sleep: { ...sleep, jitter: within(draw, 0, 30) / 100 } };
  }
}

/** Within its own window: earlier to end, later to begin, or both. */
function moved(fault: Fault, draw: Draw): Fault {
  const { forUs } = fault;
  if (forUs === null || forUs < 4) return fault;
  const later = within(draw, 0, forUs >> 1);
  return { ...fault, atUs: fault.atUs + later, forUs: within(draw, 1, forUs - later) };
}

/** Whoever lies lies otherwise, or from another time on; those who cannot vote keep to what they can do. */
function lying(adversary: Adversary, draw: Draw): Adversary {
  if (!SWAPS.includes(adversary.strategy) || chance(draw, 1 / 2)) {
    return { ...adversary, fromUs: chance(draw, 1 / 2) ? 0 : within(draw, 0, adversary.fromUs + 10_000_000) };
  }
  return { ...adversary, strategy: pickOne(draw, SWAPS) };
}
