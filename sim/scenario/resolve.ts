import type { ReadText } from "./csv-rows.ts";
import type { GivenScenario } from "./definition.ts";
import { checkDeviceFunds } from "./device-funds.ts";
import { checkEconomics } from "./economics.ts";
import { estimateMemoryBytes, estimateMemoryParts, MEMORY_SHARE } from "./memory.ts";
import { areDisjoint } from "./node-groups.ts";
import { type Numbering, numberNodes } from "./numbering.ts";
import { successorsIn } from "./operation.ts";
import { partPlaces, placeOfLargest } from "./part-places.ts";
import { Problems } from "./problems.ts";
import { resolveDevices } from "./resolve-devices.ts";
import { resolveExpectations } from "./resolve-expectations.ts";
import { FaultResolver } from "./resolve-faults.ts";
import { checkNetwork, resolveHardware, resolveNetwork } from "./resolve-network.ts";
import { checkStakes } from "./resolve-placement.ts";
import { checkRootchain, resolveRootchain } from "./resolve-rootchain.ts";
import { ChainNames, resolveLightClients, resolveSubchains } from "./resolve-subchains.ts";
import { checkUpgrade } from "./resolve-upgrade.ts";
import { resolveWorkload } from "./resolve-workload.ts";
import type { DeviceGroup, RelayerScenario, RootchainScenario, Scenario, SubchainScenario } from "./scenario.ts";
import { NodeResolver } from "./selectors.ts";
import type { Placed, Position } from "./source.ts";

const DEFAULT_DURATION_US = 600_000_000;

/** Outside of the file: what its name is and what the machine holds. */
export interface ResolveContext {
  readonly defaultName: string;
  /** Place of the whole file, for contradictions between defaults. */
  readonly whole: Position;
  readonly totalMemoryBytes: number;
  /** Reads a file that the scenario names; null where there is none. */
  readonly read: ReadText;
}

/**
 * Fills in every default and reports every contradiction. A section that was already refused is not judged again.
 *
 * @returns a scenario that may be run only when `problems` is empty
 */
export function resolveScenario(given: GivenScenario, context: ResolveContext, problems: Problems): Scenario {
  const durationUs = given.duration?.value ?? DEFAULT_DURATION_US;
  const rootchain = resolveRootchain(given.rootchain?.value ?? {});
  const sound = (section: Placed<unknown> | undefined) => section === undefined || !problems.within(section.at);
  const rootSound = sound(given.rootchain);
  if (rootSound) {
    const at = given.rootchain?.at ?? context.whole;
    checkRootchain(given.rootchain?.value ?? {}, rootchain, at, problems);
    checkEconomics(given.rootchain?.value ?? {}, rootchain, at, problems);
  }
  const world = resolveWorld(given, { rootchain, durationUs, problems, sound, read: context.read });
  const nodes = numberNodes(world);
  const network = resolveNetwork(given.network?.value ?? {}, nodes.total);
  const population = rootSound && [given.subchains, given.relayers, given.light, given.devices].every(sound);
  if (population && sound(given.network)) {
    const whole = given.network?.at ?? largeBlockOf(given, rootchain) ?? context.whole;
    const maxBlockBytes = Math.max(...[rootchain, ...world.subchains].map(largestBlockBytes));
    checkNetwork(given.network?.value ?? {}, network, { nodes: nodes.total, maxBlockBytes, whole }, problems);
  }
  const drainUs = given.drain?.value ?? defaultDrainUs(world, durationUs);
  checkTimes(given, { durationUs, roundUs: rootchain.roundUs, drainUs, whole: context.whole }, problems);
  const named = [given.subchains, given.workload, given.light].every(sound);
  const scenario: Scenario = {
    name: given.name?.value ?? context.defaultName,
    question: given.question?.value ?? "",
    tier: given.tier?.value ?? "standard",
    seed: given.seed?.value ?? "1",
    perturbation: given.perturbation?.value ?? 0,
    crypto: given.crypto?.value ?? "real",
    durationUs,
    drainUs,
    ...world,
    network,
    hardware: {
      delegates: resolveHardware(given.hardware?.value.delegates?.value, "server"),
      fullNodes: resolveHardware(given.hardware?.value.fullNodes?.value, "gateway"),
      operators: resolveHardware(given.hardware?.value.operators?.value, "server"),
      relayers: resolveHardware(given.hardware?.value.relayers?.value, "server"),
      lightClients: resolveHardware(given.hardware?.value.lightClients?.value, "device"),
    },
    ...resolveTrouble(
      given,
      { nodes, stakes: rootchain.stakes, successors: successorNodes(world, nodes) },
      durationUs,
      {
        problems,
        nodeProblems: population ? problems : new Problems(),
      },
    ),
    expect: resolveExpectations(given.expect?.value ?? { comparisons: [] }, { ...world, durationUs, named }, problems),
  };
  checkMemory(given, scenario, context, problems);
  return scenario;
}

