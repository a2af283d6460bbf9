import { EVENT_KINDS, type EventKind, type MessageTable, type Trace, type TraceEvent } from "./model.ts";

/** What a file holds of one kind of chunk. */
export interface KindInfo {
  readonly kind: string;
  readonly chunks: number;
  readonly rows: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
}

/** What `trace FILE info` tells. */
export interface TraceInfo {
  readonly scenario: string;
  readonly seed: string;
  readonly codeVersion: string;
  readonly level: string;
  readonly ending: string;
  readonly digest: string;
  readonly stateDigest: string;
  readonly simulatedSeconds: number;
  readonly nodes: { readonly total: number; readonly byRole: Readonly<Record<string, number>> };
  readonly sizeBytes: number;
  /** Messages, timers, faults and observations. */
  readonly events: number;
  readonly bytesPerEvent: number | null;
  readonly blocks: number;
  readonly kinds: readonly KindInfo[];
  readonly damage: readonly {
    readonly offset: number;
    readonly lengthBytes: number;
    readonly reason: string;
    readonly rows: number;
  }[];
}

function kindInfo(trace: Trace): KindInfo[] {
  const kinds = new Map<string, KindInfo>();
  for (const { kind, rows, lengthBytes, rawBytes } of trace.chunks) {
    const sum = kinds.get(kind) ?? { kind, chunks: 0, rows: 0, storedBytes: 0, rawBytes: 0 };
    kinds.set(kind, {
      kind,
      chunks: sum.chunks + 1,
      rows: sum.rows + rows,
      storedBytes: sum.storedBytes + lengthBytes,
      rawBytes: sum.rawBytes + rawBytes,
    });
  }
  return [...kinds.values()];
}

function countByRole(trace: Trace): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const { role } of trace.meta.nodes) counts[role] = (counts[role] ?? 0) + 1;
  return counts;
}

/** Describes a whole trace, after reading every byte of it for damage. */
export async function traceInfo(trace: Trace): Promise<TraceInfo> {
  const damage = await trace.verify();
  const kinds = kindInfo(trace);
  const rowsOf = (kind: string) => kinds.find((info) => info.kind === kind)?.rows ?? 0;
  const events = rowsOf("messages") + rowsOf("events");
  const { scenario, seed, codeVersion, level, nodes } = trace.meta;
  return {
    scenario,
    seed,
    codeVersion,
    level,
    ending: trace.ending,
    digest: trace.digest,
    stateDigest: trace.stateDigest,
    simulatedSeconds: trace.untilUs / 1_000_000,
    nodes: { total: nodes.length, byRole: countByRole(trace) },
    sizeBytes: trace.sizeBytes,
    events,
    bytesPerEvent: events === 0 ? null : Math.round((100 * trace.sizeBytes) / events) / 100,
    blocks: rowsOf("blocks"),
    kinds,
    damage,
  };
}

const lostRows = (rows: number): string => (rows < 0 ? "" : `, ${rows} rows`);

/** @returns the description as lines for a terminal */
export function infoText(info: TraceInfo): string {
  const roles = Object.entries(info.nodes.byRole).map(([role, count]) => `${count} ${role}`);
  const lines = [
    `scenario   ${info.scenario}, seed ${info.seed}, level ${info.level}`,
    `code       ${info.codeVersion}`,
    `run        ${info.ending}, ${info.simulatedSeconds} s simulated`,
    `digest     ${info.digest || "none"}`,
    `states     ${info.stateDigest || "none"}`,
    `nodes      ${info.nodes.total} (${roles.join(", ")})`,
    `events     ${info.events}, blocks ${info.blocks}`,
    `size       ${info.sizeBytes} bytes, ${info.bytesPerEvent ?? "no"} bytes an event`,
    "",
    "chunks         number        rows      stored         raw",
    ...info.kinds.map(({ kind, chunks, rows, storedBytes, rawBytes }) => {
      const numbers = [chunks, rows, storedBytes, rawBytes].map((number) => String(number).padStart(11));
      return `${kind.padEnd(9)} ${numbers.join(" ")}`;
    }),
  ];
  if (info.damage.length > 0) lines.push("", "damage");
  for (const { offset, lengthBytes, reason, rows } of info.damage) {
    lines.push(`byte ${offset}: ${reason} (${lengthBytes} bytes${lostRows(rows)} lost)`);
  }
  return `${lines.join("\n")}\n`;
}

/** One line of `trace FILE events`: a message, or an event of another kind. */
export type Line =
  | {
      readonly kind: "message";
      readonly atUs: number;
      readonly arrivalUs: number;
      readonly source: string;
      readonly destination: string;
      readonly messageClass: string;
      readonly sizeBytes: number;
      readonly outcome: string;
      readonly emission: number;
      readonly cause: number;
    }
  | {
      readonly kind: EventKind;
      readonly atUs: number;
      readonly node: string | null;
      readonly height: number;
      readonly view: number;
      readonly subject: number;
      readonly blockHash: string;
      readonly text: string;
    };

/** Which lines are wanted; what is absent filters nothing. */
export interface LineFilter {
  readonly fromUs?: number;
  readonly toUs?: number;
  /** Number of a node: what it sent, received or did. */
  readonly node?: number;
  /** "message" or kinds of events. */
  readonly kinds?: readonly string[];
  /** Names of message classes; other kinds pass. */
  readonly classes?: readonly string[];
}

