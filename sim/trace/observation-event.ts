import { assertNever } from "../../protocol/core/assert.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Counter, TraceEvent } from "./model.ts";

/** An event being put together: one object for all of them, as a run tells millions. */
export type EventDraft = { -readonly [Field in keyof TraceEvent]: TraceEvent[Field] };

/** @returns a draft with nothing but when, where and of what kind */
export function blankEvent(): EventDraft {
  return { kind: "timer", atUs: 0, node: -1, height: -1, view: -1, subject: -1, blockHash: "", text: "" };
}

/** Begins the next event in a draft. */
export function beginEvent(draft: EventDraft, kind: TraceEvent["kind"], atUs: number, node: number): void {
  draft.kind = kind;
  draft.atUs = atUs;
  draft.node = node;
  draft.height = -1;
  draft.view = -1;
  draft.subject = -1;
  draft.blockHash = "";
  draft.text = "";
}

/** Adds to a draft what an observation says. */
export function describeObservation(draft: EventDraft, seen: Observation): void {
  switch (seen.kind) {
    case "finalized":
    case "prepared":
      draft.height = seen.height;
      draft.view = seen.view;
      draft.blockHash = seen.blockHash;
      if (seen.kind === "finalized") draft.text = seen.by;
      return;
    case "view":
      draft.height = seen.height;
      draft.view = seen.view;
      return;
    case "evidence":
      draft.subject = seen.culprit;
      return;
    case "rejected":
      draft.text = seen.reason;
      return;
    case "mode":
      draft.text = seen.mode;
      return;
    case "followed":
      draft.height = seen.height;
      draft.subject = seen.chainId;
      draft.blockHash = seen.blockHash;
      draft.text = `${seen.bytes} B ${seen.signatures} signatures`;
      return;
    case "spending":
      draft.blockHash = seen.id;
      draft.text = seen.step;
      return;
    case "relayed":
      draft.subject = seen.chainId;
      draft.blockHash = seen.lockId;
      draft.text = seen.step;
      return;
    default:
      assertNever(seen);
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
    case "transfer":
    case "operation":
    case "followed":
    case "relayed":
    case "spending":
      return null;
  }
}