type World = Pick<
  Scenario,
  "rootchain" | "subchains" | "relayers" | "lightClients" | "devices" | "workload" | "operations"
>;

/** @returns the most bytes that a block of a chain may ever have */
function largestBlockBytes({ maxBlockBytes, upgrade }: RootchainScenario | SubchainScenario): number {
  return Math.max(maxBlockBytes, upgrade?.maxBlockBytes ?? 0);
}

/** @returns the place of a block size that is above what the rootchain begins with */
function largeBlockOf(given: GivenScenario, { maxBlockBytes }: RootchainScenario): Position | undefined {
  const chains = [given.rootchain, ...(given.subchains?.value ?? [])].map((chain) => chain?.value);
  const sizes = chains.flatMap((chain) => [chain?.maxBlock, chain?.upgrade?.value.maxBlock]);
  return sizes.find((size) => size !== undefined && size.value > maxBlockBytes)?.at;
}

interface WorldContext {
  readonly rootchain: RootchainScenario;
  readonly durationUs: number;
  readonly problems: Problems;
  readonly read: ReadText;
  /** Whether nothing is wrong in a section so far. */
  readonly sound: (section: Placed<unknown> | undefined) => boolean;
}

/** @returns the chains, who is there beside them, and what clients do */
function resolveWorld(given: GivenScenario, { rootchain, durationUs, problems, sound, read }: WorldContext): World {
  const { roundUs } = rootchain;
  if (sound(given.rootchain)) checkUpgrade(given.rootchain?.value.upgrade, { roundUs, durationUs }, problems);
  const subchains = resolveSubchains(given.subchains, { rootchain, durationUs, problems });
  // Where the chains themselves are wrong, names that lead nowhere are no news.
  const chains = new ChainNames(subchains, sound(given.subchains) ? problems : new Problems());
  const lightClients = resolveLightClients(given.light?.value ?? [], { chains, rootchain, problems });
  const context = { durationUs, rootchain, subchains, chains, problems, read };
  const { workload, operations } = resolveWorkload(given.workload?.value ?? [], context);
  // A founder's gifts to its chain have to be carried as well.
  const devices = resolveDevices(given.devices, context);
  const crosses = workload.some(({ from, to }) => from !== to) || operations.some(({ kind }) => kind === "register");
  const relayers = resolveRelayers(given.relayers, crosses || devices.some(isCrossing), problems);
  const undertaken = operations.length === 0 ? {} : { operations };
  checkDeviceFunds(given.devices?.value ?? [], { devices, subchains, workload, durationUs, problems });
  const things = devices.length === 0 ? {} : { devices };
  return { rootchain, subchains, relayers, lightClients, ...things, workload, ...undertaken };
}

function isCrossing({ send }: DeviceGroup): boolean {
  return send.crossing !== undefined;
}

const DEFAULT_RELAYERS = 2;
const DEFAULT_POLL_US = 1_000_000;

function resolveRelayers(given: GivenScenario["relayers"], crosses: boolean, problems: Problems): RelayerScenario {
  const count = given?.value.count?.value ?? (crosses ? DEFAULT_RELAYERS : 0);
  const at = given?.value.count?.at;
  if (crosses && count === 0 && at !== undefined) {
    problems.add({ at, message: "nobody carries the transfers between chains", expected: "at least 1" });
  }
  return { count, pollUs: given?.value.poll?.value ?? DEFAULT_POLL_US };
}

const CROSSING_DRAIN_US = 60_000_000;

/** Transfers that started this close to the end had no time to arrive. */
function defaultDrainUs({ rootchain, workload, devices = [] }: World, durationUs: number): number {
  const crosses = workload.some(({ from, to }) => from !== to) || devices.some(isCrossing);
  const drainUs = Math.max(2 * rootchain.roundUs, crosses ? CROSSING_DRAIN_US : 0);
  return Math.min(drainUs, Math.floor(durationUs / 2));
}

