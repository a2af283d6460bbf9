import type { GivenRootchain } from "./chain-keys.ts";
import { resolveEconomics } from "./economics.ts";
import { ROOTCHAIN_PRESETS } from "./presets.ts";
import type { Problems } from "./problems.ts";
import { MIN_BLOCK_BYTES, resolveUpgrade } from "./resolve-upgrade.ts";
import type { RootchainScenario } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";

/** Fewer iterations leave no room for the snapshot of candidates before the seed is known. Source: protocol.md C1. */
const MIN_ITERATIONS_PER_EPOCH = 3;
const MEBIBYTE = 1 << 20;
const IOTX = 10n ** 18n;
/** Standby candidates hold less, so that the delegates of the file are the ones elected. */
const DELEGATE_STAKE = 1_000_000n * IOTX;
const STANDBY_STAKE = 100_000n * IOTX;

/** Fills in what the file leaves open: the preset's figures, by default the paper's. */
export function resolveRootchain(given: GivenRootchain): RootchainScenario {
  const preset = ROOTCHAIN_PRESETS[given.preset?.value ?? "paper-2018"];
  const delegates = given.delegates?.value ?? preset.delegates;
  const standby = given.standby?.value ?? 0;
  const committee = given.committee?.value ?? preset.committee;
  const roundUs = given.round?.value ?? preset.roundUs;
  const maxBlockBytes = given.maxBlock?.value ?? 8 * MEBIBYTE;
  const expectedSize = given.threshold?.value.size?.value ?? committee;
  return {
    delegates,
    standby,
    fullNodes: given.fullNodes?.value ?? 0,
    committee,
    iterationsPerEpoch: given.iterations?.value ?? preset.iterationsPerEpoch,
    roundsPerIteration: given.rounds?.value ?? (given.committee === undefined ? preset.roundsPerIteration : committee),
    roundUs,
    sortition: given.sortition?.value ?? "ranked",
    threshold: { expectedSize, quorum: given.threshold?.value.quorum?.value ?? Math.floor((2 * expectedSize) / 3) + 1 },
    seedRule: given.seedRule?.value ?? "two-back",
    timeoutBaseUs: given.timeout?.value ?? 2 * roundUs,
    maxDriftUs: given.maxDrift?.value ?? 500_000,
    maxBlockBytes,
    ...resolveUpgrade(given.upgrade, maxBlockBytes),
    stakes: resolveStakes(given.stakes?.value ?? "equal", delegates, standby).map(String),
    ...resolveEconomics(given),
  };
}

function resolveStakes(
  stakes: "equal" | "zipf" | readonly Placed<bigint>[],
  delegates: number,
  standby: number,
): bigint[] {
  if (typeof stakes !== "string") return stakes.map(({ value }) => value);
  const stakeOf = (candidate: number): bigint => {
    if (stakes === "zipf") return (10n * DELEGATE_STAKE) / BigInt(candidate + 1);
    return candidate < delegates ? DELEGATE_STAKE : STANDBY_STAKE;
  };
  return Array.from({ length: delegates + standby }, (_, candidate) => stakeOf(candidate));
}

/** Reports what no rootchain can be. @param whole place of the section, or of the file without one */
export function checkRootchain(
  given: GivenRootchain,
  resolved: RootchainScenario,
  whole: Position,
  problems: Problems,
): void {
  const at = (...keys: (keyof GivenRootchain)[]): Position =>
    keys.map((key) => given[key]?.at).find((each) => each !== undefined) ?? whole;
  const { committee, delegates, standby } = resolved;
  if (committee > delegates) {
    const message = `a committee of ${committee} is larger than the ${delegates} delegates`;
    problems.add({ at: at("committee", "delegates"), message, expected: `at most ${delegates}` });
  }
  if (resolved.iterationsPerEpoch < MIN_ITERATIONS_PER_EPOCH) {
    const message = "the candidates of the next epoch are fixed at the end of the third-last iteration";
    problems.add({ at: at("iterations"), message, expected: `at least ${MIN_ITERATIONS_PER_EPOCH} iterations` });
  }
  if (given.threshold !== undefined && resolved.sortition !== "threshold") {
    problems.add({
      at: given.threshold.at,
      message: "threshold figures without threshold sortition",
      expected: "sortition: threshold beside it",
    });
  }
  const { quorum, expectedSize } = resolved.threshold;
  if (resolved.sortition === "threshold" && Math.max(quorum, expectedSize) > Math.max(delegates, committee)) {
    problems.add({
      at: at("threshold", "delegates", "committee"),
      message: `more members or votes than the ${delegates} delegates`,
      expected: `at most ${delegates}`,
    });
  }
  if (resolved.stakes.length !== delegates + standby) {
    const message = `${resolved.stakes.length} stakes for ${delegates + standby} candidates`;
    problems.add({ at: at("stakes"), message, expected: "one for each delegate and standby candidate" });
  }
  if (resolved.maxBlockBytes < MIN_BLOCK_BYTES) {
    problems.add({ at: at("maxBlock"), message: "no block fits", expected: `at least ${MIN_BLOCK_BYTES} B` });
  }
}
