/** What the checkers hold a run against. */
export const INVARIANTS = {
  agreement: "no two honest nodes finalise different blocks at one height",
  certificate: "every final block carries a sound certificate of its own committee",
  "single-vote": "an honest node votes once for each view and phase",
  lock: "an honest node votes against its lock only under a new view that a quorum justifies",
  committee: "the committee of each iteration is the one recomputed from the chain",
  "state-root": "re-execution in another order gives the header's state root",
  supply: "no transfer creates or destroys value",
  evidence: "evidence names only the guilty",
  "executed-once": "a transaction takes effect once, on the chain that it was made for, and at its owner's word",
  "signed-bytes": "what is signed commits to everything that it says, the chain before all",
  liveness: "blocks become final within the bound after every heal",
  escrow: "what the rootchain keeps for a subchain covers what is held there, and all value adds up to the supply",
  "consumed-once": "each lock is relocked at most once and delivered at most once",
  delivery: "a transfer between chains ends delivered or refunded, never both and never neither",
  "header-authority": "only final headers by the authorised committee are taken as another chain's",
  quota: "no block holds more relocks of a subchain than it was granted and paid for",
  rewards: "what is issued, shared and claimed is what the schedule gives",
  slashing: "only the guilty lose their bond, and once",
  isolation: "what a subchain breaks stays on that subchain",
  light: "light clients accept nothing that full nodes reject",
  seats: "a subchain runs once it is registered, and its seats are held as the rootchain's record says",
  energy: "what each device spends adds up, over all causes, to the integral of its power",
} as const;

/** Name of something the checkers watch. */
export type Invariant = keyof typeof INVARIANTS;

/**
 * Invariants whose violation takes more than f members of one chain, all of whom evidence can name. The others speak of
 * several chains, or of what no vote proves.
 */
export const CONSENSUS_INVARIANTS: readonly Invariant[] = [
  "agreement",
  "certificate",
  "single-vote",
  "lock",
  "committee",
  "state-root",
  "supply",
  "evidence",
  "executed-once",
  "signed-bytes",
  "liveness",
];

/**
 * What a figure is measured in: µs, a fraction 0 … 1, a plain number, bytes, IOTX (base units / 10^18, as near as a double
 * comes), a number a second, or joules.
 */
export type MetricUnit = "time" | "share" | "count" | "size" | "amount" | "rate" | "energy";

/**
 * Whose figure it is, and how `expect:` writes it for one of them:
 * run: the whole run's, only as it is;
 * chain: `home-1.height`, and without a chain the rootchain's;
 * load: `transfers.lost` of all transfers, `NAME.lost` of one load's;
 * subchain: `quota.spent` of all subchains together, `quota.home-1.spent` of one;
 * light: `light.bytes` of all light clients, `light.NAME.bytes` of one group's;
 * operation: `operations.done` of all operations, `NAME.done` of one;
 * device: `devices.energy` of all devices, `devices.NAME.energy` of one group's.
 */
export type MetricScope = "run" | "chain" | "load" | "subchain" | "light" | "operation" | "device";

