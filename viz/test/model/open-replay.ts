import { openBytes, synthetic } from "../../../sim/test/trace/memory.ts";
import { Replay } from "../../model/replay.ts";

/** Opens a synthetic run; a failure to read any part of it fails the test. */
export async function openReplay(nodes = 8, blocks = 30): Promise<Replay> {
  const trace = await openBytes(await synthetic(nodes, blocks));
  return Replay.open(trace, (error) => {
    throw error;
  });
}
