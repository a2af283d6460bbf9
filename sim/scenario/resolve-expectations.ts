import { type GivenComparison, type GivenExpect, parseMetricKey } from "./expect-keys.ts";
import {
  CONSENSUS_INVARIANTS,
  type Expectation,
  type FigureReference,
  METRICS,
  type Metric,
  type MetricScope,
} from "./expectation.ts";
import type { Operation } from "./operation.ts";
import type { Problems } from "./problems.ts";
import type {
  DeviceGroup,
  LightClientScenario,
  RootchainScenario,
  SubchainScenario,
  TransferLoad,
} from "./scenario.ts";
import type { Placed } from "./source.ts";
import { nearest, oneOf } from "./suggest.ts";

/** What expectations refer to. */
export interface ExpectationContext {
  readonly durationUs: number;
  /** Whether chains, loads and light clients are as the file wants them, so that a name that leads nowhere is wrong. */
  readonly named: boolean;
  readonly rootchain: Pick<RootchainScenario, "committee">;
  readonly subchains: readonly Pick<SubchainScenario, "name" | "committee">[];
  readonly workload: readonly Pick<TransferLoad, "name">[];
  readonly operations?: readonly Pick<Operation, "name">[];
  readonly lightClients: readonly Pick<LightClientScenario, "name">[];
  readonly devices?: readonly Pick<DeviceGroup, "name" | "send">[];
}

/** @returns how many faulty members the chain's committee bears, or undefined where there is no such chain */
function faultyOf({ rootchain, subchains }: ExpectationContext, name: string): number | undefined {
  const chain = name === "root" ? rootchain : subchains.find((each) => each.name === name);
  return chain && Math.floor((chain.committee - 1) / 3);
}

/** @returns the lines of `expect:` in the table's order; safety is among them unless a violation is expected */
export function resolveExpectations(
  given: GivenExpect,
  context: ExpectationContext,
  problems: Problems,
): Expectation[] {
  const { safety, liveness, violation } = given;
  const result: Expectation[] = [];
  if (violation === undefined) result.push({ kind: "safety", name: "safety" });
  else result.push(...resolveViolation(violation, context, problems));
  if (violation !== undefined && safety !== undefined) {
    problems.add({
      at: safety.at,
      message: "safety cannot hold in a run that must violate it",
      expected: "safety or violation",
    });
  }
  if (liveness !== undefined) result.push(...resolveLiveness(liveness, context, problems));
  return [...result, ...resolveComparisons(given, context, problems)];
}

function resolveLiveness(
  { value: { within, core }, at }: NonNullable<GivenExpect["liveness"]>,
  { durationUs }: ExpectationContext,
  problems: Problems,
): Expectation[] {
  if (within === undefined) {
    if (problems.within(at)) return [];
    problems.add({ at, message: "liveness within what time?", expected: "within: 30 s of heal" });
    return [];
  }
  if (within.value > durationUs) {
    problems.add({ at: within.at, message: "the bound is longer than the run", expected: "a time below the duration" });
  }
  const plain = { kind: "liveness", name: "liveness", withinUs: within.value } as const;
  if (core === undefined) return [plain];
  const latestUs = durationUs - within.value - 1;
  const coreAtUs = core.value.at?.value ?? latestUs;
  if (coreAtUs > latestUs || latestUs < 0) {
    const expected = `a time below ${Math.max(0, latestUs) / 1_000_000} s`;
    problems.add({ at: core.value.at?.at ?? core.at, message: "the run is over before the bound is", expected });
  }
  return [{ ...plain, coreAtUs }];
}

function resolveViolation(
  { value: { chain, invariant }, at }: NonNullable<GivenExpect["violation"]>,
  context: ExpectationContext,
  problems: Problems,
): Expectation[] {
  if (!CONSENSUS_INVARIANTS.includes(invariant))
    return [{ kind: "violation", name: "violation", chain: "", invariant, minimumCulprits: 0 }];
  const faulty = faultyOf(context, chain ?? "root");
  if (faulty === undefined && !context.named) return [];
  if (faulty === undefined) {
    const names = ["root", ...context.subchains.map(({ name }) => name)];
    refuseName({ value: chain ?? "", at }, "chain", names, problems);
    return [];
  }
  return [{ kind: "violation", name: "violation", chain: chain ?? "root", invariant, minimumCulprits: faulty + 1 }];
}

/** Comparisons stand in the order of the table, and those of one figure as the file has them. */
function resolveComparisons(given: GivenExpect, context: ExpectationContext, problems: Problems): Expectation[] {
  const metrics = Object.keys(METRICS) as Metric[];
  const place = ({ metric }: { metric: Metric }) => metrics.indexOf(metric);
  return given.comparisons
    .flatMap((each) => resolveComparison(each, context, problems))
    .toSorted((a, b) => place(a) - place(b));
}

