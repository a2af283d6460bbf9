import type { StateTable } from "./state-fields.ts";

/** What a trace holds: transport, timers and all; only what the protocol did; nothing. */
export type TraceLevel = "full" | "protocol" | "off";

/** One simulated node, as the trace's readers show it. Its place in `TraceMeta.nodes` is its number. */
export interface TraceNode {
  readonly name: string;
  readonly role: string;
  /** Name of the chain it works for; "" for one that stands between chains. A chain's delegate i is its i-th node. */
  readonly chain: string;
  readonly region: string;
  /** Where it stands, in degrees east and north, or null when the scenario places it nowhere. */
  readonly position: readonly [east: number, north: number] | null;
}

/** What is known before a run begins. */
export interface TraceMeta {
  readonly scenario: string;
  readonly seed: string;
  /** Hash of the protocol and simulator sources. */
  readonly codeVersion: string;
  readonly level: TraceLevel;
  readonly nodes: readonly TraceNode[];
  /** Names of message classes by number; numbers in use without a name are shown as numbers. */
  readonly messageClasses: readonly string[];
  /** Names of outcomes by number; 0 is "delivered", every other one a drop and its reason. */
  readonly outcomes: readonly string[];
  /** Names of the scheduled faults by number. */
  readonly faults: readonly string[];
}

/** Rows of sent messages as columns of equal length; column `i` of each is row `i`, in the order of sending. */
export interface MessageTable {
  readonly count: number;
  readonly sentUs: Float64Array;
  /** When it arrived, or would have. */
  readonly arrivalUs: Float64Array;
  readonly source: Uint32Array;
  readonly destination: Uint32Array;
  /** Number of the message class, see `TraceMeta.messageClasses`. */
  readonly messageClass: Uint8Array;
  readonly sizeBytes: Uint32Array;
  /** Number of the outcome, see `TraceMeta.outcomes`. */
  readonly outcome: Uint8Array;
  /** Copies of one broadcast share their emission. */
  readonly emission: Float64Array;
  /** The emission whose delivery made the source send this, or −1 a timer, −2 its start, −3 its own user. */
  readonly cause: Float64Array;
  /** Whether a limit left rows out; the rows given are the earliest sent. */
  readonly cut: boolean;
}