/** Kinds of lines that a filter may name. */
export const LINE_KINDS: readonly string[] = ["message", ...EVENT_KINDS];

const named = (names: readonly string[], number: number): string => names[number] ?? String(number);

/** Turns rows into lines with names in place of numbers. */
class Lines {
  readonly #trace: Trace;
  readonly #filter: LineFilter;

  constructor(trace: Trace, filter: LineFilter) {
    this.#trace = trace;
    this.#filter = filter;
  }

  #nodeName(node: number): string {
    return this.#trace.meta.nodes[node]?.name ?? String(node);
  }

  #wants(kind: string): boolean {
    return this.#filter.kinds?.includes(kind) ?? true;
  }

  #message(table: MessageTable, row: number): Line {
    const { messageClasses, outcomes } = this.#trace.meta;
    return {
      kind: "message",
      atUs: table.sentUs[row] as number,
      arrivalUs: table.arrivalUs[row] as number,
      source: this.#nodeName(table.source[row] as number),
      destination: this.#nodeName(table.destination[row] as number),
      messageClass: named(messageClasses, table.messageClass[row] as number),
      sizeBytes: table.sizeBytes[row] as number,
      outcome: named(outcomes, table.outcome[row] as number),
      emission: table.emission[row] as number,
      cause: table.cause[row] as number,
    };
  }

  #event({ node, ...event }: TraceEvent): Line {
    const { faults } = this.#trace.meta;
    const text = event.kind === "fault" ? `${named(faults, event.subject)} ${event.text}` : event.text;
    return { ...event, text, node: node < 0 ? null : this.#nodeName(node) };
  }

  async #messages(fromUs: number, toUs: number): Promise<Line[]> {
    if (!this.#wants("message")) return [];
    const { node, classes } = this.#filter;
    const limits = { limit: Number.POSITIVE_INFINITY, ...(node === undefined ? {} : { node }) };
    const table = await this.#trace.messagesBetween(fromUs, toUs, limits);
    const lines: Line[] = [];
    for (let row = 0; row < table.count; row++) {
      if ((table.sentUs[row] as number) < fromUs) continue;
      const name = named(this.#trace.meta.messageClasses, table.messageClass[row] as number);
      if (classes?.includes(name) ?? true) lines.push(this.#message(table, row));
    }
    return lines;
  }

  async #events(fromUs: number, toUs: number): Promise<Line[]> {
    const { node } = this.#filter;
    const limits = { limit: Number.POSITIVE_INFINITY, ...(node === undefined ? {} : { node }) };
    const { events } = await this.#trace.eventsBetween(fromUs, toUs, limits);
    return events.filter((event) => this.#wants(event.kind)).map((event) => this.#event(event));
  }

  /** @returns the lines of [fromUs, toUs] by time; of one moment, messages first */
  async between(fromUs: number, toUs: number): Promise<Line[]> {
    const lines = [...(await this.#messages(fromUs, toUs)), ...(await this.#events(fromUs, toUs))];
    return lines.sort((a, b) => a.atUs - b.atUs);
  }
}

/** Moments at which chunks begin: between two of them few chunks have to be held. */
function windows(trace: Trace, fromUs: number, toUs: number): number[] {
  const starts = new Set([fromUs]);
  for (const chunk of trace.chunks) if (chunk.fromUs > fromUs && chunk.fromUs <= toUs) starts.add(chunk.fromUs);
  return [...starts].sort((a, b) => a - b);
}

/** Reads messages and other events by time, holding only a few chunks at once. */
export async function* traceEvents(trace: Trace, filter: LineFilter = {}): AsyncGenerator<Line> {
  const { fromUs = 0, toUs = Number.POSITIVE_INFINITY } = filter;
  const lines = new Lines(trace, filter);
  const starts = windows(trace, fromUs, toUs);
  for (const [i, startUs] of starts.entries()) {
    const next = starts[i + 1];
    yield* await lines.between(startUs, next === undefined ? toUs : next - 1);
  }
}

const seconds = (us: number): string => (us / 1_000_000).toFixed(6);

/** @returns a line for a terminal */
export function lineText(line: Line): string {
  if (line.kind === "message") {
    const way = `${line.source} → ${line.destination}`;
    const arrival = line.outcome === "delivered" ? `arrives ${seconds(line.arrivalUs)}` : line.outcome;
    return `${seconds(line.atUs)} ${way} ${line.messageClass} ${line.sizeBytes} B ${arrival}`;
  }
  const parts = [seconds(line.atUs), line.node ?? "", line.kind];
  if (line.height >= 0) parts.push(`height ${line.height}`);
  if (line.view >= 0) parts.push(`view ${line.view}`);
  if (line.kind === "evidence") parts.push(`delegate ${line.subject}`);
  if (line.kind === "timer") parts.push(`timer ${line.subject}`);
  if (line.kind === "followed" || line.kind === "relayed") parts.push(`chain ${line.subject}`);
  if (line.kind === "transfer" || line.kind === "operation") parts.push(`number ${line.subject}`);
  parts.push(line.blockHash.slice(0, 12), line.text);
  return parts.filter((part) => part !== "").join(" ");
}
