/** An expectation without samples, a heal never reached and a fault that never bit are inconclusive, never a pass. */
export type Verdict = "pass" | "fail" | "inconclusive";

/** Percentiles in seconds; null without samples. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Figures of one chain. */
export interface ChainSummary {
  readonly id: string;
  /** Highest block that any honest node holds final. */
  readonly height: number;
  /** Blocks that became final during the run. */
  readonly finalized: number;
  readonly viewChanges: number;
  readonly blockIntervalSeconds: Percentiles;
  readonly finalitySeconds: Percentiles;
  readonly transactions: number;
  /** Of the transactions in its final blocks. */
  readonly bodyBytes: number;
}

/** One expectation's answer. */
export interface ExpectationResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly samples: number;
  readonly detail: string;
}

/** One broken invariant, with the nodes that broke it. */
export interface Violation {
  readonly invariant: string;
  /** Name of the chain, "" where it spans all of them. */
  readonly chain: string;
  readonly atSeconds: number;
  readonly nodes: readonly string[];
  readonly detail: string;
}

/** What a run found, byte for byte the same on every machine. */
export interface RunSummary {
  readonly scenario: string;
  /** What the scenario asks. */
  readonly question: string;
  readonly seed: string;
  /** Hash of the protocol and simulator sources; given to the runner. */
  readonly codeVersion: string;
  /** 64 hex digits over every event of the run. */
  readonly digest: string;
  readonly verdict: Verdict;
  readonly simulatedSeconds: number;
  readonly events: number;
  /** Delivered. */
  readonly messages: number;
  readonly nodes: { readonly total: number; readonly byRole: Readonly<Record<string, number>> };
  readonly chains: readonly ChainSummary[];
  readonly transfers: {
    readonly started: number;
    readonly delivered: number;
    readonly refunded: number;
    readonly inFlight: number;
    readonly latencySeconds: Percentiles;
  };
  readonly expectations: readonly ExpectationResult[];
  /** Faults and adversaries by name, and how often each one altered something. */
  readonly faults: readonly { readonly name: string; readonly bites: number }[];
  readonly violations: readonly Violation[];
  /** Byzantine nodes that evidence or forensics prove guilty. */
  readonly culprits: readonly string[];
}

/** One figure of `metrics.csv`; `node` is empty for a figure of the whole chain. */
export interface MetricRow {
  readonly timeSeconds: number;
  readonly chain: string;
  readonly node: string;
  readonly metric: string;
  readonly value: number;
}
