import { lateArrivals } from "./resolve-load.ts";
import type { DeviceGroup, Scenario } from "./scenario.ts";

/** @returns what is right as it stands and may still surprise whoever wrote it, a line each */
export function notesOf({
  workload,
  devices = [],
  durationUs,
}: Pick<Scenario, "workload" | "devices" | "durationUs">): string[] {
  const ofLoads = workload.flatMap((load) => {
    const late = lateArrivals(load);
    if (late === 0 || load.arrival.kind !== "trace") return [];
    const stop = `${load.stopUs / 1_000_000} s`;
    return `note: ${load.name} leaves out ${late} of its trace's ${load.arrival.atUs.length} times, which come after it stops at ${stop}`;
  });
  return [...ofLoads, ...devices.flatMap((group) => noteOfDevices(group, durationUs))];
}

function noteOfDevices({ name, sleep: { arrival }, start }: DeviceGroup, durationUs: number): string[] {
  if (arrival?.kind !== "trace") return [];
  const late = arrival.atUs.filter((atUs) => (start?.atUs ?? 0) + atUs >= durationUs).length;
  const all = arrival.atUs.length;
  return late === 0 ? [] : [`note: ${name} leaves out ${late} of its trace's ${all} times, which come after the run`];
}
