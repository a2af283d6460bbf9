import { REGION_PRESETS, type Scenario } from "../scenario/index.ts";
import type { DeviceGroup } from "../scenario/scenario.ts";
import { lowest } from "./minimize.ts";
import type { Search } from "./search.ts";

const SECOND_US = 1_000_000;
const { names, latencyUs, share, positions } = REGION_PRESETS.lan;

type Backbone = Scenario["network"]["backbone"];

function backbone(change: (given: Backbone) => Partial<Backbone>): (scenario: Scenario) => Scenario {
  return (scenario) => {
    const given = scenario.network.backbone;
    return { ...scenario, network: { ...scenario.network, backbone: { ...given, ...change(given) } } };
  };
}

/** @returns a change of all groups of devices, which leaves a scenario without any as it is */
function devices(change: (group: DeviceGroup) => DeviceGroup): (scenario: Scenario) => Scenario {
  return (scenario) => {
    const groups = scenario.devices;
    return groups === undefined ? scenario : { ...scenario, devices: groups.map(change) };
  };
}

/** A battery that no run uses up. */
const PLENTY_JOULES = 1_000_000;

/** Settings without which a scenario is easier to understand, each on its own. */
const PLAINER: readonly ((scenario: Scenario) => Scenario)[] = [
  (scenario) => ({ ...scenario, perturbation: 0 }),
  backbone(() => ({ jitter: 0 })),
  backbone(() => ({ duplicationProbability: 0 })),
  backbone(({ reordering }) => ({ reordering: { ...reordering, probability: 0 } })),
  backbone(() => ({ lossProbability: 0 })),
  backbone(() => ({ regions: { names, latencyUs, share, positions } })),
  (scenario) => {
    const { upgrade: _upgrade, ...rootchain } = scenario.rootchain;
    return { ...scenario, rootchain };
  },
  (scenario) => ({ ...scenario, workload: scenario.workload.map((load) => ({ ...load, dataBytes: 0 })) }),
  (scenario) => ({ ...scenario, workload: scenario.workload.map((load) => ({ ...load, accounts: 2 })) }),
  devices((group) => ({ ...group, loss: { kind: "none" } })),
  devices(({ mobility: _mobility, ...group }) => group),
  devices(({ start: _start, ...group }) => group),
  devices(({ air: _air, ...group }) => group),
  devices((group) => {
    const { arrival: _arrival, ...sleep } = group.sleep;
    return { ...group, sleep };
  }),
  devices((group) => {
    const { crossing: _crossing, ...send } = group.send;
    return { ...group, send };
  }),
  devices((group) => ({ ...group, batteryJoules: Math.max(group.batteryJoules, PLENTY_JOULES) })),
  devices((group) => ({ ...group, sleep: { ...group.sleep, jitter: 0 } })),
  devices((group) => ({ ...group, send: { ...group.send, dataBytes: 0, confirmsEvery: 1 } })),
];

interface Timed {
  readonly name: string;
}

/** Values of faults that mean nothing at this number. */
const NEUTRAL: Readonly<Record<string, number>> = { factor: 1 };

/** A number with one digit that counts, nearer to nothing. */
function plain(value: number, step: number): number {
  return Math.trunc(value / step) * step;
}

/** @returns simpler numbers for one field, the simplest first */
function simpler(key: string, value: number): number[] {
  const neutral = NEUTRAL[key] ?? 0;
  const steps = key.endsWith("Us") ? [10 * SECOND_US, SECOND_US, SECOND_US / 10] : [10, 1, 0.1];
  const rounded = steps.map((step) => plain(value, step)).filter((each) => each !== neutral);
  const halved = neutral + Math.trunc((value - neutral) / 2);
  const options = key === "atUs" || key === "fromUs" ? [0, ...rounded] : [...rounded, halved];
  const isSimpler = (each: number) => each !== value && each !== neutral && Math.abs(each) < Math.abs(value);
  return [...new Set(options)].filter((each) => isSimpler(each) || (each === 0 && key.endsWith("Us") && value !== 0));
}

/** Rounder times of what is undertaken; its seats say whom it is about. */
async function simplifyUndertakings(search: Search): Promise<void> {
  for (const { name } of search.scenario.operations ?? []) {
    const given = (search.scenario.operations ?? []).find((each) => each.name === name);
    for (const atUs of given === undefined ? [] : simpler("atUs", given.atUs)) {
      const operations = (search.scenario.operations ?? []).map((each) =>
        each.name === name ? { ...each, atUs } : each,
      );
      if (await search.attempt({ ...search.scenario, operations })) break;
    }
  }
}

async function simplifyNumbers(search: Search, list: "faults" | "adversaries"): Promise<void> {
  for (const { name } of search.scenario[list]) {
    const given = find(search, list, name);
    for (const [key, value] of Object.entries(given ?? {})) {
      if (typeof value === "number") await simplifyNumber(search, { list, name, key, value });
    }
  }
}

function find(search: Search, list: "faults" | "adversaries", name: string): Timed | undefined {
  return (search.scenario[list] as readonly Timed[]).find((each) => each.name === name);
}

interface Field {
  readonly list: "faults" | "adversaries";
  readonly name: string;
  readonly key: string;
  readonly value: number;
}

async function simplifyNumber(search: Search, { list, name, key, value }: Field): Promise<void> {
  for (const next of simpler(key, value)) {
    const named = search.scenario[list] as readonly Timed[];
    const changed = named.map((each) => (each.name === name ? { ...each, [key]: next } : each));
    if (await search.attempt({ ...search.scenario, [list]: changed })) return;
  }
}

/** Fewer transfers: a load that stops as early as it can. */
async function stopLoads(search: Search): Promise<void> {
  for (const { name, intervalUs, startUs, stopUs } of search.scenario.workload) {
    const most = Math.ceil((stopUs - startUs) / intervalUs);
    await lowest(most, 1, (transfers) => {
      const workload = search.scenario.workload.map((load) =>
        load.name === name ? { ...load, stopUs: Math.min(stopUs, startUs + transfers * intervalUs) } : load,
      );
      return search.attempt({ ...search.scenario, workload });
    });
  }
}

/** Rounder times, milder faults, a plainer network, fewer transfers. */
export async function simplifyValues(search: Search): Promise<void> {
  for (const plainer of PLAINER) await search.attempt(plainer(search.scenario));
  await stopLoads(search);
  await simplifyNumbers(search, "faults");
  await simplifyNumbers(search, "adversaries");
  await simplifyUndertakings(search);
}