type ResolvedComparison = Extract<Expectation, { kind: "comparison" }>;

function resolveComparison(
  { name, key, subject, metrics, comparison }: GivenComparison,
  context: ExpectationContext,
  problems: Problems,
): ResolvedComparison[] {
  const owner = subject === null ? withoutSubject(metrics) : ownerOf(subject, metrics, context);
  if (owner === undefined && !context.named) return [];
  if (owner === undefined) {
    const names = metrics.flatMap((metric) => subjectsOf(METRICS[metric].scope, context));
    refuseName({ value: subject ?? "", at: key.at }, thing(metrics), names, problems);
    return [];
  }
  if (METRICS[owner.metric].scope !== "run" && !checkThere(name, owner.metric, comparison, context, problems))
    return [];
  const { operator, value, timesF, of, outsideFaults } = comparison.value;
  const f = faultyOf(context, METRICS[owner.metric].scope === "chain" ? owner.subject : "root") ?? 0;
  const resolved = { kind: "comparison", name, ...owner, operator, value: value + timesF * f, outsideFaults } as const;
  if (of === "") return [resolved];
  const reference = resolveReference({ value: of, at: comparison.at }, owner.metric, context, problems);
  return reference === undefined ? [] : [{ ...resolved, reference }];
}

/** @returns the figure that another one is compared with, which has to be of the same unit */
function resolveReference(
  { value: name, at }: Placed<string>,
  compared: Metric,
  context: ExpectationContext,
  problems: Problems,
): FigureReference | undefined {
  const key = parseMetricKey(name);
  const owner =
    key && (key.subject === null ? withoutSubject(key.metrics) : ownerOf(key.subject, key.metrics, context));
  const { unit } = METRICS[compared];
  if (owner !== undefined && METRICS[owner.metric].unit === unit) return { name, ...owner };
  if (owner !== undefined || context.named) {
    const message = owner === undefined ? `there is no figure ${name}` : `${name} is measured in another unit`;
    problems.add({ at, message, expected: `a value, or a figure of the same unit (${unit})` });
  }
  return undefined;
}

type Owner = Pick<ResolvedComparison, "metric" | "subject">;

function withoutSubject([metric]: readonly Metric[]): Owner | undefined {
  return metric && { metric, subject: METRICS[metric].scope === "chain" ? "root" : "" };
}

/** @returns the figure of the chain, load or group that has this name */
function ownerOf(subject: string, metrics: readonly Metric[], context: ExpectationContext): Owner | undefined {
  const metric = metrics.find((each) => subjectsOf(METRICS[each].scope, context).includes(subject));
  return metric && { metric, subject };
}

function subjectsOf(scope: MetricScope, context: ExpectationContext): string[] {
  const { subchains, workload, operations = [], lightClients, devices = [] } = context;
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  switch (scope) {
    case "run":
      return [];
    case "chain":
      return ["root", ...names(subchains)];
    case "load":
      return names(workload);
    case "subchain":
      return names(subchains);
    case "light":
      return names(lightClients);
    case "operation":
      return names(operations);
    case "device":
      return names(devices);
  }
}

const THINGS: Readonly<Record<MetricScope, string>> = {
  run: "run",
  chain: "chain",
  load: "load",
  subchain: "subchain",
  light: "group of light clients",
  operation: "operation",
  device: "group of devices",
};

function thing(metrics: readonly Metric[]): string {
  return [...new Set(metrics.map((metric) => THINGS[METRICS[metric].scope]))].join(" or ");
}

const SOURCES: Readonly<Record<MetricScope, readonly [nothing: string, expected: string]>> = {
  run: ["a run", "a run"],
  chain: ["chains", "a chain"],
  load: ["transfers", "a transfer under workload"],
  subchain: ["subchains", "a chain under subchains"],
  light: ["light clients", "a group under light"],
  operation: ["operations", "one under workload"],
  device: ["devices", "a group under devices"],
};

/** A figure of something that the scenario does not have is never measured. */
function checkThere(
  name: string,
  metric: Metric,
  { at }: Placed<unknown>,
  context: ExpectationContext,
  problems: Problems,
): boolean {
  const { scope } = METRICS[metric];
  if (!context.named || subjectsOf(scope, context).length > 0) return true;
  // All transfers together are those of devices, too.
  if (name === metric && scope === "load" && context.devices?.some(({ send }) => send.crossing) === true) return true;
  const [nothing, expected] = SOURCES[scope];
  problems.add({ at, message: `${name} of a scenario without ${nothing}`, expected });
  return false;
}

function refuseName({ value, at }: Placed<string>, what: string, names: readonly string[], problems: Problems): void {
  const message = `there is no ${what} ${value}`;
  problems.add({ at, message, expected: oneOf(names), suggestion: nearest(value, names) });
}
