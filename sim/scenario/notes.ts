import { lateArrivals } from "./resolve-load.ts";
import type { Scenario } from "./scenario.ts";

/** @returns what is right as it stands and may still surprise whoever wrote it, a line each */
export function notesOf({ workload }: Pick<Scenario, "workload">): string[] {
  return workload.flatMap((load) => {
    const late = lateArrivals(load);
    if (late === 0 || load.arrival.kind !== "trace") return [];
    const stop = `${load.stopUs / 1_000_000} s`;
    return `note: ${load.name} leaves out ${late} of its trace's ${load.arrival.atUs.length} times, which come after it stops at ${stop}`;
  });
}
