import type { METRICS, Metric } from "../scenario/expectation.ts";
import { type CommitteeFigures, deviationOf, type Rate } from "./committee-figures.ts";
import { count, type Figure, NOTHING, ratio, sampled } from "./figure.ts";

/** Figures about the lot that seats committees. */
export type LotMetric = Extract<keyof typeof METRICS, `committee.${string}` | `epoch.${string}`>;

export function isLotMetric(metric: Metric): metric is LotMetric {
  return metric.startsWith("committee.") || metric.startsWith("epoch.");
}

/** @returns rate, expected rate or their distance, as the end of the metric's name says */
function rateFigure(rate: Rate, end: string): Figure {
  if (end === "expected") return ratio(rate.expected, rate.tries);
  if (end === "deviation") return sampled(deviationOf(rate), rate.tries);
  return ratio(rate.hits, rate.tries);
}

/** @returns what the lot gave on one chain; nothing about Byzantine members where there are none */
export function lotFigure(metric: LotMetric, figures: CommitteeFigures): Figure {
  const { drawn, seats, byzantineSeats, stallable } = figures;
  const isPeaceful = stallable.expected === 0 && byzantineSeats === 0;
  switch (metric) {
    case "committee.drawn":
      return count(drawn);
    case "committee.unevenness":
      return sampled(figures.unevenness(), seats);
    case "committee.deviation":
      return sampled(figures.deviation(), seats);
    case "committee.byzantine":
      return isPeaceful ? NOTHING : ratio(byzantineSeats, seats);
    default: {
      const [whose, what, end = ""] = metric.split(".");
      const [stalls, captures] =
        whose === "epoch" ? [figures.stallableEpochs, figures.capturableEpochs] : [stallable, figures.capturable];
      return isPeaceful ? NOTHING : rateFigure(what === "stallable" ? stalls : captures, end);
    }
  }
}
