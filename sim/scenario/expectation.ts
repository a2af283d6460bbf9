/** What the checkers hold a run against. */
export const INVARIANTS = {
  agreement: "no two honest nodes finalise different blocks at one height",
  certificate: "every final block carries a sound certificate of its own committee",
  "single-vote": "an honest node votes once for each view and phase",
  lock: "an honest node votes against its lock only under a new view that a quorum justifies",
  committee: "the committee of each iteration is the one recomputed from the chain",
  "state-root": "re-execution in another order gives the header's state root",
  supply: "no transfer creates or destroys value",
  evidence: "evidence names only the guilty",
  liveness: "blocks become final within the bound after every heal",
} as const;

/** Name of something the checkers watch. */
export type Invariant = keyof typeof INVARIANTS;

/** What a metric is measured in: µs, a fraction 0 … 1, or a plain number. */
export type MetricUnit = "time" | "share" | "count";

/** The figures that `expect:` can compare. */
export const METRICS = {
  "finality.p50": { unit: "time", about: "median time from a block's proposal to its finality at a node" },
  "finality.p99": { unit: "time", about: "99th percentile of the time from proposal to finality" },
  "finality.max": { unit: "time", about: "longest time from proposal to finality" },
  "blockInterval.p50": { unit: "time", about: "median time between final blocks" },
  "blockInterval.p99": { unit: "time", about: "99th percentile of the time between final blocks" },
  "blockInterval.max": { unit: "time", about: "longest time between final blocks" },
  height: { unit: "count", about: "height of the highest final block" },
  viewChanges: { unit: "count", about: "views above 0 that honest members entered, summed over heights" },
  transactions: { unit: "count", about: "transactions in final blocks" },
  culprits: { unit: "count", about: "Byzantine nodes that evidence names" },
  messages: { unit: "count", about: "messages delivered" },
  "transfers.started": { unit: "count", about: "transfers handed to the chain before the drain" },
  "transfers.delivered": { unit: "share", about: "part of the started transfers that became final" },
  "transfers.latency.p50": { unit: "time", about: "median time from a transfer's start to its finality" },
  "transfers.latency.p99": { unit: "time", about: "99th percentile of the time from start to finality" },
} as const satisfies Record<string, { unit: MetricUnit; about: string }>;

/** Name of a figure that a run yields. */
export type Metric = keyof typeof METRICS;

/** How a figure is compared; "=" is exact. */
export type Operator = "<" | "<=" | "=" | ">=" | ">";

/** One line of `expect:`; `name` is its key in the file. */
export type Expectation =
  /** No invariant is violated. Present in every scenario without a `violation`. */
  | { readonly kind: "safety"; readonly name: string }
  /** After every heal (and from the start) a block becomes final within the bound. */
  | { readonly kind: "liveness"; readonly name: string; readonly withinUs: number }
  /** A figure, optionally of the time outside all faults only. */
  | {
      readonly kind: "comparison";
      readonly name: string;
      readonly metric: Metric;
      readonly operator: Operator;
      /** µs, fraction or count, as the metric's unit says. */
      readonly value: number;
      readonly outsideFaults: boolean;
    }
  /** The run must break this invariant, and its evidence must name at least so many culprits and no honest node. */
  | {
      readonly kind: "violation";
      readonly name: string;
      readonly invariant: Invariant;
      readonly minimumCulprits: number;
    };
