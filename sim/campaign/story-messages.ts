import type { MessageTable, Trace } from "../trace/model.ts";
import type { StoryLine } from "./story-line.ts";

/** Messages of one story: more are not read. */
const MAX_MESSAGES = 36;
/** The last messages that the failing nodes acted on. */
const LAST_HEARD = 10;
const MAX_ROWS = 400_000;

/** One sent message with all its copies. */
interface Emission {
  readonly sentUs: number;
  readonly source: number;
  readonly messageClass: string;
  /** The emission that made its source send it, or below 0. */
  readonly cause: number;
  readonly heardBy: number[];
  readonly lost: Map<string, number[]>;
}

function emissionsOf(table: MessageTable, { meta }: Trace): Map<number, Emission> {
  const emissions = new Map<number, Emission>();
  for (let row = 0; row < table.count; row++) {
    const id = table.emission[row] as number;
    const known = emissions.get(id);
    const emission: Emission = known ?? {
      sentUs: table.sentUs[row] as number,
      source: table.source[row] as number,
      messageClass: meta.messageClasses[table.messageClass[row] as number] ?? "message",
      cause: table.cause[row] as number,
      heardBy: [],
      lost: new Map(),
    };
    if (known === undefined) emissions.set(id, emission);
    const [outcome, destination] = [table.outcome[row] as number, table.destination[row] as number];
    if (outcome === 0) emission.heardBy.push(destination);
    else {
      const why = meta.outcomes[outcome] ?? "lost";
      emission.lost.set(why, [...(emission.lost.get(why) ?? []), destination]);
    }
  }
  return emissions;
}

/** Gossip repeats what others decide; votes and what leads to them decide. */
const BACKGROUND: ReadonlySet<string> = new Set(["transactions", "announce", "request", "headers", "proofs", "graft"]);

/** @returns the emissions that the nodes heard last, newest first */
function lastHeard(table: MessageTable, nodes: ReadonlySet<number>, trace: Trace, atUs: number): number[] {
  const rows = Array.from({ length: table.count }, (_, row) => row).filter((row) => {
    const heard = table.outcome[row] === 0 && (table.arrivalUs[row] as number) <= atUs;
    const name = trace.meta.messageClasses[table.messageClass[row] as number] ?? "";
    return heard && nodes.has(table.destination[row] as number) && !BACKGROUND.has(name);
  });
  const newest = rows.sort((a, b) => (table.arrivalUs[b] as number) - (table.arrivalUs[a] as number));
  return [...new Set(newest.map((row) => table.emission[row] as number))].slice(0, LAST_HEARD);
}

/** Walks from the last messages back to what made their senders send them, breadth first. */
function causesOf(starts: readonly number[], emissions: ReadonlyMap<number, Emission>): number[] {
  const found = new Set<number>();
  const queue = [...starts];
  for (let id = queue.shift(); id !== undefined && found.size < MAX_MESSAGES; id = queue.shift()) {
    const emission = emissions.get(id);
    if (emission === undefined || found.has(id)) continue;
    found.add(id);
    queue.push(emission.cause);
  }
  return [...found];
}

/**
 * Tells the messages that led to what some nodes did, by walking causes backwards.
 *
 * @param nodes those at which the failure showed; none: all
 */
export async function messagesThatMattered(
  trace: Trace,
  { nodes, fromUs, atUs }: { readonly nodes: readonly number[]; readonly fromUs: number; readonly atUs: number },
): Promise<StoryLine[]> {
  const table = await trace.messagesBetween(fromUs, atUs, { limit: MAX_ROWS });
  const emissions = emissionsOf(table, trace);
  const where = nodes.length > 0 ? nodes : trace.meta.nodes.map((_, node) => node);
  return causesOf(lastHeard(table, new Set(where), trace, atUs), emissions).map((id) => {
    const emission = emissions.get(id) as Emission;
    return { atUs: emission.sentUs, text: emissionText(emission, emissions.get(emission.cause), trace) };
  });
}

function emissionText(emission: Emission, cause: Emission | undefined, { meta }: Trace): string {
  const name = (node: number) => meta.nodes[node]?.name ?? `node ${node}`;
  const names = (nodes: readonly number[]) => nodes.map(name).join(", ");
  const why = cause === undefined ? "" : `, after ${cause.messageClass} from ${name(cause.source)}`;
  const heard = emission.heardBy.length === 0 ? "nobody" : names(emission.heardBy);
  const lost = [...emission.lost].map(([reason, nodes]) => `; ${reason}: ${names(nodes)}`);
  return `${name(emission.source)} sends ${emission.messageClass} to ${heard}${why}${lost.join("")}`;
}
