import type { Machine } from "../../protocol/core/machine.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { TraceSink } from "../host/trace-sink.ts";
import type { Watcher } from "../host/watcher.ts";
import type { Hasher } from "../kernel/index.ts";
import type { NamedRole } from "./population.ts";
import type { MetricRow, RunSummary } from "./summary.ts";

/** What a run is given besides its scenario; none of it but machines of one's own changes the digest. */
export interface RunOptions {
  /** Used where the scenario says `crypto: real`. */
  readonly backend: CryptoBackend;
  readonly hasher: () => Hasher;
  readonly trace: TraceSink | null;
  /** Remembers nothing: every receiver decodes, verifies and executes by itself. */
  readonly paranoid: boolean;
  /** False leaves the invariants unwatched (for measuring what they cost); the digest is the same. */
  readonly checkers?: boolean;
  /** See the run besides the checkers; they cannot change it. */
  readonly watchers?: readonly Watcher[];
  /** Hash of the sources, for the summary. */
  readonly codeVersion: string;
  /** Machines of one's own in the place of the project's: the one thing here that makes another run of it. */
  readonly machines?: MachineMaker;
}

/** A node that machines are made for. */
export interface NodeSeat extends NamedRole {
  /** Its address among all nodes of the run. */
  readonly node: number;
}

/**
 * Makes a node's machine, at its first start and after each crash. The node counts as honest: checkers hold it to all that the
 * protocol promises, and see the chain of a machine that names, as `around`, the one that it wraps.
 *
 * @param standard the project's own machine for the node, to be wrapped, asked or left alone
 */
export type MachineMaker = (seat: NodeSeat, standard: Machine) => Machine;

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
