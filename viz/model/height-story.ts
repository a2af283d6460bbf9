import type { Trace, TraceBlock, TraceEvent } from "../../sim/trace/reader.ts";
import type { Chain } from "./chains.ts";

/** One member's part in deciding a height; every moment is null where the trace tells of none. */
export interface SeatStory {
  /** Node (and delegate) of the seat. */
  readonly node: number;
  /** Place in the committee by priority, or −1 when the committee is not known. */
  readonly seat: number;
  readonly proposed: boolean;
  /** Views entered, in order. */
  readonly views: readonly { readonly view: number; readonly atUs: number }[];
  /** Prepared certificates held: from here on its commit vote stands. */
  readonly prepared: readonly { readonly view: number; readonly atUs: number }[];
  /** Whether the block's certificate carries its commit vote. */
  readonly committed: boolean;
  /** When it held the block final, and how it came to. */
  readonly finalUs: number | null;
  readonly finalBy: string;
}

/** How a height was decided. */
export interface HeightStory {
  readonly height: number;
  /** All final blocks of the height: none when it was never decided, more than one are a fork. */
  readonly blocks: readonly TraceBlock[];
  readonly fromUs: number;
  readonly toUs: number;
  readonly seats: readonly SeatStory[];
  /** Nodes outside the committee that held the block final by `toUs`. */
  readonly followers: number;
}

/** How long after the first node the others are watched. */
const AFTERMATH_US = 2_000_000;
/** Longest part of a height that is shown: an undecided one can last to the end of the run. */
const LONGEST_US = 600_000_000;
/** What a height's story is told from; other events count heights of other chains. */
const STORY_KINDS: ReadonlySet<TraceEvent["kind"]> = new Set(["view", "prepared", "finalized"]);
/** Seats shown of a height whose committee is not known. */
const MAX_SEATS = 64;

function spanOf(trace: Trace, blocks: readonly TraceBlock[], height: number): { fromUs: number; toUs: number } {
  const before = blocks.findLast((block) => block.height < height);
  const fromUs = before?.finalizedUs ?? 0;
  const finals = blocks.filter((block) => block.height === height).map((block) => block.finalizedUs);
  const wantedUs = finals.length === 0 ? trace.untilUs : Math.max(...finals) + AFTERMATH_US;
  return { fromUs, toUs: Math.min(trace.untilUs, wantedUs, fromUs + LONGEST_US) };
}

function seatOf(
  { node, delegate }: { readonly node: number; readonly delegate: number },
  blocks: readonly TraceBlock[],
  events: readonly TraceEvent[],
): SeatStory {
  const own = events.filter((event) => event.node === node);
  const moments = (kind: TraceEvent["kind"]) =>
    own.filter((event) => event.kind === kind).map(({ view, atUs }) => ({ view, atUs }));
  const final = own.find((event) => event.kind === "finalized");
  return {
    node,
    seat: blocks[0]?.committee.indexOf(delegate) ?? -1,
    proposed: blocks.some((block) => block.proposer === delegate),
    views: moments("view"),
    prepared: moments("prepared"),
    committed: blocks.some((block) => block.signers.includes(delegate)),
    finalUs: final?.atUs ?? null,
    finalBy: final?.text ?? "",
  };
}

/**
 * Tells a height from the trace's events.
 *
 * @param chain whose height it is
 */
export async function heightStory(trace: Trace, chain: Chain, height: number): Promise<HeightStory> {
  const { nodes } = chain;
  const blocks = chain.blocks;
  const own = new Set(nodes);
  const nodeOf = (delegate: number) => nodes[delegate] ?? delegate;
  const { fromUs, toUs } = spanOf(trace, blocks, height);
  const { events } = await trace.eventsBetween(fromUs, toUs);
  const relevant = events.filter(
    (event) => event.height === height && own.has(event.node) && STORY_KINDS.has(event.kind),
  );
  const ofHeight = blocks.filter((block) => block.height === height);
  const voters = relevant
    .filter((event) => event.kind === "view" || event.kind === "prepared")
    .map((event) => event.node);
  const known = ofHeight.flatMap((block) => block.committee.map(nodeOf));
  const members = [...new Set(known.length > 0 ? known : voters.sort((a, b) => a - b))];
  const shown = known.length > 0 ? members : members.slice(0, MAX_SEATS);
  const final = relevant.filter((event) => event.kind === "finalized" && !members.includes(event.node));
  return {
    height,
    blocks: ofHeight,
    fromUs,
    toUs,
    seats: shown.map((node) => seatOf({ node, delegate: nodes.indexOf(node) }, ofHeight, relevant)),
    followers: new Set(final.map((event) => event.node)).size,
  };
}

/** @returns the height being decided at a moment: one above the last final one */
export function heightAt(blocks: readonly TraceBlock[], timeUs: number): number {
  let height = blocks[0]?.height ?? 1;
  for (const block of blocks) if (block.finalizedUs <= timeUs) height = Math.max(height, block.height + 1);
  return height;
}
