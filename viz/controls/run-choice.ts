import type { ListedRun } from "../model/run-facts.ts";
import { byId } from "../views/page.ts";

/** Offers the other runs that are served; choosing one loads the page anew. */
export function offerRuns(runs: readonly ListedRun[], chosen: string | null): void {
  if (runs.length < 2) return;
  const choice = byId<HTMLSelectElement>("runs");
  choice.replaceChildren(...runs.map((run) => new Option(run.label, run.path, false, run.path === chosen)));
  choice.addEventListener("change", () => {
    location.search = new URLSearchParams({ run: choice.value }).toString();
  });
  byId("runs-label").hidden = false;
}
