import { type Find, type Hunt, type HuntOptions, hunt } from "./hunt.ts";
import type { Mutant } from "./mutant.ts";
import { plant } from "./planting.ts";
import { shrunk } from "./shrinking.ts";

/** What came of one mutant. */
export interface Trial {
  readonly mutant: Mutant;
  readonly hunt: Hunt;
  /** The failure as small as it got; null where nothing was found. */
  readonly smallest: Find | null;
}

/** Plants a mutant, hunts it, and shrinks what was found. @param shrinkSeconds 0 leaves it as it is */
export async function tryMutant(
  mutant: Mutant,
  options: Omit<HuntOptions, "worker"> & { readonly shrinkSeconds: number },
): Promise<Trial> {
  const planted = plant(mutant);
  try {
    const { worker } = planted;
    const hunted = await hunt({ ...options, worker });
    const { found } = hunted;
    const smallest =
      found === null || options.shrinkSeconds === 0
        ? found
        : await shrunk(found, { ...options, worker, budgetSeconds: options.shrinkSeconds });
    return { mutant, hunt: hunted, smallest };
  } finally {
    planted.remove();
  }
}
