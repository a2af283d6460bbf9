import { numberNodes, type Scenario } from "../scenario/index.ts";
import { operationsOf } from "../scenario/operation.ts";
import type { Adversary, DeviceGroup, NodeGroup, RootchainScenario, SubchainScenario } from "../scenario/scenario.ts";
import { fewest, lowest } from "./minimize.ts";
import { groupOfNodes, groupsOf, nodesOf, withGroups, withOperations } from "./operations.ts";
import type { Search } from "./search.ts";

/** A chain with fewer signers than this bears no fault at all, and is another thing. */
const MIN_SIGNERS = 4;

type Population = Pick<Scenario, "rootchain" | "subchains" | "relayers" | "lightClients" | "devices">;

/** How many nodes each range holds, in the order of their numbers. */
function countsOf(scenario: Population): Map<string, { first: number; count: number }> {
  const { delegates, standby, chains, relayers, lightClients, gateways, devices } = numberNodes(scenario);
  const [root, ...subchains] = chains;
  return new Map([
    ["delegates", delegates],
    ["standby", standby],
    ["root full nodes", root?.fullNodes ?? { first: 0, count: 0 }],
    ...subchains.flatMap(({ name, signers, fullNodes }): [string, { first: number; count: number }][] => [
      [`operators of ${name}`, signers],
      [`full nodes of ${name}`, fullNodes],
    ]),
    ["relayers", relayers],
    ...lightClients.map((range): [string, { first: number; count: number }] => [`clients ${range.name}`, range]),
    ...gateways.map((range, at): [string, { first: number; count: number }] => {
      return [`gateways of ${devices[at]?.name}`, range];
    }),
    ...devices.map((range): [string, { first: number; count: number }] => [`devices ${range.name}`, range]),
  ]);
}

/** @returns which nodes of a range stay, ascending: those that a fault or an adversary names before others */
function staying(
  { first, count }: { first: number; count: number },
  most: number,
  named: ReadonlySet<number>,
): number[] {
  const nodes = Array.from({ length: count }, (_, index) => first + index);
  const [wanted, others] = [nodes.filter((node) => named.has(node)), nodes.filter((node) => !named.has(node))];
  return [...wanted, ...others].slice(0, most).sort((a, b) => a - b);
}

/** Gives a scenario another population; groups follow the nodes that stay. */
function withPopulation(scenario: Scenario, population: Population): Scenario {
  const { faults, adversaries } = scenario;
  const victims = adversaries.flatMap(({ victim }) => (victim === undefined ? [] : [victim]));
  const named = new Set([...[...faults, ...adversaries].flatMap(groupsOf).flatMap(nodesOf), ...victims]);
  const after = countsOf(population);
  const renumbered = new Map<number, number>();
  for (const [name, range] of countsOf(scenario)) {
    const now = after.get(name) ?? { first: 0, count: 0 };
    for (const [index, node] of staying(range, now.count, named).entries()) renumbered.set(node, now.first + index);
  }
  const follow = (group: NodeGroup) =>
    groupOfNodes(nodesOf(group).flatMap((node) => (renumbered.has(node) ? [renumbered.get(node) as number] : [])));
  const moved = <T extends object>(list: readonly T[]) => list.map((each) => withGroups(each, follow));
  const hunting = moved(adversaries).flatMap(({ victim, ...each }): Adversary[] => {
    if (victim === undefined) return [each];
    const now = renumbered.get(victim);
    return now === undefined ? [] : [{ ...each, victim: now }]; // Nobody is left to be after.
  });
  const smaller = { ...scenario, ...population, faults: moved(faults), adversaries: hunting };
  return withOperations(smaller, operationsOf(smaller));
}

function smallerRoot(rootchain: RootchainScenario, { delegates, standby }: { delegates: number; standby: number }) {
  const { stakes, sortition } = rootchain;
  const committee = Math.min(rootchain.committee, delegates);
  const quorum = Math.floor((2 * committee) / 3) + 1;
  return {
    ...rootchain,
    delegates,
    standby,
    committee,
    roundsPerIteration: Math.min(rootchain.roundsPerIteration, committee),
    threshold: sortition === "threshold" ? rootchain.threshold : { expectedSize: committee, quorum },
    stakes: [...stakes.slice(0, delegates), ...stakes.slice(rootchain.delegates, rootchain.delegates + standby)],
  };
}

function smallerSubchain(subchain: SubchainScenario, operators: number): SubchainScenario {
  const committee = Math.min(subchain.committee, operators);
  return { ...subchain, operators, committee, roundsPerIteration: Math.min(subchain.roundsPerIteration, committee) };
}

