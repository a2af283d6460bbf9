import type { GivenScenario, GivenTransfer } from "./definition.ts";
import { estimateMemoryBytes } from "./memory.ts";
import { areDisjoint } from "./node-groups.ts";
import { Problems } from "./problems.ts";
import { resolveExpectations } from "./resolve-expectations.ts";
import { FaultResolver } from "./resolve-faults.ts";
import { checkNetwork, resolveHardware, resolveNetwork } from "./resolve-network.ts";
import { checkRootchain, resolveRootchain } from "./resolve-rootchain.ts";
import type { RootchainScenario, Scenario, TransferLoad } from "./scenario.ts";
import { NodeResolver } from "./selectors.ts";
import type { Placed, Position } from "./source.ts";

const DEFAULT_DURATION_US = 600_000_000;
/** Part of the machine's memory that a run may take. */
const MEMORY_SHARE = 0.8;

/** Outside of the file: what its name is and what the machine holds. */
export interface ResolveContext {
  readonly defaultName: string;
  /** Place of the whole file, for contradictions between defaults. */
  readonly whole: Position;
  readonly totalMemoryBytes: number;
}

/**
 * Fills in every default and reports every contradiction. A section that was already refused is not judged again.
 *
 * @returns a scenario that may be run only when `problems` is empty
 */
export function resolveScenario(given: GivenScenario, context: ResolveContext, problems: Problems): Scenario {
  const durationUs = given.duration?.value ?? DEFAULT_DURATION_US;
  const rootchain = resolveRootchain(given.rootchain?.value ?? {});
  const nodes = rootchain.delegates + rootchain.standby + rootchain.fullNodes;
  const network = resolveNetwork(given.network?.value ?? {}, nodes);
  const sound = (section: Placed<unknown> | undefined) => section === undefined || !problems.within(section.at);
  const population = sound(given.rootchain);
  if (population)
    checkRootchain(given.rootchain?.value ?? {}, rootchain, given.rootchain?.at ?? context.whole, problems);
  if (population && sound(given.network)) {
    const whole = given.network?.at ?? context.whole;
    checkNetwork(
      given.network?.value ?? {},
      network,
      { nodes, maxBlockBytes: rootchain.maxBlockBytes, whole },
      problems,
    );
  }
  const workload = (given.workload?.value ?? []).flatMap((load) => resolveLoad(load, durationUs, problems));
  const drainUs = given.drain?.value ?? Math.min(2 * rootchain.roundUs, Math.floor(durationUs / 2));
  checkTimes(given, { durationUs, roundUs: rootchain.roundUs, drainUs, whole: context.whole }, problems);
  const f = Math.floor((rootchain.committee - 1) / 3);
  const hasTransfers = given.workload !== undefined;
  const scenario: Scenario = {
    name: given.name?.value ?? context.defaultName,
    question: given.question?.value ?? "",
    tier: given.tier?.value ?? "standard",
    seed: given.seed?.value ?? "1",
    perturbation: given.perturbation?.value ?? 0,
    crypto: given.crypto?.value ?? "real",
    durationUs,
    drainUs,
    rootchain,
    network,
    hardware: {
      delegates: resolveHardware(given.hardware?.value.delegates?.value, "server"),
      fullNodes: resolveHardware(given.hardware?.value.fullNodes?.value, "gateway"),
    },
    workload,
    ...resolveTrouble(given, rootchain, durationUs, { problems, nodeProblems: population ? problems : new Problems() }),
    expect: resolveExpectations(given.expect?.value ?? {}, { f, durationUs, hasTransfers }, problems),
  };
  checkMemory(given, scenario, context, problems);
  return scenario;
}

/** @returns the faults and adversaries that are sound; `nodeProblems` apart, as the population itself may be wrong */
function resolveTrouble(
  given: GivenScenario,
  population: RootchainScenario,
  durationUs: number,
  { problems, nodeProblems }: { problems: Problems; nodeProblems: Problems },
): Pick<Scenario, "faults" | "adversaries"> {
  const resolver = new FaultResolver(new NodeResolver(population, nodeProblems), durationUs, problems, nodeProblems);
  const faults = (given.faults?.value ?? []).map((fault, index) => resolver.fault(fault, index));
  const adversaries = (given.adversaries?.value ?? []).map((adversary, index) => resolver.adversary(adversary, index));
  const found = adversaries.filter((adversary) => adversary !== undefined);
  const groups = adversaries.flatMap((adversary, index) => {
    const at = given.adversaries?.value[index]?.at;
    return adversary === undefined || at === undefined ? [] : [{ value: adversary.nodes, at }];
  });
  areDisjoint(groups, nodeProblems);
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

function resolveLoad(
  { value, at }: Placed<{ transfer?: Placed<GivenTransfer> }>,
  durationUs: number,
  problems: Problems,
): TransferLoad[] {
  const given = value.transfer?.value;
  if (given === undefined) {
    problems.add({ at, message: "a load of no kind", expected: "transfer" });
    return [];
  }
  const { start, stop } = given;
  const startUs = start?.value ?? 0;
  const stopUs = stop?.value ?? durationUs;
  if (startUs >= stopUs)
    problems.add({
      at: (start ?? stop)?.at ?? at,
      message: "the load stops before it starts",
      expected: "start below stop and the duration",
    });
  else if (stopUs > durationUs)
    problems.add({
      at: stop?.at ?? at,
      message: "the load stops when the run is over",
      expected: "at most the duration",
    });
  return [
    {
      kind: "transfer",
      from: "root",
      to: "root",
      intervalUs: given.rate?.value ?? 1_000_000,
      amount: given.amount?.value ?? { min: "1000000000000000000", max: "5000000000000000000" },
      accounts: given.accounts?.value ?? 100,
      dataBytes: given.data?.value ?? 0,
      startUs,
      stopUs,
    },
  ];
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
  const needed = estimateMemoryBytes(scenario);
  if (needed <= totalMemoryBytes * MEMORY_SHARE) return;
  const at =
    given.rootchain?.value.fullNodes?.at ??
    given.rootchain?.value.delegates?.at ??
    given.workload?.at ??
    given.duration?.at ??
    whole;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const message = `this run would take about ${mebibytes(needed)} of memory`;
  problems.add({
    at,
    message,
    expected: `a size within ${mebibytes(totalMemoryBytes * MEMORY_SHARE)}, which is what this machine has to spare`,
  });
}
