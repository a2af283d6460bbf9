import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { TraceSink } from "../host/trace-sink.ts";
import type { Hasher } from "../kernel/index.ts";
import type { MetricRow, RunSummary } from "./summary.ts";

/** What a run is given besides its scenario; none of it changes the digest. */
export interface RunOptions {
  /** Used where the scenario says `crypto: real`. */
  readonly backend: CryptoBackend;
  readonly hasher: () => Hasher;
  readonly trace: TraceSink | null;
  /** Remembers nothing: every receiver decodes, verifies and executes by itself. */
  readonly paranoid: boolean;
  /** False leaves the invariants unwatched (for measuring what they cost); the digest is the same. */
  readonly checkers?: boolean;
  /** Hash of the sources, for the summary. */
  readonly codeVersion: string;
}

/** How far a run is. */
export interface RunProgress {
  readonly simulatedUs: number;
  readonly events: number;
  /** Height of the highest final block. */
  readonly blocks: number;
}

/** What a run found. */
export interface RunOutcome {
  readonly summary: RunSummary;
  readonly digest: string;
  readonly metrics: readonly MetricRow[];
}

/** A run under way. How `advance` is cut into slices cannot alter the outcome. */
export interface Run {
  /** @returns whether there is more to do */
  advance(maxEvents: number): boolean;
  progress(): RunProgress;
  /** Ends the run, at its end or (interrupted) before. */
  finish(): RunOutcome;
}
