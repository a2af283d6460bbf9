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

/** What became of transfers. */
export interface TransferSummary {
  readonly started: number;
  readonly delivered: number;
  readonly refunded: number;
  readonly inFlight: number;
  readonly latencySeconds: Percentiles;
}

/** What became of one load's transfers, and what they put on chains. */
export interface LoadSummary extends TransferSummary {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly route: string;
  /** Encoded transactions of all delivered transfers; an end on the rootchain counts there, bytes. */
  readonly bytes: { readonly source: number; readonly root: number; readonly destination: number };
  /** Null where none was delivered. */
  readonly transactionsPerTransfer: number | null;
}

/** What became of one operation; times in seconds. */
export interface OperationSummary {
  readonly name: string;
  readonly kind: string;
  readonly chain: string;
  readonly atSeconds: number;
  /** Until it was final on the rootchain, and until it showed where it acts; null where that did not come to pass. */
  readonly doneSeconds: number | null;
  readonly effectSeconds: number | null;
}

/** What one group of devices did, and what that took. */
export interface DeviceSummary {
  readonly name: string;
  readonly count: number;
  /** Of them, such as used up their battery. */
  readonly dead: number;
  /** Transactions that were signed before the drain, and those that the device saw proven. */
  readonly sent: number;
  readonly confirmed: number;
  /** False where its devices never ask what became of their transactions. */
  readonly asks: boolean;
  readonly latencySeconds: Percentiles;
  /** Part of the time that a device is awake. */
  readonly awake: number;
  /** Of all devices together, by cause. */
  readonly joules: Readonly<Record<"listen" | "receive" | "transmit" | "compute" | "sleep", number>>;
  /** On the air or the line, repetitions included; damaged by others; lost otherwise. */
  readonly frames: { readonly sent: number; readonly collided: number; readonly lost: number };
  /** Of all frames together. */
  readonly airSeconds: number;
}

/** One figure of a run. */
export interface NamedFigure {
  /** As `expect:` names it. */
  readonly name: string;
  readonly value: number;
  /** s, share, count, B, IOTX or 1/s. */
  readonly unit: string;
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
  /** Over all loads. */
  readonly transfers: TransferSummary;
  readonly loads: readonly LoadSummary[];
  /** In order of time; not there where nothing was undertaken. */
  readonly operations?: readonly OperationSummary[];
  /** By group; not there without devices. */
  readonly devices?: readonly DeviceSummary[];
  /** The run's answers, by name; times in seconds. */
  readonly figures: readonly NamedFigure[];
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
