import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { EventKind } from "../host/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { Simulation } from "../runner/simulation.ts";
import type { Scenario } from "../scenario/index.ts";
import { numberNodes } from "../scenario/numbering.ts";

/** What each event of a run cost, and in which part of the world it took place. */
export interface SplitLog {
  /** By event, ascending, µs of simulated time. */
  readonly timesUs: Float64Array;
  /** By event: 0 for the rootchain with relayers and whatever belongs to nobody, then each subchain with its devices. */
  readonly parts: Uint16Array;
  /** By event, µs of processor time. */
  readonly costsUs: Float32Array;
  readonly partCount: number;
  /** Messages from one part to another, and the shortest time that one of them was on its way. */
  readonly crossings: number;
  readonly shortestFlightUs: number;
}

const LARGEST_LOG = 1 << 24;

/** @returns the part of each node: all that lives on a subchain goes with it */
function partsOfNodes(scenario: Scenario): Uint16Array {
  const { chains, lightClients, gateways, devices, total } = numberNodes(scenario);
  const parts = new Uint16Array(total);
  const partOf = (chain: string) =>
    Math.max(
      0,
      chains.findIndex(({ name }) => name === chain),
    );
  const put = ({ first, count }: { first: number; count: number }, chain: string) =>
    parts.fill(partOf(chain), first, first + count);
  for (const { name, signers, fullNodes } of chains) for (const range of [signers, fullNodes]) put(range, name);
  for (const [index, range] of lightClients.entries()) put(range, scenario.lightClients[index]?.chain ?? "root");
  for (const [index, { chain }] of (scenario.devices ?? []).entries())
    for (const range of [gateways[index], devices[index]]) if (range !== undefined) put(range, chain);
  return parts;
}

/** Processor time of this process, µs: other processes' turns on a busy machine are not in it. */
function processorUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Runs a scenario event by event. @throws Error when it has more events than a log holds */
export function logEvents(scenario: Scenario, backend: CryptoBackend): SplitLog {
  const options = { backend, hasher: nodeHasher, trace: null, paranoid: false, codeVersion: "", checkers: false };
  const simulation = new Simulation(scenario, options);
  const { kernel } = simulation;
  const ofNode = partsOfNodes(scenario);
  const [times, parts, costs] = [[] as number[], [] as number[], [] as number[]];
  let [crossings, shortestFlightUs] = [0, Number.POSITIVE_INFINITY];
  let beforeUs = processorUs();
  while (simulation.advance(1)) {
    const afterUs = processorUs();
    const { lastKind: kind, lastSource: source, lastTarget: target } = kernel;
    const isNodes =
      kind === EventKind.message || kind === EventKind.timer || kind === EventKind.request || kind === EventKind.wake;
    const part = (isNodes ? ofNode[target] : ofNode[source]) ?? 0;
    if (kind === EventKind.message && (ofNode[source] ?? 0) !== part) {
      crossings++;
      shortestFlightUs = Math.min(shortestFlightUs, kernel.lastExtra);
    }
    times.push(kernel.nowUs);
    parts.push(part);
    costs.push(afterUs - beforeUs);
    if (times.length > LARGEST_LOG) throw new Error(`more than ${LARGEST_LOG} events`);
    beforeUs = processorUs();
  }
  return {
    timesUs: Float64Array.from(times),
    parts: Uint16Array.from(parts),
    costsUs: Float32Array.from(costs),
    partCount: scenario.subchains.length + 1,
    crossings,
    shortestFlightUs,
  };
}
