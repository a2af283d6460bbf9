import type { GivenHardware, GivenNetwork } from "./definition.ts";
import { HARDWARE_PRESETS, REGION_PRESETS } from "./presets.ts";
import type { Problems } from "./problems.ts";
import type { Backbone, Hardware, NetworkScenario, Regions } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";

const MEBIBYTE = 1 << 20;
const DEFAULT_DEGREE = 8;
/** A block travels with its certificate. */
const MESSAGE_OVERHEAD_BYTES = 64 * 1024;

type GivenBackbone = NonNullable<GivenNetwork["backbone"]>["value"];
type GivenRegions = NonNullable<GivenBackbone["regions"]>["value"];

/** Fills in what the file leaves open. @param nodes how many there are, which bounds the gossip degree */
export function resolveNetwork(given: GivenNetwork, nodes: number): NetworkScenario {
  const degree = given.gossip?.value.degree?.value ?? Math.max(1, Math.min(DEFAULT_DEGREE, nodes - 1));
  return { backbone: resolveBackbone(given.backbone?.value ?? {}), gossip: { degree } };
}

function resolveBackbone(given: GivenBackbone): Backbone {
  const reordering = given.reordering?.value;
  return {
    regions: resolveRegions(given.regions?.value ?? "world-6"),
    jitter: given.jitter?.value ?? 0.1,
    bandwidthBitsPerSecond: given.bandwidth?.value ?? 100_000_000,
    lossProbability: given.loss?.value ?? 0,
    duplicationProbability: given.duplication?.value ?? 0,
    reordering: { probability: reordering?.probability?.value ?? 0, delayUs: reordering?.delay?.value ?? 100_000 },
    maxMessageBytes: given.maxMessage?.value ?? 10 * MEBIBYTE,
    queueBytes: given.queue?.value ?? 64 * MEBIBYTE,
  };
}

function resolveRegions(given: GivenRegions): Regions {
  if (typeof given === "string") {
    const { names, latencyUs, share, positions } = REGION_PRESETS[given];
    return { names, latencyUs, share, positions };
  }
  const names = values(given.names) ?? [];
  const latencyUs = (values(given.latencyMs) ?? []).map((row) => row.map(({ value }) => Math.round(value * 1000)));
  return { names, latencyUs, share: values(given.share) ?? names.map(() => 1 / names.length), positions: null };
}

function values<T>(list: Placed<readonly Placed<T>[]> | undefined): T[] | undefined {
  return list?.value.map(({ value }) => value);
}

/** Reports what no network can be. @param whole place of the section, or of the file without one */
export function checkNetwork(
  given: GivenNetwork,
  resolved: NetworkScenario,
  context: { nodes: number; maxBlockBytes: number; whole: Position },
  problems: Problems,
): void {
  const { gossip } = given;
  if (gossip?.value.degree !== undefined && resolved.gossip.degree >= context.nodes) {
    const message = `${resolved.gossip.degree} neighbours among ${context.nodes} nodes`;
    problems.add({ at: gossip.value.degree.at, message, expected: `at most ${context.nodes - 1}` });
  }
  const backbone = given.backbone?.value ?? {};
  const { maxMessageBytes, queueBytes } = resolved.backbone;
  if (maxMessageBytes < context.maxBlockBytes + MESSAGE_OVERHEAD_BYTES) {
    const expected = `at least ${context.maxBlockBytes + MESSAGE_OVERHEAD_BYTES} B, or a smaller maxBlock`;
    problems.add({
      at: backbone.maxMessage?.at ?? context.whole,
      message: "the largest block does not fit a message",
      expected,
    });
  }
  if (queueBytes < maxMessageBytes) {
    problems.add({
      at: backbone.queue?.at ?? context.whole,
      message: "the largest message does not fit the queue",
      expected: `at least ${maxMessageBytes} B`,
    });
  }
  if (resolved.backbone.lossProbability === 1) {
    const expected = "a loss that lets some messages through";
    problems.add({ at: backbone.loss?.at ?? context.whole, message: "every message is lost", expected });
  }
  const { regions } = backbone;
  if (regions !== undefined && typeof regions.value !== "string")
    checkRegions(regions.value, resolved.backbone.regions, regions.at, problems);
}

function checkRegions(
  given: Exclude<GivenRegions, string>,
  { names, latencyUs, share }: Regions,
  at: Position,
  problems: Problems,
): void {
  if (names.length === 0 || latencyUs.length === 0) {
    problems.add({ at, message: "regions without names or latencies", expected: "a preset, or names and latencyMs" });
    return;
  }
  const rows = given.latencyMs?.value ?? [];
  const crooked =
    rows.find(({ value }) => value.length !== names.length) ??
    (rows.length === names.length ? undefined : given.latencyMs);
  if (crooked !== undefined) {
    problems.add({
      at: crooked.at,
      message: `the matrix does not fit ${names.length} regions`,
      expected: `${names.length} rows of ${names.length} figures`,
    });
  }
  for (const [from, row] of rows.entries()) {
    for (const [to, { at: place }] of row.value.entries()) {
      if (from === to || latencyUs[from]?.[to] !== 0) continue;
      const message = `no latency from ${names[from] ?? "one region"} to ${names[to] ?? "another"}`;
      problems.add({ at: place, message, expected: "at least 0.001 ms between two different regions" });
    }
  }
  const sum = share.reduce((total, part) => total + part, 0);
  if (share.length !== names.length || Math.abs(sum - 1) > 1e-6) {
    const message = `${share.length} shares that add up to ${Math.round(sum * 1e6) / 1e4} %`;
    problems.add({ at: given.share?.at ?? at, message, expected: `${names.length} shares that add up to 100 %` });
  }
}

/** @returns the class's costs: the preset's, changed by what the file gives */
export function resolveHardware(given: GivenHardware | undefined, fallback: keyof typeof HARDWARE_PRESETS): Hardware {
  const own: Exclude<GivenHardware, string> = typeof given === "object" ? given : {};
  const name = typeof given === "string" ? given : (own.preset?.value ?? fallback);
  const preset = HARDWARE_PRESETS[name];
  return {
    name,
    signNs: own.sign?.value ?? preset.signNs,
    verifyNs: own.verify?.value ?? preset.verifyNs,
    vrfProveNs: own.vrfProve?.value ?? preset.vrfProveNs,
    vrfVerifyNs: own.vrfVerify?.value ?? preset.vrfVerifyNs,
    hashNsPerKibibyte: own.hash?.value ?? preset.hashNsPerKibibyte,
    executeNs: own.execute?.value ?? preset.executeNs,
    diskUs: own.disk?.value ?? preset.diskUs,
  };
}
