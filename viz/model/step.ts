import type { Trace, TraceBlock, TraceEvent } from "../../sim/trace/reader.ts";

/** First stretch searched; doubled until something is found. */
const FIRST_STRETCH_US = 1_000_000;

/** What is worth stopping at when no node is selected: faults, crashes, evidence, failed views. Blocks are known apart. */
function notable(event: TraceEvent): boolean {
  if (event.kind === "view") return event.view > 0;
  return event.kind === "power" || event.kind === "fault" || event.kind === "evidence";
}

interface StepOptions {
  readonly trace: Trace;
  readonly blocks: readonly TraceBlock[];
  readonly fromUs: number;
  /** +1 to the next, −1 to the one before. */
  readonly direction: 1 | -1;
  /** Stops at everything this node did, rather than at what matters to all. */
  readonly node: number | null;
}

async function eventMoments({ trace, node }: StepOptions, fromUs: number, toUs: number): Promise<readonly number[]> {
  const { events } = await trace.eventsBetween(fromUs, toUs, node === null ? {} : { node });
  const wanted = node === null ? notable : (event: TraceEvent) => event.kind !== "timer";
  return events.filter(wanted).map((event) => event.atUs);
}

/** @returns the moment of the next event, or the end (the beginning) of the run when there is none */
export async function stepMoment(options: StepOptions): Promise<number> {
  const { trace, blocks, fromUs, direction, node } = options;
  const endUs = direction > 0 ? trace.untilUs : 0;
  const blockMoments = node === null ? blocks.map((block) => block.finalizedUs) : [];
  let nearUs = fromUs + direction;
  for (let stretchUs = FIRST_STRETCH_US; (endUs - nearUs) * direction >= 0; stretchUs *= 2) {
    const farUs = direction > 0 ? Math.min(endUs, nearUs + stretchUs) : Math.max(endUs, nearUs - stretchUs);
    const [firstUs, lastUs] = direction > 0 ? [nearUs, farUs] : [farUs, nearUs];
    const inside = blockMoments.filter((atUs) => atUs >= firstUs && atUs <= lastUs);
    const moments = [...inside, ...(await eventMoments(options, firstUs, lastUs))];
    if (moments.length > 0) {
      return moments.reduce((best, atUs) => ((best - atUs) * direction > 0 ? atUs : best));
    }
    nearUs = farUs + direction;
  }
  return endUs;
}
