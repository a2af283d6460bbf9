import { namesOf } from "./chain-keys.ts";
import { type Comparison, comparison } from "./comparisons.ts";
import {
  CONSENSUS_INVARIANTS,
  INVARIANTS,
  type Invariant,
  METRICS,
  type Metric,
  type MetricScope,
} from "./expectation.ts";
import { choice, field, type Kind, quote, record, scalarKind } from "./kinds.ts";
import { isNull, type Located, type LocatedEntry } from "./located.ts";
import type { Problems } from "./problems.ts";
import * as quantities from "./quantities.ts";
import type { Placed } from "./source.ts";
import { nearest } from "./suggest.ts";

/** A figure as a key of `expect:` names it: whose it is (null where the key does not say) and which. */
export interface MetricKey {
  readonly subject: string | null;
  /** One, or what a chain and a load call by the same name: the subject decides. */
  readonly metrics: readonly Metric[];
}

/** One comparison of `expect:`; the name is its key. */
export interface GivenComparison extends MetricKey {
  readonly name: string;
  readonly key: Placed<string>;
  readonly comparison: Placed<Comparison>;
}

/** An invariant that must break, and on which chain (null where the file does not say). */
export interface GivenViolation {
  readonly chain: string | null;
  readonly invariant: Invariant;
}

const withinOfHeal: Kind<number> = scalarKind("a time such as 30 s of heal", { type: "string" }, (scalar) => {
  const bare = scalar.text.replace(/\s+of\s+heal$/u, "");
  return quantities.parseDuration({ ...scalar, text: bare });
});

const invariants = namesOf<Invariant>(INVARIANTS);
const onChain = CONSENSUS_INVARIANTS.join("|");

/** `agreement` on the rootchain, or `home-1.agreement`. */
const violation: Kind<GivenViolation> = scalarKind(
  `one of ${invariants.join(", ")}`,
  {
    anyOf: [
      { type: "string", enum: invariants },
      { type: "string", pattern: String.raw`^[a-z][a-z0-9-]*\.(${onChain})$` },
    ],
  },
  ({ text }) => {
    const dot = text.lastIndexOf(".");
    const [chain, word] = dot < 0 ? [null, text] : [text.slice(0, dot), text.slice(dot + 1)];
    const invariant = invariants.find((name) => name === word);
    if (invariant === undefined)
      return { refused: `unknown name ${quote(word)}`, suggestion: nearest(word, invariants) };
    if (chain !== null && !CONSENSUS_INVARIANTS.includes(invariant))
      return { refused: `${invariant} speaks of several chains`, suggestion: invariant };
    return { value: { chain, invariant } };
  },
);

const verdicts = record({
  safety: field(choice(["always"]), "No invariant is violated; holds by default."),
  liveness: field(
    record({
      within: field(withinOfHeal, "Bound on the time to a final block after every heal."),
      core: field(
        record({ at: field(quantities.positiveDuration, "When; default the latest moment that the bound allows.") }),
        "A random core with a quorum is freed of all faults, which stay as they are elsewhere: it must make progress.",
      ),
    }),
    "Progress returns.",
  ),
  violation: field(
    violation,
    "This run must break this invariant; where it is one of consensus, evidence must name more than f culprits and no honest node.",
  ),
});

/** First words of figures that one load's, or operation's, are told without. */
const FAMILIES: Readonly<Partial<Record<MetricScope, string>>> = { load: "transfers", operation: "operations" };

const VERDICTS = ["safety", "liveness", "violation"];
const metricNames = namesOf<Metric>(METRICS);

/** @returns the word before the first dot, and what follows it */
function splitKey(key: string): [first: string, rest: string] {
  const dot = key.indexOf(".");
  return dot < 0 ? [key, ""] : [key.slice(0, dot), key.slice(dot + 1)];
}