/** The figures that `expect:` can compare. A figure without samples is inconclusive. */
export const METRICS = {
  "finality.p50": metric("chain", "time", "median time from a block's proposal to its finality at a node"),
  "finality.p99": metric("chain", "time", "99th percentile of the time from proposal to finality"),
  "finality.max": metric("chain", "time", "longest time from proposal to finality"),
  "blockInterval.p50": metric("chain", "time", "median time between final blocks"),
  "blockInterval.p99": metric("chain", "time", "99th percentile of the time between final blocks"),
  "blockInterval.max": metric("chain", "time", "longest time between final blocks"),
  height: metric("chain", "count", "height of the highest final block"),
  version: metric("chain", "count", "version of the highest final block"),
  viewChanges: metric("chain", "count", "views above 0 that honest members entered, summed over heights"),
  transactions: metric("chain", "count", "transactions in final blocks"),
  throughput: metric("chain", "rate", "transactions a second in final blocks"),
  bytes: metric("chain", "size", "bytes of final blocks"),
  stall: metric("chain", "time", "time from the last final block to the end"),
  undone: metric("chain", "count", "final blocks that another final block at an honest node contradicts"),
  "headers.bytes": metric("chain", "size", "bytes of every final header with its certificate and its committee's keys"),
  "headers.signatures": metric("chain", "count", "signatures in the certificates of every final header"),
  "committee.drawn": metric("chain", "count", "committees drawn by lot"),
  "committee.unevenness": metric(
    "chain",
    "count",
    "mean squared deviation of candidates' seats over its variance under even chances: near 1 where the lot is fair",
  ),
  "committee.deviation": metric(
    "chain",
    "count",
    "standard deviations between the seats of the candidate that is furthest off and its fair number",
  ),
  "committee.byzantine": metric("chain", "share", "part of the seats that Byzantine nodes drew"),
  "committee.stallable": metric("chain", "share", "part of the committees that Byzantine members could stall"),
  "committee.stallable.expected": metric("chain", "share", "the same by the hypergeometric formula"),
  "committee.stallable.deviation": metric("chain", "count", "standard deviations between the two"),
  "committee.capturable": metric(
    "chain",
    "share",
    "part of the committees with Byzantine nodes enough to contradict itself",
  ),
  "committee.capturable.expected": metric("chain", "share", "the same by the hypergeometric formula"),
  "committee.capturable.deviation": metric("chain", "count", "standard deviations between the two"),
  "epoch.stallable": metric("chain", "share", "part of the epochs with a committee that Byzantine members could stall"),
  "epoch.stallable.expected": metric("chain", "share", "the same by the hypergeometric formula"),
  "epoch.stallable.deviation": metric("chain", "count", "standard deviations between the two"),
  "epoch.capturable": metric("chain", "share", "part of the epochs with a committee that could contradict itself"),
  "epoch.capturable.expected": metric("chain", "share", "the same by the hypergeometric formula"),
  "epoch.capturable.deviation": metric("chain", "count", "standard deviations between the two"),
  culprits: metric("chain", "count", "Byzantine nodes that evidence names"),
  slashed: metric("chain", "count", "members whose bond was confiscated"),
  "subchains.throughput": metric("run", "rate", "transactions a second in final blocks of all subchains together"),
  messages: metric("run", "count", "messages delivered"),
  "transfers.started": metric("load", "count", "transfers handed to a chain before the drain"),
  "transfers.delivered": metric("load", "share", "part of the started transfers that arrived"),
  "transfers.refunded": metric("load", "share", "part of the started transfers that came back"),
  "transfers.lost": metric(
    "load",
    "count",
    "transfers that left their source, and neither arrived nor came back when they had to",
  ),
  "transfers.latency.p50": metric("load", "time", "median time from a transfer's start to its arrival"),
  "transfers.latency.p99": metric("load", "time", "99th percentile of the time from start to arrival"),
  "transfers.latency.max": metric("load", "time", "longest time from start to arrival"),
  "transfers.throughput": metric("load", "rate", "transfers that arrive a second"),
  "transfers.transactions": metric("load", "count", "transactions on all chains for each transfer that arrived"),
  "transfers.bytes": metric("load", "size", "bytes on all chains for each transfer that arrived"),
  "transfers.rootBytes": metric("load", "size", "bytes on the rootchain for each transfer that arrived"),
  "operations.done": metric("operation", "share", "part of the operations that became final on the rootchain"),
  "operations.latency.p50": metric("operation", "time", "median time from an operation's time to its finality there"),
  "operations.latency.p99": metric("operation", "time", "99th percentile of the time to finality on the rootchain"),
  "operations.latency.max": metric("operation", "time", "longest time to finality on the rootchain"),
  "operations.effect.p50": metric("operation", "time", "median time until an operation shows where it is to act"),
  "operations.effect.p99": metric("operation", "time", "99th percentile of the time until it shows"),
  "operations.effect.max": metric("operation", "time", "longest time until it shows"),
  "escrow.balance": metric("subchain", "amount", "what the rootchain keeps for a subchain at the end"),
  "escrow.deposited": metric("subchain", "amount", "what went into escrow since the start"),
  "escrow.withdrawn": metric("subchain", "amount", "what went out of escrow since the start"),
  "quota.granted": metric("subchain", "count", "pieces granted, summed over periods"),
  "quota.spent": metric("subchain", "amount", "deposits that relocks used up"),
  "quota.refunded": metric("subchain", "amount", "deposits that came back at the end of periods"),
  "quota.forfeited": metric(
    "subchain",
    "amount",
    "deposits that were lost at the end of periods for pieces left unused",
  ),
  "quota.relocks": metric("subchain", "count", "relocks in final root blocks"),
  "quota.bytes": metric("subchain", "size", "bytes of relocks in final root blocks"),
  "rewards.issued": metric("run", "amount", "rewards that root blocks issued"),
  "rewards.scheduled": metric("run", "amount", "rewards that the schedule has for so many root blocks"),
  "rewards.voters": metric("run", "share", "part of the claimed rewards that voters got"),
  "rewards.claimed": metric("run", "amount", "rewards that voters and delegates claimed"),
  "rewards.unclaimed": metric("run", "amount", "rewards that wait to be claimed at the end"),
  "light.bytes": metric("light", "size", "bytes that light clients received"),
  "light.bytesShare": metric("light", "share", "those bytes against following every header of the chain"),
  "light.signaturesShare": metric("light", "share", "those signatures against checking every header of the chain"),
  "light.signatures": metric("light", "count", "signatures that light clients checked"),
  "light.catchUp": metric("light", "time", "longest time from waking up to the chain's head"),
  "devices.sent": metric("device", "count", "transactions that devices signed before the drain"),
  "devices.confirmed": metric("device", "share", "part of them that devices saw proven to be final"),
  "devices.latency.p50": metric("device", "time", "median time from signing to that proof"),
  "devices.latency.p99": metric("device", "time", "99th percentile of the time from signing to the proof"),
  "devices.delivered": metric("device", "share", "part of what devices sent to another subchain that arrived there"),
  "devices.refunded": metric("device", "share", "part of what devices sent to another subchain that came back"),
  "devices.delivery.p50": metric("device", "time", "median time from signing to arrival on another subchain"),
  "devices.delivery.p99": metric("device", "time", "99th percentile of the time from signing to that arrival"),
  "devices.wakes": metric("device", "count", "times that devices woke"),
  "devices.struck": metric("device", "count", "times that faults switched devices off"),
  "devices.awake": metric("device", "share", "part of the time that devices were awake"),
  "devices.energy": metric("device", "energy", "energy of a device in the whole run, on average"),
  "devices.energy.max": metric("device", "energy", "energy of the device that spent most"),
  "devices.energy.listen": metric("device", "energy", "of a device's energy, what listening took"),
  "devices.energy.receive": metric("device", "energy", "of a device's energy, what receiving took"),
  "devices.energy.transmit": metric("device", "energy", "of a device's energy, what transmitting took"),
  "devices.energy.compute": metric("device", "energy", "of a device's energy, what computing took"),
  "devices.energy.sleep": metric("device", "energy", "of a device's energy, what sleeping took"),
  "devices.life": metric(
    "device",
    "time",
    "how long a battery lasts, at the power of this run where it still does, on average",
  ),
  "devices.dead": metric("device", "count", "devices whose battery was empty before the end"),
  "devices.firstDeath": metric("device", "time", "when the first of their batteries was empty"),
  "devices.frames": metric("device", "count", "frames on the devices' links, both ways, repetitions included"),
  "devices.collided": metric("device", "share", "part of these frames that others spoilt"),
  "devices.lost": metric("device", "share", "part of these frames that got lost otherwise"),
  "devices.waited": metric("device", "time", "mean time that a device's message waits before its first frame begins"),
  "devices.handovers": metric("device", "count", "times that a device's gateway became another one"),
  "devices.airtime": metric("device", "time", "time on the air of all frames together"),
  "devices.offered": metric("device", "count", "frames on the air at one time, on average: the offered load in Erlang"),
  "devices.carried": metric("device", "count", "of them, those that nothing spoils: the throughput in Erlang"),
  "light.refused": metric("light", "count", "checkpoints and headers that light clients refused"),
} as const satisfies Record<string, MetricDefinition>;

