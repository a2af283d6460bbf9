import { DEFAULT_ECONOMICS } from "../../scenario/economics.ts";
import { HARDWARE_PRESETS, type Scenario, type SubchainScenario, type TransferLoad } from "../../scenario/index.ts";
import { excerpt } from "../campaign/run.ts";

const IOTX = 10n ** 18n;
const SECOND_US = 1_000_000;

function subchain(name: string, over: Partial<SubchainScenario> = {}): SubchainScenario {
  return {
    name,
    operators: 4,
    fullNodes: 1,
    committee: 4,
    iterationsPerEpoch: 5,
    roundsPerIteration: 4,
    roundUs: 2 * SECOND_US,
    timeoutBaseUs: 3 * SECOND_US,
    maxDriftUs: SECOND_US / 2,
    maxBlockBytes: 2 ** 20,
    bond: String(1000n * IOTX),
    ownToken: false,
    permission: "public",
    rewardPool: "0",
    rewardBlocks: 1,
    quota: { pieces: 4, pricePerPiece: String(IOTX / 100n), deposit: String(100n * IOTX) },
    endowment: String(1_000_000n * IOTX),
    ...over,
  };
}

/** A load of one transfer in two seconds. */
export function load(name: string, from: string, to: string, over: Partial<TransferLoad> = {}): TransferLoad {
  return {
    kind: "transfer",
    arrival: { kind: "steady" },
    amounts: { kind: "even" },
    partners: { kind: "even" },
    name,
    from,
    to,
    route: "direct",
    expiryUs: { root: 600 * SECOND_US, destination: 600 * SECOND_US },
    relayFees: { relock: String(IOTX / 100n), delivery: String(IOTX / 100n) },
    intervalUs: 2 * SECOND_US,
    amount: { min: String(IOTX), max: String(5n * IOTX) },
    accounts: 6,
    dataBytes: 32,
    startUs: 0,
    stopUs: 40 * SECOND_US,
    ...over,
  };
}

/** A rootchain of four delegates with two subchains, one public and one private with a token of its own, one relayer and a client. */
export function twoSubchains(over: Partial<Scenario> = {}): Scenario {
  const base = excerpt("two-subchains", 100);
  const { about: _, ...server } = HARDWARE_PRESETS.server;
  const hardware = { name: "server", ...server };
  const { backbone } = base.network;
  const reordering = { probability: 0, delayUs: 0 };
  return {
    ...base,
    perturbation: 0,
    drainUs: 60 * SECOND_US,
    rootchain: {
      ...base.rootchain,
      ...DEFAULT_ECONOMICS,
      delegates: 4,
      standby: 1,
      fullNodes: 1,
      committee: 4,
      iterationsPerEpoch: 4,
      roundsPerIteration: 4,
      roundUs: 2 * SECOND_US,
      timeoutBaseUs: 3 * SECOND_US,
      maxBlockBytes: 2 ** 20,
      stakes: [4n, 3n, 2n, 1n, 1n].map((stake) => String(1000n * stake * IOTX)),
    },
    subchains: [subchain("home"), subchain("shop", { permission: "private", fullNodes: 0 })],
    relayers: { count: 1, pollUs: SECOND_US },
    lightClients: [
      {
        name: "sensor",
        count: 1,
        chain: "home",
        awakeUs: 10 * SECOND_US,
        asleepUs: 20 * SECOND_US,
        trustPeriodUs: 1e10,
        isAdmitted: true,
      },
    ],
    network: {
      ...base.network,
      backbone: { ...backbone, lossProbability: 0, duplicationProbability: 0, reordering },
    },
    hardware: {
      delegates: hardware,
      fullNodes: hardware,
      operators: hardware,
      relayers: hardware,
      lightClients: hardware,
    },
    workload: [
      load("pay", "root", "root"),
      load("inside", "home", "home"),
      load("across", "home", "shop"),
      load("naive", "shop", "home", { route: "naive" }),
      load("up", "shop", "root"),
      load("down", "root", "home"),
    ],
    faults: [],
    adversaries: [],
    expect: [{ kind: "safety", name: "safety" }],
    ...over,
  };
}
