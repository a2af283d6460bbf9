import type { Trace, TraceBlock, TraceEvent } from "../trace/model.ts";
import { type FailureSignature, failureKey, firstViolation, type RunEnding } from "./failure.ts";
import type { StoryLine } from "./story-line.ts";
import { messagesThatMattered } from "./story-messages.ts";

/** Messages further back than this explain nothing. */
const MAX_LOOK_BACK_US = 60_000_000;
const MAX_EVENTS = 1_000_000;
const MAX_NAMES = 12;

/** A moment of a run at which something failed. */
export interface FailureMoment {
  readonly atUs: number;
  /** Numbers of the nodes at which it showed; none where it showed nowhere in particular. */
  readonly nodes: readonly number[];
  /** "" for all chains. */
  readonly chain: string;
  readonly detail: string;
}

/** @returns when and where a run failed, as far as how it ended tells */
export function failureMoment(trace: Trace, ending: RunEnding): FailureMoment {
  const nowhere = { atUs: trace.untilUs, nodes: [], chain: "" };
  if (!("expectations" in ending))
    return { ...nowhere, detail: Object.values(ending).join("").split("\n", 2).join("") };
  const failed = ending.expectations.find(({ verdict }) => verdict === "fail");
  const violation = failed && firstViolation(ending, failed.name, failed.detail);
  if (violation === undefined) return { ...nowhere, detail: failed?.detail ?? "" };
  const names = trace.meta.nodes.map(({ name }) => name);
  const nodes = violation.nodes.map((name) => names.indexOf(name)).filter((node) => node >= 0);
  return { atUs: Math.round(violation.atSeconds * 1e6), nodes, chain: violation.chain, detail: violation.detail };
}

/** Heights told in full: the one at which the failing nodes were, and the next. */
function heightsOf(events: readonly TraceEvent[], { nodes }: FailureMoment): { height: number; sinceUs: number } {
  const at = (event: TraceEvent) => nodes.length === 0 || nodes.includes(event.node);
  const finals = events.filter((event) => event.kind === "finalized" && at(event));
  const height = finals.reduce((highest, event) => Math.max(highest, event.height), 0);
  const before = events.find((event) => event.kind === "finalized" && event.height === height - 1);
  return { height, sinceUs: before?.atUs ?? 0 };
}

/** Tells what many nodes did alike in one line, at the time of the first. */
class Chorus {
  readonly #lines = new Map<string, { readonly atUs: number; lastUs: number; readonly nodes: string[] }>();

  add(text: string, atUs: number, node: string): void {
    const known = this.#lines.get(text);
    if (known === undefined) this.#lines.set(text, { atUs, lastUs: atUs, nodes: [node] });
    else if (!known.nodes.includes(node)) {
      known.nodes.push(node);
      known.lastUs = atUs;
    }
  }

  lines(): StoryLine[] {
    return [...this.#lines].map(([text, { atUs, lastUs, nodes }]) => {
      const more = nodes.length > MAX_NAMES ? ` and ${nodes.length - MAX_NAMES} more` : "";
      const until = lastUs > atUs ? ` (the last at ${seconds(lastUs)} s)` : "";
      return { atUs, text: `${text}: ${nodes.slice(0, MAX_NAMES).join(", ")}${more}${until}` };
    });
  }
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(3);
}

/** @returns what an event means, or null for what a story leaves out */
function eventText(event: TraceEvent, heights: readonly number[], faults: readonly string[]): string | null {
  const { kind, height, view, blockHash, text } = event;
  const block = `block ${blockHash.slice(0, 8)} of height ${height}, view ${view}`;
  const told = heights.includes(height);
  if (kind === "fault") return `the fault ${faults[event.subject] ?? event.subject} ${text}`;
  // Devices sleep all the time: that is no part of what went wrong.
  if (kind === "power" && text === "asleep") return null;
  if (kind === "power")
    return text === "up" ? `up again at ${seconds(event.atUs)} s` : `down at ${seconds(event.atUs)} s`;
  if (kind === "evidence") return `evidence against signer ${event.subject}`;
  if (kind === "view" && told) return `gave up waiting at height ${height} and moved to view ${view}`;
  if (kind === "prepared" && told) return `hold a certificate of prepares for ${block}`;
  if (kind === "finalized" && told) return `hold final ${block}`;
  return null;
}