/** Kinds of events that are not messages. The order is part of the format. */
export const EVENT_KINDS = [
  "timer",
  "power",
  "fault",
  "finalized",
  "view",
  "prepared",
  "evidence",
  "rejected",
  "mode",
  "transfer",
  "followed",
  "relayed",
  "spending",
  "operation",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * A timer that fired, a node that went down or came back, a fault that began or ended, what a machine observed, or a step of
 * a transfer between chains or of an operation.
 */
export interface TraceEvent {
  readonly atUs: number;
  /** The node it happened at, −1 for none in particular. */
  readonly node: number;
  readonly kind: EventKind;
  /** Height (of a step: on the chain that took it), −1 where none applies. */
  readonly height: number;
  /** View, −1 where none applies. */
  readonly view: number;
  /** Number of the timer, the fault, the transfer or the operation, culprit's delegate id, id of the chain followed or relayed to; −1 where none applies. */
  readonly subject: number;
  /** 64 hex digits, or ""; of a transfer or relay, its lock's id where there is one; of an operation, its last transaction's id. */
  readonly blockHash: string;
  /**
   * "up", "down", "asleep" or "empty", "begins" or "ends", reason, mode, how a block became final; of a transfer step, source and destination,
   * as in "relocked home-1 home-2"; of an operation, "submitted", "done" or "shown", what it does and where, as in
   * "done register fair"; of a relay its step; what following has cost so far, as in "5120 B 33 signatures"; "" where
   * none applies.
   */
  readonly text: string;
}

/** Events in the order they were handled. */
export interface EventList {
  readonly events: readonly TraceEvent[];
  /** Whether a limit left events out. */
  readonly cut: boolean;
}

/** A final block: what its first node to hold it final knew. Two rows of one chain and height are a fork. */
export interface TraceBlock {
  /** Name of its chain: the one that the node `finalizedBy` works for. */
  readonly chain: string;
  readonly height: number;
  readonly hash: string;
  /** View of the certificate. */
  readonly view: number;
  /** Delegate who proposed it. */
  readonly proposer: number;
  /** Time in the header. */
  readonly timeUs: number;
  /** When the first node held it final, and which. */
  readonly finalizedUs: number;
  readonly finalizedBy: number;
  /** Delegates that were to vote, in order of priority. */
  readonly committee: readonly number[];
  /** Delegates whose votes the certificate carries. */
  readonly signers: readonly number[];
  readonly transactions: number;
  readonly sizeBytes: number;
}

/** What the overview counts in each bucket of time. The order is part of the format. */
export const COUNTERS = [
  "sent",
  "dropped",
  "sentBytes",
  "timers",
  "power",
  "faults",
  "finalized",
  "viewChanges",
  "rejected",
  "evidence",
] as const;
export type Counter = (typeof COUNTERS)[number];

/** Counts in buckets of equal length; bucket `i` covers [i · bucketUs, (i + 1) · bucketUs). */
export interface Overview {
  /** A power of two. */
  readonly bucketUs: number;
  readonly buckets: number;
  readonly counts: Readonly<Record<Counter, Float64Array>>;
}

/** A part of a file that could not be used. */
export interface Damage {
  /** Where in the file, in bytes. */
  readonly offset: number;
  /** How many bytes are lost. */
  readonly lengthBytes: number;
  /** Number of the chunk, −1 when unknown. */
  readonly chunk: number;
  readonly reason: string;
  /** Rows lost with it, −1 when unknown. */
  readonly rows: number;
}

/** What a query may leave out. */
export interface QueryOptions {
  /** Only what this node sent, received or did. */
  readonly node?: number;
  /** Most rows to return; 1 000 000 unless told. */
  readonly limit?: number;
}

/** How a recorded run ended; "cut" when the file does not say. */
export type Ending = "complete" | "interrupted" | "cut";

/** One chunk of the file, as its header describes it. */
export interface ChunkInfo {
  readonly kind: string;
  /** Place in the file, in bytes, header included. */
  readonly offset: number;
  readonly lengthBytes: number;
  readonly rawBytes: number;
  /** CRC-32 of the stored content. */
  readonly checksum: number;
  readonly rows: number;
  /** Earliest and latest moment in it. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** A trace open for random access. Queries skip damaged parts and list them in `damage`. */
export interface Trace {
  readonly meta: TraceMeta;
  readonly ending: Ending;
  /** Digest of the run, 64 hex digits, or "" when the file was cut. */
  readonly digest: string;
  /** Hash chain over all chunks of observed state, 64 hex digits, or "" when the file was cut. */
  readonly stateDigest: string;
  /** End of the recorded time. */
  readonly untilUs: number;
  /** Length of the file. */
  readonly sizeBytes: number;
  readonly chunks: readonly ChunkInfo[];
  /** What was found unusable so far; grows as chunks are read. */
  readonly damage: readonly Damage[];
  /** @returns messages under way at any moment of [fromUs, toUs] */
  messagesBetween(fromUs: number, toUs: number, options?: QueryOptions): Promise<MessageTable>;
  /** @returns events at moments of [fromUs, toUs] */
  eventsBetween(fromUs: number, toUs: number, options?: QueryOptions): Promise<EventList>;
  /** @param node only this node's state is loaded */
  stateAt(timeUs: number, node?: number): Promise<StateTable>;
  /** @returns counts over the whole run in at most `maxBuckets` buckets */
  overview(maxBuckets: number): Promise<Overview>;
  /** @returns all final blocks by height */
  blocks(): Promise<readonly TraceBlock[]>;
  /** Reads every byte. @returns all damage of the file, in the order of offsets */
  verify(): Promise<readonly Damage[]>;
}

/** Why a file is no readable trace at all. */
export interface Unreadable {
  readonly unreadable: string;
  /** Where in the file, in bytes. */
  readonly offset: number;
}
