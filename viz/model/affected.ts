import type { MessageTable } from "../../sim/trace/reader.ts";
import { activeFaults, type FaultSpan } from "./run-history.ts";

/** How long a dropped message marks its nodes, in simulated time. */
const MARKED_US = 1_000_000;
/** Most sides of a partition told apart. */
const MAX_SIDES = 8;

/** Whose fault a drop is; all others mark both ends. */
const ONE_END: Readonly<Record<string, "source" | "destination">> = {
  "receiver down": "destination",
  "sender crashed": "source",
  "no such peer": "source",
};

/** Rows sent while the faults that are at work at the moment were at work, as far as the table reaches. */
function rowsDuring(table: MessageTable, faults: readonly FaultSpan[]): readonly number[] {
  const fromUs = Math.min(...faults.map((span) => span.fromUs));
  const toUs = Math.max(...faults.map((span) => span.toUs));
  const rows: number[] = [];
  for (let row = 0; row < table.count; row++) {
    const sentUs = table.sentUs[row] as number;
    if (table.outcome[row] !== 0 && sentUs >= fromUs && sentUs < toUs) rows.push(row);
  }
  return rows;
}

/** Gives each node the first side that none of those has with whom it lost a message. */
function sidesOf(table: MessageTable, rows: readonly number[]): ReadonlyMap<number, number> {
  const apart = new Map<number, Set<number>>();
  const add = (a: number, b: number) => {
    const others = apart.get(a);
    if (others === undefined) apart.set(a, new Set([b]));
    else others.add(b);
  };
  for (const row of rows) {
    const [source, destination] = [table.source[row] as number, table.destination[row] as number];
    add(source, destination);
    add(destination, source);
  }
  const sides = new Map<number, number>();
  // Those cut off from most are sure of their side; the others then have little choice.
  for (const [node, others] of [...apart].sort((a, b) => b[1].size - a[1].size || a[0] - b[0])) {
    const taken = new Set(Array.from(others, (other) => sides.get(other)));
    let side = 0;
    while (taken.has(side) && side < MAX_SIDES) side += 1;
    sides.set(node, side);
  }
  return sides;
}

/** @returns the nodes that are not on the largest side */
function cutOff(sides: ReadonlyMap<number, number>): ReadonlySet<number> {
  const sizes = new Map<number, number>();
  for (const side of sides.values()) sizes.set(side, (sizes.get(side) ?? 0) + 1);
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [-1];
  return new Set([...sides].filter(([, side]) => side !== largest).map(([node]) => node));
}

/** Nodes that the faults at work bite. */
export interface Affected {
  /** On a smaller side of a partition, as the messages lost to it show. */
  readonly cutOff: ReadonlySet<number>;
  /** Lost a message to anything else within the last second. */
  readonly bitten: ReadonlySet<number>;
}

const NOBODY: Affected = { cutOff: new Set(), bitten: new Set() };

/**
 * Tells whom faults affect from what became of messages, since a trace does not say at whom a fault was aimed.
 *
 * @param outcomes names of outcomes, by number
 */
export function affectedNodes(
  table: MessageTable,
  spans: readonly FaultSpan[],
  { outcomes, timeUs }: { readonly outcomes: readonly string[]; readonly timeUs: number },
): Affected {
  const faults = activeFaults(spans, timeUs);
  if (faults.length === 0) return NOBODY;
  const rows = rowsDuring(table, faults);
  const name = (row: number) => outcomes[table.outcome[row] as number] ?? "";
  const bitten = new Set<number>();
  for (const row of rows) {
    const sentUs = table.sentUs[row] as number;
    if (name(row) === "partitioned" || sentUs > timeUs || sentUs < timeUs - MARKED_US) continue;
    const end = ONE_END[name(row)];
    if (end !== "destination") bitten.add(table.source[row] as number);
    if (end !== "source") bitten.add(table.destination[row] as number);
  }
  const parted = rows.filter((row) => name(row) === "partitioned");
  return { cutOff: cutOff(sidesOf(table, parted)), bitten };
}