/** Reads `height`, `home-1.height`, `NAME.latency.p50`, `quota.home-1.spent`. @returns undefined when it names no figure */
export function parseMetricKey(key: string): MetricKey | undefined {
  const exact = metricNames.find((metric) => metric === key);
  if (exact !== undefined) return { subject: null, metrics: [exact] };
  const [first, rest] = splitKey(key);
  const [second, figure] = splitKey(rest);
  const inFamily = metricNames.find((metric) => metric === `${first}.${figure}`);
  if (inFamily !== undefined && ["subchain", "light", "device"].includes(METRICS[inFamily].scope))
    return { subject: second, metrics: [inFamily] };
  const metrics = metricNames.filter((metric) => {
    const { scope } = METRICS[metric];
    return (scope === "chain" && metric === rest) || (scope in FAMILIES && metric === `${FAMILIES[scope]}.${rest}`);
  });
  return metrics.length === 0 ? undefined : { subject: first, metrics };
}

/** What `expect:` reads as. */
export type GivenExpect = (typeof verdicts extends Kind<infer T> ? T : never) & {
  readonly comparisons: readonly GivenComparison[];
};

const EXPECTED = "safety, liveness, violation or a figure (orrery list names them all)";

function readComparison({ key, value }: LocatedEntry, problems: Problems): GivenComparison[] {
  const parsed = parseMetricKey(key.value);
  if (parsed === undefined) {
    const suggestion = nearest(key.value, [...VERDICTS, ...metricNames]);
    problems.add({ at: key.at, message: `unknown key ${quote(key.value)}`, expected: EXPECTED, suggestion });
    return [];
  }
  const [metric] = parsed.metrics;
  if (isNull(value) || metric === undefined) return [];
  const read = comparison(METRICS[metric].unit).read(value, problems);
  return read === undefined ? [] : [{ name: key.value, key, ...parsed, comparison: { value: read, at: value.at } }];
}

/** The section `expect:`: verdicts by name, and comparisons of figures of the run, its chains, loads and light clients. */
export const expectations: Kind<GivenExpect> = {
  expected: `a map of ${[...VERDICTS, ...metricNames].join(", ")}`,
  schema: expectSchema(),
  read(node: Located, problems: Problems): GivenExpect | undefined {
    const isVerdict = ({ key }: LocatedEntry) => VERDICTS.includes(key.value);
    const own = node.kind === "map" ? { ...node, entries: node.entries.filter(isVerdict) } : node;
    const read = verdicts.read(own, problems);
    if (read === undefined || node.kind !== "map") return undefined;
    const others = node.entries.filter((entry) => !isVerdict(entry));
    return { ...read, comparisons: others.flatMap((entry) => readComparison(entry, problems)) };
  },
};

function expectSchema(): Kind<unknown>["schema"] {
  const described = (metric: Metric) => {
    const { unit, about } = METRICS[metric];
    return { ...comparison(unit).schema, description: `Compares: ${about}.` };
  };
  const own = verdicts.schema as { readonly properties: Readonly<Record<string, unknown>> };
  const properties = { ...own.properties, ...Object.fromEntries(metricNames.map((name) => [name, described(name)])) };
  const ofOne = metricNames.flatMap((metric) => {
    const pattern = patternOf(metric);
    return pattern === undefined ? [] : [[pattern, described(metric)] as const];
  });
  return { ...own, properties, patternProperties: Object.fromEntries(ofOne) };
}

/** @returns the pattern of keys that ask for one chain, load or group only; a figure of a chain and a load is the chain's */
function patternOf(metric: Metric): string | undefined {
  const name = "[A-Za-z][A-Za-z0-9-]*";
  const [family, figure] = splitKey(metric);
  const literal = (text: string) => text.replaceAll(".", String.raw`\.`);
  const ofOne = `^${name}${String.raw`\.`}${literal(figure)}$`;
  switch (METRICS[metric].scope) {
    case "run":
      return undefined;
    case "chain":
      return `^${name}${String.raw`\.`}${literal(metric)}$`;
    case "load":
      return metricNames.some((other) => other === figure) ? undefined : ofOne;
    case "operation":
      return metricNames.some((other) => other === `transfers.${figure}`) ? undefined : ofOne;
    case "subchain":
    case "light":
    case "device":
      return `^${family}${String.raw`\.`}${name}${String.raw`\.`}${literal(figure)}$`;
  }
}
