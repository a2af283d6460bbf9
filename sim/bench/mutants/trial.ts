import { type Hunt, type HuntOptions, hunt } from "./hunt.ts";
import type { Mutant } from "./mutant.ts";
import { plant } from "./planting.ts";

/** What came of one mutant. */
export interface Trial {
  readonly mutant: Mutant;
  readonly hunt: Hunt;
}

/** Plants a mutant, hunts it, and shrinks what was found. */
export async function tryMutant(mutant: Mutant, options: Omit<HuntOptions, "worker">): Promise<Trial> {
  const planted = plant(mutant);
  try {
    return { mutant, hunt: await hunt({ ...options, worker: planted.worker("fuzz-worker") }) };
  } finally {
    planted.remove();
  }
}
