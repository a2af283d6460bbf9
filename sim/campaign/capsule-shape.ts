import type { ChannelAccess } from "../network/csma/ieee802154.ts";
import type { PowerProfile } from "../network/energy.ts";
import type { RecordedPath } from "../network/motion.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import { type Expectation, INVARIANTS, METRICS } from "../scenario/expectation.ts";
import type { Operation } from "../scenario/operation.ts";
import type {
  Adversary,
  Arrival,
  Backbone,
  DeviceCrossing,
  DeviceGroup,
  DeviceLink,
  DeviceLoss,
  Fault,
  Hardware,
  LightClientScenario,
  MeasuredPlaces,
  RootchainEconomics,
  RootchainScenario,
  Scenario,
  Spread,
  SubchainScenario,
  TransferLoad,
} from "../scenario/scenario.ts";
import { STRATEGIES } from "../scenario/strategies.ts";
import {
  choice,
  digits,
  list,
  map,
  nullable,
  number,
  optional,
  part,
  type Shape,
  signed,
  text,
  truth,
  whole,
  wordOr,
} from "./shape.ts";

/** A shape for every key of a type: one that is forgotten here does not compile. */
type Keys<T> = { readonly [Key in keyof Required<T>]: Shape };
const keys = <T>(of: Keys<T>): Shape => map(of);

