import { assertNever } from "../../protocol/core/assert.ts";
import { ENERGY_CAUSES } from "../network/energy.ts";
import type { METRICS, Metric } from "../scenario/expectation.ts";
import type { DeviceFindings } from "./device-figures.ts";
import { count, type Figure, NOTHING, ratio, sampled } from "./figure.ts";
import type { Findings } from "./findings.ts";
import { percentile } from "./samples.ts";

type DeviceMetric = { [M in Metric]: (typeof METRICS)[M]["scope"] extends "device" ? M : never }[Metric];
type Causes = (typeof ENERGY_CAUSES)[number];

function joulesOf({ joules }: DeviceFindings): number {
  return ENERGY_CAUSES.reduce((sum, cause) => sum + joules[cause], 0);
}

/** @returns how many frames of a group were on the air at one time, on average */
function erlangs({ frames, simulatedUs }: DeviceFindings): number {
  return frames.airUs / Math.max(1, simulatedUs);
}

/** @returns the part of a group's frames that came through: of their time on the air, too, where all are of one length */
function throughShare({ frames: { frames, collided, lost } }: DeviceFindings): number {
  return frames === 0 ? 0 : (frames - collided - lost) / frames;
}

type Sum = (of: (group: DeviceFindings) => number) => number;

/** @param subject a group's name; empty: all groups */
export function deviceFigure(metric: DeviceMetric, subject: string, { devices }: Findings): Figure {
  const groups = devices.filter(({ name }) => subject === "" || name === subject);
  if (groups.length === 0) return NOTHING;
  const sum: Sum = (of) => groups.reduce((all, each) => all + of(each), 0);
  switch (metric) {
    case "devices.sent":
      return count(sum(({ sent }) => sent));
    case "devices.wakes":
      return count(sum(({ wakes }) => wakes));
    case "devices.struck":
      return count(sum(({ struck }) => struck));
    case "devices.confirmed":
      return ratio(
        sum(({ spans }) => spans.lengths().length),
        sum(({ sent }) => sent),
      );
    case "devices.latency.p50":
    case "devices.latency.p99": {
      const lengths = Float64Array.from(groups.flatMap(({ spans }) => [...spans.lengths()])).sort();
      return { value: percentile(lengths, metric.endsWith("p50") ? 50 : 99), samples: lengths.length };
    }
    case "devices.delivered":
    case "devices.refunded":
    case "devices.delivery.p50":
    case "devices.delivery.p99":
      return crossingFigure(
        metric,
        groups.flatMap(({ crossings }) => crossings),
      );
    case "devices.awake":
      return sampled(
        sum(({ awakeUs }) => awakeUs) / sum((group) => group.count * group.simulatedUs),
        sum((group) => group.count),
      );
    case "devices.frames":
    case "devices.collided":
    case "devices.lost":
    case "devices.airtime":
    case "devices.offered":
    case "devices.carried":
    case "devices.handovers":
    case "devices.waited":
      return frameFigure(metric, sum);
    default:
      return energyFigure(metric, groups, sum);
  }
}

type CrossingMetric = Extract<DeviceMetric, `devices.${"delivered" | "refunded" | "delivery.p50" | "delivery.p99"}`>;

function crossingFigure(metric: CrossingMetric, crossings: DeviceFindings["crossings"]): Figure {
  const arrived = crossings.filter(({ finalUs }) => finalUs >= 0);
  switch (metric) {
    case "devices.delivered":
      return ratio(arrived.length, crossings.length);
    case "devices.refunded":
      return ratio(crossings.filter(({ refunded }) => refunded).length, crossings.length);
    case "devices.delivery.p50":
    case "devices.delivery.p99": {
      const lengths = Float64Array.from(arrived, ({ startedUs, finalUs }) => finalUs - startedUs).sort();
      return { value: percentile(lengths, metric.endsWith("p50") ? 50 : 99), samples: lengths.length };
    }
  }
}

type FrameMetric = Extract<
  DeviceMetric,
  `devices.${"waited" | "handovers" | "frames" | "collided" | "lost" | "airtime" | "offered" | "carried"}`
>;

function frameFigure(metric: FrameMetric, sum: Sum): Figure {
  const all = sum(({ frames }) => frames.frames);
  switch (metric) {
    case "devices.handovers":
      return count(sum(({ frames }) => frames.handovers));
    case "devices.waited":
      return ratio(
        sum(({ frames }) => frames.waitedUs),
        sum(({ frames }) => frames.begun),
      );
    case "devices.frames":
      return count(all);
    case "devices.collided":
      return ratio(
        sum(({ frames }) => frames.collided),
        all,
      );
    case "devices.lost":
      return ratio(
        sum(({ frames }) => frames.lost),
        all,
      );
    case "devices.airtime":
      return count(sum(({ frames }) => frames.airUs));
    case "devices.offered":
      return sampled(sum(erlangs), all);
    case "devices.carried":
      return sampled(
        sum((group) => erlangs(group) * throughShare(group)),
        all,
      );
  }
}

type EnergyMetric = Extract<
  DeviceMetric,
  `devices.energy${string}` | "devices.life" | "devices.dead" | "devices.firstDeath"
>;

function energyFigure(metric: EnergyMetric, groups: readonly DeviceFindings[], sum: Sum): Figure {
  const number = sum((group) => group.count);
  switch (metric) {
    case "devices.energy":
      return sampled(sum(joulesOf) / number, number);
    case "devices.energy.max":
      return sampled(Math.max(...groups.map(({ greatestJoules }) => greatestJoules)), number);
    case "devices.life": {
      const life = sum(({ count: all, dead, livedUs, livingJoules, batteryJoules, simulatedUs }) => {
        const living = all - dead;
        return livedUs + (living === 0 ? 0 : (living * living * batteryJoules * simulatedUs) / livingJoules);
      });
      return sampled(life / number, number);
    }
    case "devices.dead":
      return sampled(
        sum(({ dead }) => dead),
        number,
      );
    case "devices.firstDeath": {
      const dead = sum((group) => group.dead);
      return dead === 0 ? NOTHING : sampled(Math.min(...groups.map(({ firstDeathUs }) => firstDeathUs)), dead);
    }
    case "devices.energy.listen":
    case "devices.energy.receive":
    case "devices.energy.transmit":
    case "devices.energy.compute":
    case "devices.energy.sleep": {
      const cause = metric.slice("devices.energy.".length) as Causes;
      return sampled(sum(({ joules }) => joules[cause]) / number, number);
    }
    default:
      return assertNever(metric);
  }
}