function fewerDevices(group: DeviceGroup, count: number): DeviceGroup {
  const { places } = group;
  if (places === undefined) return { ...group, count };
  return { ...group, count, places: { x: places.x.slice(0, count), y: places.y.slice(0, count) } };
}

function fewerGateways(group: DeviceGroup, gateways: number): DeviceGroup {
  const { gatewayPlaces } = group;
  if (gatewayPlaces === undefined) return { ...group, gateways };
  const { x, y } = gatewayPlaces;
  return { ...group, gateways, gatewayPlaces: { x: x.slice(0, gateways), y: y.slice(0, gateways) } };
}

type Resize = (scenario: Scenario, count: number) => Population;

/** @returns every count that may fall: what it is, how low, and the population with another */
function countersOf({
  rootchain,
  subchains,
  relayers,
  devices = [],
}: Scenario): [count: number, least: number, resize: Resize][] {
  return [
    [rootchain.fullNodes, 0, (now, fullNodes) => ({ ...now, rootchain: { ...now.rootchain, fullNodes } })],
    ...devices.flatMap(({ name, count, gateways }): [number, number, Resize][] => {
      const replace = (now: Scenario, by: (group: DeviceGroup) => DeviceGroup) => {
        return { ...now, devices: (now.devices ?? []).map((each) => (each.name === name ? by(each) : each)) };
      };
      return [
        [count, 1, (now, next) => replace(now, (each) => fewerDevices(each, next))],
        [gateways, 1, (now, next) => replace(now, (each) => fewerGateways(each, next))],
      ];
    }),
    [relayers.count, 0, (now, count) => ({ ...now, relayers: { ...now.relayers, count } })],
    [
      rootchain.standby,
      0,
      (now, standby) => ({ ...now, rootchain: smallerRoot(now.rootchain, { ...now.rootchain, standby }) }),
    ],
    [
      rootchain.delegates,
      MIN_SIGNERS,
      (now, delegates) => ({ ...now, rootchain: smallerRoot(now.rootchain, { ...now.rootchain, delegates }) }),
    ],
    ...subchains.flatMap(({ name, operators, fullNodes }): [number, number, Resize][] => {
      const replace = (now: Scenario, by: (old: SubchainScenario) => SubchainScenario) => {
        return { ...now, subchains: now.subchains.map((each) => (each.name === name ? by(each) : each)) };
      };
      return [
        [fullNodes, 0, (now, count) => replace(now, (old) => ({ ...old, fullNodes: count }))],
        [operators, MIN_SIGNERS, (now, count) => replace(now, (old) => smallerSubchain(old, count))],
      ];
    }),
  ];
}

function populationOf({ rootchain, subchains, relayers, lightClients, devices }: Population): Population {
  const things = devices === undefined ? {} : { devices };
  return { rootchain, subchains, relayers, lightClients, ...things };
}

/** Whole subchains go with the loads, light clients and devices that need them. */
async function dropSubchains(search: Search): Promise<void> {
  await fewest(search.scenario.subchains, (subchains) => {
    const { scenario } = search;
    const names = new Set(["root", ...subchains.map(({ name }) => name)]);
    const lightClients = scenario.lightClients.filter(({ chain }) => names.has(chain));
    const left = scenario.devices?.filter(
      ({ chain, send }) => names.has(chain) && names.has(send.crossing?.to ?? chain),
    );
    const things = left === undefined ? {} : { devices: left };
    const smaller = withPopulation(scenario, { ...populationOf(scenario), subchains, lightClients, ...things });
    const workload = scenario.workload.filter(({ from, to }) => names.has(from) && names.has(to));
    return search.attempt({ ...smaller, workload });
  });
}

/** Whole groups of devices go with their gateways. */
async function dropDevices(search: Search): Promise<void> {
  await fewest(search.scenario.devices ?? [], (devices) => {
    const { scenario } = search;
    return search.attempt(withPopulation(scenario, { ...populationOf(scenario), devices }));
  });
}

/** Fewer subchains and groups of devices, and fewer nodes of every role. */
export async function shrinkPopulation(search: Search): Promise<void> {
  await dropSubchains(search);
  await dropDevices(search);
  for (const [count, least, resize] of countersOf(search.scenario)) {
    await lowest(count, least, (next) => {
      const { scenario } = search;
      return search.attempt(withPopulation(scenario, populationOf(resize(scenario, next))));
    });
  }
  const { committee } = search.scenario.rootchain;
  await lowest(committee, MIN_SIGNERS, (next) => {
    const { rootchain } = search.scenario;
    const delegates = { ...smallerRoot({ ...rootchain, committee: next }, rootchain) };
    return search.attempt({ ...search.scenario, rootchain: delegates });
  });
}