function linesOfEvents(
  trace: Trace,
  events: readonly TraceEvent[],
  heights: readonly number[],
  chain: string,
): StoryLine[] {
  const chorus = new Chorus();
  const lines: StoryLine[] = [];
  for (const event of events) {
    const node = trace.meta.nodes[event.node];
    const elsewhere = chain !== "" && node !== undefined && node.chain !== chain;
    const text = eventText(event, elsewhere ? [] : heights, trace.meta.faults);
    if (text === null) continue;
    if (node === undefined) lines.push({ atUs: event.atUs, text });
    else chorus.add(text, event.atUs, node.name);
  }
  return [...lines, ...chorus.lines()];
}

/** Two blocks of one height are what nothing excuses. */
function conflicts(blocks: readonly TraceBlock[], { meta }: Trace): string[] {
  // Those who sign for a chain are the first of its nodes, in the order of their seats' ids.
  const nameOf = (chain: string, id: number) => meta.nodes.filter((node) => node.chain === chain)[id]?.name ?? `${id}`;
  const byHeight = new Map<string, TraceBlock[]>();
  for (const block of blocks) {
    const place = `${block.chain}, height ${block.height}`;
    byHeight.set(place, [...(byHeight.get(place) ?? []), block]);
  }
  return [...byHeight]
    .filter(([, rivals]) => rivals.length > 1)
    .flatMap(([place, rivals]) =>
      rivals.map(({ chain, hash, view, proposer, signers }) => {
        const by = `proposed by ${nameOf(chain, proposer)}, signed by ${signers.map((id) => nameOf(chain, id)).join(", ")}`;
        return `  conflict on ${place}: block ${hash.slice(0, 8)} of view ${view}, ${by}`;
      }),
    );
}

function heading(failure: FailureSignature, { atUs, nodes, detail }: FailureMoment, trace: Trace): string[] {
  const names = nodes.slice(0, MAX_NAMES).map((node) => trace.meta.nodes[node]?.name ?? `node ${node}`);
  const where = names.length === 0 ? "" : ` at ${names.join(", ")}`;
  const { scenario, seed, nodes: all, faults } = trace.meta;
  return [
    `${failureKey(failure)}`,
    `${seconds(atUs)} s${where}: ${detail}`,
    `in ${scenario}, seed ${seed}: ${all.length} nodes, faults: ${faults.join(", ") || "none"}`,
    "",
  ];
}

/**
 * Tells a failure in plain text: what happened in order, from the faults to the messages that made the failing nodes do what
 * they did.
 *
 * @param trace of the failed run, whole or not
 */
export async function failureStory(trace: Trace, failure: FailureSignature, ending: RunEnding): Promise<string> {
  const moment = failureMoment(trace, ending);
  const { events } = await trace.eventsBetween(0, moment.atUs, { limit: MAX_EVENTS });
  const { height, sinceUs } = heightsOf(events, moment);
  const fromUs = Math.max(sinceUs, moment.atUs - MAX_LOOK_BACK_US);
  const lines = [
    ...linesOfEvents(trace, events, [height, height + 1], moment.chain),
    ...(await messagesThatMattered(trace, { nodes: moment.nodes, fromUs, atUs: moment.atUs })),
    { atUs: moment.atUs, text: `FAILS: ${moment.detail}` },
  ];
  const told = lines
    .toSorted((a, b) => a.atUs - b.atUs)
    .map(({ atUs, text }) => `${seconds(atUs).padStart(10)}  ${text}`);
  const rivals = conflicts(await trace.blocks(), trace);
  const culprits =
    "culprits" in ending && ending.culprits.length > 0 ? [`  proven guilty: ${ending.culprits.join(", ")}`] : [];
  const end = [...rivals, ...culprits];
  return [...heading(failure, moment, trace), ...told, ...(end.length > 0 ? ["", ...end] : []), ""].join("\n");
}
