import { DEFAULT_STALE_WRITES } from "../host/disk.ts";
import type { GivenFault } from "./definition.ts";
import type { Fault, NodeGroup } from "./scenario.ts";

const SECOND_US = 1_000_000;
const DEFAULT_PROBABILITY = 0.1;
const DEFAULT_SHARE = 0.5;

/** The nodes of a fault and when it befalls them. */
interface Scene extends Pick<Fault, "name" | "atUs" | "forUs"> {
  readonly nodes: NodeGroup;
}

/** What a fault's definition lacks. */
interface Lack {
  readonly message: string;
  readonly expected: string;
}

/** @returns the part of a fault that names its nodes, where one kind of fault befalls one group of them */
export function victimsOf(given: GivenFault) {
  const { crash, slow, clock, degrade, clog, isolate, ring, flap, swizzle } = given;
  const { corrupt, replay, misdirect, diskFull, starve, churn } = given;
  const links = crash ?? slow ?? clock ?? degrade ?? clog ?? isolate ?? ring ?? flap ?? swizzle;
  return links ?? corrupt ?? replay ?? misdirect ?? diskFull ?? starve ?? churn;
}

/** @returns the fault, or what it lacks */
export function effectOn(given: GivenFault, scene: Scene): Fault | Lack {
  return onNodes(given, scene) ?? onLinks(given, scene) ?? { message: "a fault of no kind", expected: "a kind" };
}

/** Faults of nodes by themselves. */
function onNodes(given: GivenFault, scene: Scene): Fault | Lack | undefined {
  const { crash, slow, clock, misdirect, diskFull, starve, churn } = given;
  if (crash !== undefined) {
    const { disk, writes } = crash.value;
    return { kind: "crash", ...scene, disk: disk?.value ?? "kept", writes: writes?.value ?? DEFAULT_STALE_WRITES };
  }
  if (slow !== undefined) {
    const { factor } = slow.value;
    if (factor === undefined) return { message: "slow by how much?", expected: "a factor" };
    return { kind: "slow", ...scene, factor: factor.value };
  }
  if (clock !== undefined) return wrongClock(clock.value, scene);
  if (misdirect !== undefined) {
    return { kind: "misdirect", ...scene, probability: misdirect.value.probability?.value ?? DEFAULT_PROBABILITY };
  }
  if (diskFull !== undefined) return { kind: "diskFull", ...scene };
  if (starve !== undefined) {
    const { period, share } = starve.value;
    const times = { periodUs: period?.value ?? 5 * SECOND_US, share: share?.value ?? DEFAULT_SHARE };
    return { kind: "starve", ...scene, ...times };
  }
  if (churn === undefined) return undefined;
  const { period, away } = churn.value;
  const times = { periodUs: period?.value ?? 10 * SECOND_US, awayUs: away?.value ?? 15 * SECOND_US };
  return { kind: "churn", ...scene, ...times };
}

function wrongClock({ offset, drift, freeze }: NonNullable<GivenFault["clock"]>["value"], scene: Scene): Fault | Lack {
  const freezes = freeze?.value ?? false;
  if (offset === undefined && drift === undefined && !freezes)
    return { message: "a clock that is right", expected: "an offset, a drift or freeze: true" };
  return { kind: "clock", ...scene, offsetUs: offset?.value ?? 0, driftPpm: drift?.value ?? 0, freezes };
}

/** Faults of what goes between nodes. */
function onLinks(given: GivenFault, scene: Scene): Fault | Lack | undefined {
  const { degrade, clog, isolate, ring, flap, swizzle, corrupt, replay } = given;
  if (degrade !== undefined) {
    const { loss, latency } = degrade.value;
    if (loss === undefined && latency === undefined)
      return { message: "links no worse than before", expected: "loss or latency" };
    return { kind: "degrade", ...scene, lossProbability: loss?.value ?? 0, latencyUs: latency?.value ?? 0 };
  }
  if (clog !== undefined) {
    const { delay } = clog.value;
    if (delay === undefined && scene.forUs === null)
      return { message: "messages that never arrive", expected: "delay, or for: a time" };
    return { kind: "clog", ...scene, delayUs: delay?.value ?? null };
  }
  if (isolate !== undefined) return { kind: "isolate", ...scene };
  if (ring !== undefined) return { kind: "ring", ...scene };
  if (flap !== undefined) {
    const { period, share } = flap.value;
    const times = { periodUs: period?.value ?? 10 * SECOND_US, share: share?.value ?? DEFAULT_SHARE };
    return { kind: "flap", ...scene, ...times };
  }
  if (swizzle !== undefined) return { kind: "swizzle", ...scene };
  if (corrupt !== undefined) {
    return { kind: "corrupt", ...scene, probability: corrupt.value.probability?.value ?? DEFAULT_PROBABILITY };
  }
  if (replay === undefined) return undefined;
  const { probability, delay } = replay.value;
  const harm = { probability: probability?.value ?? DEFAULT_PROBABILITY, delayUs: delay?.value ?? 30 * SECOND_US };
  return { kind: "replay", ...scene, ...harm };
}
