import { assertNever } from "../../protocol/core/assert.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Counter, TraceEvent } from "./model.ts";

/** What an event says beyond when, where and of what kind. */
export type EventFields = Partial<Omit<TraceEvent, "atUs" | "node" | "kind">>;

/** @returns the fields of the event that records an observation */
export function eventFields(seen: Observation): EventFields {
  switch (seen.kind) {
    case "finalized":
      return { height: seen.height, view: seen.view, blockHash: seen.blockHash, text: seen.by };
    case "view":
      return { height: seen.height, view: seen.view };
    case "prepared":
      return { height: seen.height, view: seen.view, blockHash: seen.blockHash };
    case "evidence":
      return { subject: seen.culprit };
    case "rejected":
      return { text: seen.reason };
    case "mode":
      return { text: seen.mode };
    default:
      return assertNever(seen);
  }
}

/** @returns what the overview counts the event as, or null for nothing */
export function counterOf(event: Pick<TraceEvent, "kind" | "view">): Counter | null {
  switch (event.kind) {
    case "timer":
      return "timers";
    case "fault":
      return "faults";
    case "view":
      return event.view > 0 ? "viewChanges" : null;
    case "power":
    case "finalized":
    case "evidence":
    case "rejected":
      return event.kind;
    case "prepared":
    case "mode":
      return null;
  }
}