/** @returns numbers of the full nodes that take seats during the run */
function successorNodes(world: World, { chains }: Numbering): Set<number> {
  return new Set(
    successorsIn(world).map(({ chain, fullNode }) => {
      return (chains.find(({ name }) => name === chain)?.fullNodes.first ?? 0) + fullNode;
    }),
  );
}

/** @returns the faults and adversaries that are sound; `nodeProblems` apart, as the population itself may be wrong */
function resolveTrouble(
  given: GivenScenario,
  { nodes, stakes, successors }: { nodes: Numbering; stakes: readonly string[]; successors: ReadonlySet<number> },
  durationUs: number,
  { problems, nodeProblems }: { problems: Problems; nodeProblems: Problems },
): Pick<Scenario, "faults" | "adversaries"> {
  const nodeResolver = new NodeResolver(nodes, nodeProblems);
  const resolver = new FaultResolver(nodeResolver, durationUs, { problems, nodeProblems, successors });
  const faults = (given.faults?.value ?? []).map((fault, index) => resolver.fault(fault, index));
  const adversaries = (given.adversaries?.value ?? []).map((adversary, index) => resolver.adversary(adversary, index));
  const found = adversaries.filter((adversary) => adversary !== undefined);
  const groups = adversaries.flatMap((adversary, index) => {
    const at = given.adversaries?.value[index]?.at;
    return adversary === undefined || at === undefined ? [] : [{ value: adversary.nodes, at }];
  });
  areDisjoint(groups, nodeProblems);
  checkStakes(adversaries, given, { stakes, problems: nodeProblems });
  checkCrashes(faults, given, nodeProblems);
  return { faults: faults.filter((fault) => fault !== undefined), adversaries: found };
}

/** Nodes that are down cannot go down: at no time may more be down than exist. */
function checkCrashes(
  faults: readonly (Scenario["faults"][number] | undefined)[],
  given: GivenScenario,
  problems: Problems,
): void {
  const end = ({ atUs, forUs }: Scenario["faults"][number]) =>
    forUs === null ? Number.POSITIVE_INFINITY : atUs + forUs;
  for (const [index, fault] of faults.entries()) {
    if (fault?.kind !== "crash") continue;
    const earlier = faults
      .slice(0, index)
      .filter((other) => other?.kind === "crash" && other.atUs < end(fault) && fault.atUs < end(other));
    const down = [...earlier, fault].flatMap((other) => (other?.kind === "crash" ? other.nodes : []));
    for (const { first, last } of fault.nodes) {
      const inRange = down.filter((other) => other.first >= first && other.last <= last);
      const crashed = inRange.reduce((sum, { count }) => sum + Number(count), 0);
      const at = given.faults?.value[index]?.at;
      if (crashed <= last - first + 1 || at === undefined) continue;
      problems.add({
        at,
        message: `${crashed} nodes are down at once of only ${last - first + 1}`,
        expected: "fewer, or an earlier restart",
      });
    }
  }
}

function checkTimes(
  given: GivenScenario,
  { durationUs, roundUs, drainUs, whole }: { durationUs: number; roundUs: number; drainUs: number; whole: Position },
  problems: Problems,
): void {
  if (durationUs < roundUs) {
    const at = given.duration?.at ?? given.rootchain?.value.round?.at ?? whole;
    problems.add({
      at,
      message: "the run is over before the first block",
      expected: `at least one round of ${roundUs / 1_000_000} s`,
    });
  }
  if (given.drain !== undefined && drainUs >= durationUs) {
    problems.add({
      at: given.drain.at,
      message: "the drain leaves no transfer to count",
      expected: "a time below the duration",
    });
  }
}

function checkMemory(
  given: GivenScenario,
  scenario: Scenario,
  { whole, totalMemoryBytes }: ResolveContext,
  problems: Problems,
): void {
  const parts = estimateMemoryParts(scenario);
  const needed = estimateMemoryBytes(scenario);
  if (needed <= totalMemoryBytes * MEMORY_SHARE) return;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const message = `this run would take about ${mebibytes(needed)} of memory`;
  problems.add({
    at: placeOfLargest(partPlaces(given, whole), parts),
    message,
    expected: `a size within ${mebibytes(totalMemoryBytes * MEMORY_SHARE)}, which is what this machine has to spare: fewer nodes, less load or a shorter duration`,
  });
}
