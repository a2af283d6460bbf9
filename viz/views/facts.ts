import type { Replay } from "../model/replay.ts";
import type { RunFacts } from "../model/run-facts.ts";
import { clockText, shortHash } from "../model/wording.ts";
import { byId, definitions, element } from "./page.ts";

/** Shows which run this is and how it ended. @param facts from the run's summary, or null without one */
export function showFacts({ trace, chains }: Replay, facts: RunFacts | null): void {
  byId("scenario").textContent = trace.meta.scenario;
  byId("question").textContent = facts?.question ?? "Replay of a finished run";
  document.title = `${trace.meta.scenario}, seed ${trace.meta.seed} · Orrery`;
  const digest = element("span", "", trace.digest === "" ? "unknown" : shortHash(trace.digest));
  digest.title = trace.digest;
  const verdict = element("span", `verdict ${facts?.verdict ?? ""}`, facts?.verdict ?? "");
  byId("facts").replaceChildren(
    ...definitions([
      ...(facts === null ? [] : [["Verdict", verdict] as const]),
      ["Seed", trace.meta.seed],
      ["Digest", digest],
      ...(chains.length > 1 ? [["Chains", String(chains.length)] as const] : []),
      ["Nodes", String(trace.meta.nodes.length)],
      ["Simulated", clockText(trace.untilUs)],
    ]),
  );
}