const GROUP = list(map({ first: whole, last: whole, count: wordOr("rest", whole) }));
const HARDWARE = keys<Hardware>({
  name: text,
  signNs: number,
  verifyNs: number,
  vrfProveNs: number,
  vrfVerifyNs: number,
  hashNsPerKibibyte: number,
  executeNs: number,
  diskUs: number,
});
const DEVICE_LINK = byKind(
  {
    lora: {
      spreadingFactor: whole,
      class: choice("A", "C"),
      isConfirmed: truth,
      isAdaptive: truth,
      secondWindowFactor: whole,
      demodulators: optional(whole),
    },
    "802.15.4": {
      acknowledges: truth,
      access: keys<ChannelAccess>({
        leastExponent: whole,
        mostExponent: whole,
        mostBackoffs: whole,
        mostRetries: whole,
      }),
    },
    point: {
      profile: choice(...Object.keys(LINK_PROFILES)),
      rates: optional(map({ uplinkBitsPerSecond: number, downlinkBitsPerSecond: number })),
    },
  } satisfies Record<DeviceLink["kind"], Readonly<Record<string, Shape>>>,
  {},
);
const DEVICE_LOSS = byKind(
  {
    none: {},
    bernoulli: { probability: part },
    gilbertElliott: { meanGoodUs: number, meanBadUs: number, lossGood: part, lossBad: part },
    trace: { fromUs: list(number), lossProbability: list(part), lengthUs: number, isShifted: optional(truth) },
  } satisfies Record<DeviceLoss["kind"], Readonly<Record<string, Shape>>>,
  {},
);
const ARRIVAL = byKind(
  {
    steady: {},
    poisson: {},
    periodic: { jitter: part },
    diurnal: { depth: part, periodUs: whole },
    bursts: { size: whole, gapUs: whole },
    trace: { atUs: list(whole) },
  } satisfies Record<Arrival["kind"], Readonly<Record<string, Shape>>>,
  {},
);
const PLACES = keys<MeasuredPlaces>({ x: list(number), y: list(number) });
const DEVICES = keys<DeviceGroup>({
  name: text,
  count: whole,
  chain: text,
  class: text,
  hardware: HARDWARE,
  power: keys<PowerProfile>({
    sleepWatts: number,
    computeWatts: number,
    listenWatts: number,
    receiveWatts: number,
    transmitWatts: number,
    reducedWatts: optional(list(number)),
  }),
  ramBytes: whole,
  flashBytes: whole,
  batteryJoules: number,
  receiveBytes: optional(whole),
  link: DEVICE_LINK,
  loss: DEVICE_LOSS,
  gateways: whole,
  radiusMetres: number,
  places: optional(PLACES),
  gatewayPlaces: optional(PLACES),
  shadowingDb: nullable(number),
  air: optional(text),
  sleep: keys<DeviceGroup["sleep"]>({
    periodUs: whole,
    jitter: part,
    arrival: optional(ARRIVAL),
    awakeUs: whole,
    pollUs: whole,
  }),
  mobility: optional(
    keys<NonNullable<DeviceGroup["mobility"]>>({
      speed: number,
      pauseUs: whole,
      stepUs: whole,
      path: optional(keys<RecordedPath>({ atUs: list(whole), x: list(number), y: list(number) })),
    }),
  ),
  start: optional(keys<NonNullable<DeviceGroup["start"]>>({ atUs: whole, spreadUs: whole })),
  send: keys<DeviceGroup["send"]>({
    amount: digits,
    dataBytes: whole,
    confirmsEvery: whole,
    crossing: optional(
      keys<DeviceCrossing>({
        to: text,
        relayFees: map({ relock: digits, delivery: digits }),
        expiryUs: map({ root: whole, destination: whole }),
      }),
    ),
  }),
});
const BACKBONE = keys<Backbone>({
  regions: map({
    names: list(text),
    latencyUs: list(list(number)),
    share: list(part),
    positions: nullable(list(list(number))),
  }),
  jitter: number,
  bandwidthBitsPerSecond: number,
  lossProbability: part,
  duplicationProbability: part,
  reordering: map({ probability: part, delayUs: whole }),
  maxMessageBytes: whole,
  queueBytes: whole,
});
const ECONOMICS: Keys<RootchainEconomics> = {
  rewardInitial: digits,
  rewardBlocks: whole,
  commission: part,
  claimsRewards: truth,
  delegateBond: digits,
  unbondingUs: whole,
  trustPeriodUs: whole,
  quotaPeriodBlocks: whole,
  deadAfterUs: whole,
  challengeUs: whole,
  heartbeatUs: whole,
  evidenceDelayBlocks: whole,
  evidenceWindowBlocks: whole,
  informerShare: part,
};
/** What both kinds of chain have. */
const CHAIN = {
  fullNodes: whole,
  committee: whole,
  iterationsPerEpoch: whole,
  roundsPerIteration: whole,
  roundUs: whole,
  timeoutBaseUs: whole,
  maxDriftUs: whole,
  maxBlockBytes: whole,
  upgrade: optional(map({ height: whole, maxBlockBytes: whole })),
};
const ROOTCHAIN = keys<RootchainScenario>({
  ...ECONOMICS,
  ...CHAIN,
  delegates: whole,
  standby: whole,
  sortition: choice("ranked", "threshold"),
  threshold: map({ expectedSize: number, quorum: number }),
  seedRule: choice("two-back", "one-back"),
  stakes: list(digits),
});
const SUBCHAIN = keys<SubchainScenario>({
  ...CHAIN,
  name: text,
  operators: whole,
  bond: digits,
  ownToken: truth,
  permission: choice("public", "private"),
  rewardPool: digits,
  rewardBlocks: whole,
  quota: map({ pieces: whole, pricePerPiece: digits, deposit: digits }),
  endowment: digits,
});
const LIGHT_CLIENTS = keys<LightClientScenario>({
  name: text,
  count: whole,
  chain: text,
  awakeUs: whole,
  asleepUs: whole,
  trustPeriodUs: whole,
  isAdmitted: truth,
});
const SPREAD = byKind(
  { even: {}, pareto: { shape: number } } satisfies Record<Spread["kind"], Readonly<Record<string, Shape>>>,
  {},
);
const LOAD = keys<TransferLoad>({
  kind: choice("transfer"),
  name: text,
  from: text,
  to: text,
  route: choice("direct", "naive"),
  expiryUs: map({ root: whole, destination: whole }),
  relayFees: map({ relock: digits, delivery: digits }),
  intervalUs: whole,
  arrival: ARRIVAL,
  amount: map({ min: digits, max: digits }),
  amounts: SPREAD,
  partners: SPREAD,
  accounts: whole,
  dataBytes: whole,
  startUs: whole,
  stopUs: whole,
  token: optional(text),
  accountsOf: optional(text),
  exit: optional(map({ amount: nullable(digits) })),
});
const OPERATION = byKind(
  {
    register: { chain: text },
    nominate: { chain: text, seat: whole, fullNode: whole },
    stand: { seat: whole, fullNode: whole, stake: digits },
    resign: { chain: text, seat: whole },
    withdraw: { chain: text, seat: whole, of: choice("bond", "stake") },
  } satisfies Record<Operation["kind"], Readonly<Record<string, Shape>>>,
  { name: text, atUs: whole },
);
const ADVERSARY = keys<Adversary>({
  name: text,
  nodes: GROUP,
  strategy: choice(...Object.keys(STRATEGIES)),
  fromUs: whole,
  placement: optional(choice("richest", "poorest", "adaptive", "around")),
  atOnce: optional(whole),
  stake: optional(part),
  victim: optional(whole),
  hasTurncoat: optional(truth),
});

