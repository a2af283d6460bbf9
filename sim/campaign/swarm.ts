import { type RandomStream, stream } from "../kernel/index.ts";
import { DEFAULT_ECONOMICS, HARDWARE_PRESETS, REGION_PRESETS, type Scenario } from "../scenario/index.ts";
import type { Backbone, Fault, NetworkScenario, RootchainScenario } from "../scenario/scenario.ts";
import { chance, pickOne, within } from "./swarm-draw.ts";
import { FAULTY_ROUNDS } from "./swarm-fault-kinds.ts";
import { drawTrouble } from "./swarm-faults.ts";

const SECOND_US = 1_000_000;
const IOTX = 10n ** 18n;
/** What a chain may need to catch its breath, apart from time-outs. */
const LIVENESS_ROUNDS = 30;
/** Views that members may have gone through when the last fault heals, and one that loses messages afterwards. */
const VIEWS_BEFORE = 5;

/**
 * Draws a whole small scenario from a seed: 4 to 13 delegates with short iterations and epochs on a bad network, several
 * faults and adversaries within the budget of protocol.md section 3, all healed in time. Such a run must hold.
 *
 * @param seed decides the scenario and is its seed
 */
export function swarmScenario(seed: string): Scenario {
  const draw = (purpose: string) => stream(seed, `swarm/${purpose}`);
  const tears = chance(draw("tears"), 1 / 4);
  const drawn = drawRootchain(draw("rootchain"), tears ? 2 : 1);
  const trouble = drawTrouble(draw, { rootchain: drawn, tears });
  const { rootchain, faults } = withRule(draw("rule"), drawn, trouble.faults);
  const withinUs = livenessBoundUs(rootchain, trouble.guilty);
  const durationUs = trouble.healedUs + withinUs + SECOND_US;
  const perturbed = draw("perturbation");
  return {
    name: "swarm",
    question: "Does a small rootchain hold under whatever mix of faults its budget allows?",
    tier: "long",
    seed,
    perturbation: chance(perturbed, 1 / 4) ? within(perturbed, 1, 1_000_000) : 0,
    crypto: "modelled",
    durationUs,
    drainUs: 2 * rootchain.roundUs,
    rootchain,
    subchains: [],
    relayers: { count: 0, pollUs: SECOND_US },
    lightClients: [],
    network: drawNetwork(draw("network")),
    hardware: drawHardware(draw("hardware"), tears ? rootchain.roundUs : 0),
    workload: drawWorkload(draw("workload"), durationUs),
    faults,
    adversaries: trouble.adversaries,
    expect: [
      { kind: "safety", name: "safety" },
      { kind: "liveness", name: "liveness", withinUs },
    ],
  };
}

/** Time-outs double from view to view, and those that lie or must be silent may lead as many of them as they are, one after the other. */
function livenessBoundUs({ roundUs, timeoutBaseUs }: RootchainScenario, guilty: number): number {
  return LIVENESS_ROUNDS * roundUs + timeoutBaseUs * (1 << (VIEWS_BEFORE + guilty));
}

/** Half of the committees hold every delegate, so that nobody can stand in for a faulty one. */
function drawRootchain(draw: RandomStream, minTimeoutRounds: number): RootchainScenario {
  // At 6, 9 and 12 a quorum overlaps another in more members than may lie: what holds beyond f shows there.
  const delegates = chance(draw, 1 / 2) ? pickOne(draw, [6, 9, 12]) : within(draw, 4, 13);
  const committee = chance(draw, 1 / 2) ? delegates : within(draw, 4, delegates);
  const standby = chance(draw, 1 / 4) ? within(draw, 1, 2) : 0;
  const roundUs = within(draw, 1, 3) * SECOND_US;
  const stakes = Array.from(
    { length: delegates + standby },
    (_, id) => (id < delegates ? 1_000_000n : 100_000n) * IOTX,
  );
  return {
    delegates,
    standby,
    fullNodes: within(draw, 0, 3),
    committee,
    iterationsPerEpoch: within(draw, 3, 5),
    roundsPerIteration: within(draw, 2, Math.min(6, committee)),
    roundUs,
    sortition: "ranked",
    threshold: { expectedSize: committee, quorum: Math.floor((2 * committee) / 3) + 1 },
    seedRule: "two-back",
    timeoutBaseUs: within(draw, minTimeoutRounds, 2) * roundUs,
    maxDriftUs: SECOND_US / 2,
    maxBlockBytes: 2 ** 20,
    stakes: stakes.map(String),
    ...DEFAULT_ECONOMICS,
  };
}

/** Half of the upgrades bring a rule that takes force at a height, early or late, instead of a version that nobody else talks to. */
function withRule(
  draw: RandomStream,
  rootchain: RootchainScenario,
  faults: readonly Fault[],
): Pick<Scenario, "rootchain" | "faults"> {
  if (!faults.some(({ kind }) => kind === "upgrade") || chance(draw, 1 / 2)) return { rootchain, faults };
  const upgrade = { height: within(draw, 1, FAULTY_ROUNDS), maxBlockBytes: within(draw, 2 ** 16, 2 ** 21) };
  return {
    rootchain: { ...rootchain, upgrade },
    faults: faults.map((fault) => (fault.kind === "upgrade" ? { ...fault, isCompatible: true } : fault)),
  };
}

function drawNetwork(draw: RandomStream): NetworkScenario {
  const { names, latencyUs, share, positions } = REGION_PRESETS[pickOne(draw, ["lan", "europe-3", "world-6"] as const)];
  const backbone: Backbone = {
    regions: { names, latencyUs, share, positions },
    jitter: within(draw, 0, 50) / 100,
    bandwidthBitsPerSecond: within(draw, 10, 100) * 1_000_000,
    lossProbability: within(draw, 0, 50) / 1000,
    duplicationProbability: within(draw, 0, 50) / 1000,
    reordering: { probability: within(draw, 0, 100) / 1000, delayUs: within(draw, 10, 500) * 1000 },
    maxMessageBytes: 4 * 2 ** 20,
    queueBytes: 4 * 2 ** 20,
  };
  return { backbone, gossip: { degree: within(draw, 2, 4) } };
}

/**
 * Disks are slow enough to be at it much of the time where a write has to tear.
 *
 * @param tearUs the round in which they have to, or 0
 */
function drawHardware(draw: RandomStream, tearUs: number): Scenario["hardware"] {
  const name = pickOne(draw, ["server", "gateway"] as const);
  const { about: _, ...delegates } = HARDWARE_PRESETS[name];
  const { about: __, ...gateway } = HARDWARE_PRESETS.gateway;
  const others = { name: "gateway", ...gateway };
  const diskUs = tearUs > 0 ? (tearUs * within(draw, 15, 25)) / 100 : delegates.diskUs;
  return {
    delegates: { name, ...delegates, diskUs },
    fullNodes: others,
    operators: others,
    relayers: others,
    lightClients: others,
  };
}

function drawWorkload(draw: RandomStream, durationUs: number): Scenario["workload"] {
  return [
    {
      kind: "transfer",
      name: "transfer-1",
      from: "root",
      to: "root",
      route: "direct",
      expiryUs: { root: 0, destination: 0 },
      relayFees: { relock: "0", delivery: "0" },
      intervalUs: within(draw, 500, 3000) * 1000,
      arrival: { kind: "steady" },
      amount: { min: String(IOTX), max: String(5n * IOTX) },
      amounts: { kind: "even" },
      partners: { kind: "even" },
      accounts: within(draw, 2, 20),
      dataBytes: within(draw, 0, 64),
      startUs: 0,
      stopUs: durationUs,
    },
  ];
}
