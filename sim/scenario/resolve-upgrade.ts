import type { Upgrade } from "../../protocol/consensus/parameters.ts";
import type { GivenSubchain } from "./chain-keys.ts";
import type { Problems } from "./problems.ts";

/** An empty block with the proofs of a large committee. */
export const MIN_BLOCK_BYTES = 16 * 1024;

type GivenUpgrade = GivenSubchain["upgrade"];

/** @returns the upgrade of a chain as part of its figures; nothing where there is none, or no height is given */
export function resolveUpgrade(given: GivenUpgrade, maxBlockBytes: number): { readonly upgrade?: Upgrade } {
  const { height, maxBlock } = given?.value ?? {};
  if (height === undefined) return {};
  return { upgrade: { height: height.value, maxBlockBytes: maxBlock?.value ?? maxBlockBytes } };
}

/** Reports what no chain can change to, or never would within the run. */
export function checkUpgrade(
  given: GivenUpgrade,
  { roundUs, durationUs }: { roundUs: number; durationUs: number },
  problems: Problems,
): void {
  if (given === undefined || problems.within(given.at)) return;
  const { height, maxBlock } = given.value;
  if (height === undefined) {
    return problems.add({ at: given.at, message: "an upgrade without a height", expected: "height: a block" });
  }
  const last = Math.floor(durationUs / roundUs);
  if (height.value > last) {
    const message = "the upgrade takes force when the run is over";
    problems.add({ at: height.at, message, expected: `a height of at most ${last}, one for each round` });
  }
  if (maxBlock !== undefined && maxBlock.value < MIN_BLOCK_BYTES) {
    problems.add({ at: maxBlock.at, message: "no block fits", expected: `at least ${MIN_BLOCK_BYTES} B` });
  }
}
