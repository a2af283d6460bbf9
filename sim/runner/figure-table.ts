import { METRICS, type Metric, type MetricScope, type MetricUnit } from "../scenario/expectation.ts";
import { figureOf } from "./figure-of.ts";
import type { Findings } from "./findings.ts";
import type { NamedFigure } from "./summary.ts";

const UNITS: Readonly<Record<MetricUnit, string>> = {
  time: "s",
  share: "share",
  count: "count",
  size: "B",
  amount: "IOTX",
  rate: "1/s",
  energy: "J",
};
const US_PER_SECOND = 1_000_000;

/** @returns whom a metric is told of one by one, besides all together */
function subjectsOf(
  scope: MetricScope,
  { chains, tallies, light, operations = [], devices }: Findings,
): readonly string[] {
  switch (scope) {
    case "run":
      return [];
    case "chain":
      return chains.slice(1);
    case "load":
      return tallies.map(({ load }) => load.name);
    case "subchain":
      return chains.slice(1);
    case "light":
      return [...new Set(light.map(({ group }) => group))];
    case "operation":
      return operations.map(({ operation }) => operation.name);
    case "device":
      return devices.map(({ name }) => name);
  }
}

/** @returns the key by which `expect:` asks for a figure */
function keyOf(metric: Metric, scope: MetricScope, subject: string): string {
  if (subject === "") return metric;
  const [family, ...rest] = metric.split(".");
  if (scope === "chain") return `${subject}.${metric}`;
  if (scope === "load" || scope === "operation") return `${subject}.${rest.join(".")}`;
  return `${family}.${subject}.${rest.join(".")}`;
}

/** @returns every figure of a run that has samples, by name */
export function figureTable(findings: Findings): NamedFigure[] {
  const figures: NamedFigure[] = [];
  for (const metric of Object.keys(METRICS) as Metric[]) {
    const { scope, unit } = METRICS[metric];
    for (const subject of ["", ...subjectsOf(scope, findings)]) {
      const { value } = figureOf(metric, subject, findings);
      if (value === null) continue;
      const shown = unit === "time" ? value / US_PER_SECOND : value;
      figures.push({ name: keyOf(metric, scope, subject), value: shown, unit: UNITS[unit] });
    }
  }
  return figures.sort((a, b) => (a.name < b.name ? -1 : 1));
}