type FaultOf<Kind extends Fault["kind"]> = Extract<Fault, { kind: Kind }>;
/** A shape for what one kind of fault has beside its window. */
type FaultKeys = { readonly [Kind in Fault["kind"]]: Keys<Omit<FaultOf<Kind>, "kind" | "name" | "atUs" | "forUs">> };
const FAULTS: FaultKeys = {
  crash: { nodes: GROUP, disk: choice("kept", "lost", "torn", "stale"), writes: optional(whole) },
  partition: { groups: list(GROUP), mode: choice("symmetric", "one-way", "overlapping"), bridge: GROUP },
  slow: { nodes: GROUP, factor: number },
  clock: { nodes: GROUP, offsetUs: signed, driftPpm: signed, freezes: optional(truth) },
  degrade: { nodes: GROUP, lossProbability: part, latencyUs: whole },
  clog: { nodes: GROUP, delayUs: nullable(whole) },
  slowPair: { from: GROUP, to: GROUP, delayUs: whole },
  isolate: { nodes: nullable(GROUP) },
  ring: { nodes: GROUP },
  flap: { nodes: GROUP, periodUs: whole, share: part },
  swizzle: { nodes: GROUP },
  corrupt: { nodes: GROUP, probability: part },
  replay: { nodes: GROUP, probability: part, delayUs: whole },
  misdirect: { nodes: GROUP, probability: part },
  diskFull: { nodes: GROUP },
  starve: { nodes: GROUP, periodUs: whole, share: part },
  churn: { nodes: GROUP, periodUs: whole, awayUs: whole },
  upgrade: { everyUs: whole, version: whole, isCompatible: optional(truth) },
};
const FAULT = byKind(FAULTS, { name: text, atUs: whole, forUs: nullable(whole) });

const INVARIANT = choice(...Object.keys(INVARIANTS));
const METRIC = choice(...Object.keys(METRICS));
const EXPECTATION = byKind(
  {
    safety: {},
    accountability: { minimumCulprits: whole },
    liveness: { withinUs: whole, coreAtUs: optional(nullable(whole)) },
    comparison: {
      metric: METRIC,
      subject: text,
      operator: choice("<", "<=", "=", ">=", ">"),
      value: number,
      reference: optional(map({ name: text, metric: METRIC, subject: text })),
      outsideFaults: truth,
    },
    violation: { chain: text, invariant: INVARIANT, minimumCulprits: whole },
  } satisfies Record<Expectation["kind"], Readonly<Record<string, Shape>>>,
  { name: text },
);

/** @returns maps of several kinds, which have some keys in common */
function byKind(
  kinds: Readonly<Record<string, Readonly<Record<string, Shape>>>>,
  common: Record<string, Shape>,
): Shape {
  const variants = Object.entries(kinds).map(([kind, own]) => [kind, map({ kind: text, ...common, ...own })]);
  return { is: "variants", by: "kind", of: Object.fromEntries(variants) };
}

const SCENARIO = keys<Scenario>({
  name: text,
  question: text,
  tier: choice("smoke", "standard", "long"),
  seed: text,
  perturbation: whole,
  crypto: choice("real", "modelled"),
  durationUs: whole,
  drainUs: whole,
  rootchain: ROOTCHAIN,
  subchains: list(SUBCHAIN),
  relayers: map({ count: whole, pollUs: whole }),
  lightClients: list(LIGHT_CLIENTS),
  network: keys<Scenario["network"]>({ backbone: BACKBONE, gossip: map({ degree: whole }) }),
  hardware: keys<Scenario["hardware"]>({
    delegates: HARDWARE,
    fullNodes: HARDWARE,
    operators: HARDWARE,
    relayers: HARDWARE,
    lightClients: HARDWARE,
  }),
  devices: optional(list(DEVICES)),
  workload: list(LOAD),
  operations: optional(list(OPERATION)),
  faults: list(FAULT),
  adversaries: list(ADVERSARY),
  expect: list(EXPECTATION),
});

/** The shape of a whole capsule. @param kinds of failures */
export function capsuleShape(kinds: readonly string[]): Shape {
  return map({
    format: choice("orrery-capsule"),
    version: whole,
    codeVersion: text,
    origin: text,
    expected: map({ digest: text, failure: map({ kind: choice(...kinds), what: text, where: text }) }),
    scenario: SCENARIO,
  });
}
