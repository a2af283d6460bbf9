import type { Replay } from "../model/replay.ts";
import type { RunFacts } from "../model/run-facts.ts";
import { clockText } from "../model/wording.ts";
import { byId, momentButton } from "./page.ts";

/** Violations listed at most: the first ones tell most. */
const LISTED = 50;

/** Lists the invariants that the run broke; each leads to its moment. @param facts null without a summary */
export function showViolations(replay: Replay, facts: RunFacts | null): void {
  const violations = (facts?.violations ?? []).slice(0, LISTED);
  byId("violations-panel").hidden = violations.length === 0;
  const items = violations.map(({ atUs, text }) => momentButton(clockText(atUs), text, () => replay.seek(atUs)));
  byId("violations").replaceChildren(...items);
}
