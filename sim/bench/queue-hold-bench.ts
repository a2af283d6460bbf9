import { measureQueueHold } from "./queue-hold.ts";
import type { BenchResult } from "./result.ts";

const OF_BARE_HEAP = 0.85;
const OF_OBJECT_HEAP = 2.4;

/** The event queue beside a bare typed heap and a heap of objects, in one process. */
export async function queueHold(name: string): Promise<readonly BenchResult[]> {
  const { value, unit, ratios } = measureQueueHold();
  const against = (to: string, ratio: number, target: number): BenchResult => {
    return {
      name,
      value,
      unit,
      higherIsBetter: true,
      ratio: { to, value: ratio },
      target,
      met: ratio >= target,
      detail: "",
    };
  };
  return [
    against("bare typed heap", ratios.bareTypedHeap, OF_BARE_HEAP),
    against("object heap", ratios.objectHeap, OF_OBJECT_HEAP),
  ];
}