/** Name of a figure that a run yields. */
export type Metric = keyof typeof METRICS;

interface MetricDefinition<U extends MetricUnit = MetricUnit, S extends MetricScope = MetricScope> {
  readonly scope: S;
  readonly unit: U;
  readonly about: string;
}

function metric<S extends MetricScope, U extends MetricUnit>(scope: S, unit: U, about: string): MetricDefinition<U, S> {
  return { scope, unit, about };
}

/** How a figure is compared; "=" is exact. */
export type Operator = "<" | "<=" | "=" | ">=" | ">";

/** A figure that another one is compared with. */
export interface FigureReference {
  /** As the file has it. */
  readonly name: string;
  readonly metric: Metric;
  readonly subject: string;
}

/** One line of `expect:`; `name` is its key in the file. */
export type Expectation =
  /** No invariant is violated. Present in every scenario without a `violation`. */
  | { readonly kind: "safety"; readonly name: string }
  /**
   * With more Byzantine members than safety bears: whatever breaks, evidence names no honest node, and at least so many
   * culprits where two blocks became final. Drawn scenarios have it, files say `violation`.
   */
  | { readonly kind: "accountability"; readonly name: string; readonly minimumCulprits: number }
  /** After every heal (and from the start) a block becomes final within the bound. */
  | {
      readonly kind: "liveness";
      readonly name: string;
      readonly withinUs: number;
      /** When a random core with a quorum is freed of all faults, which are frozen elsewhere; null or absent: never. */
      readonly coreAtUs?: number | null;
    }
  /** A figure, optionally of the time outside all faults only. */
  | {
      readonly kind: "comparison";
      readonly name: string;
      readonly metric: Metric;
      /** The chain, load or group of light clients; "" for all loads, subchains or light clients, and for the whole run. */
      readonly subject: string;
      readonly operator: Operator;
      /** As the metric's unit says. */
      readonly value: number;
      /** Another figure of the run, of which `value` is then the part to compare with. */
      readonly reference?: FigureReference;
      readonly outsideFaults: boolean;
    }
  /** The run must break this invariant, and its evidence must name at least so many culprits and no honest node. */
  | {
      readonly kind: "violation";
      readonly name: string;
      /** Name of the chain that it is broken on; "" for an invariant about several chains, wherever it is broken. */
      readonly chain: string;
      readonly invariant: Invariant;
      readonly minimumCulprits: number;
    };
