import { arrival } from "./arrival-keys.ts";
import { lightClients, MAX_SUBCHAINS, namesOf, relayers, rootchain, subchain } from "./chain-keys.ts";
import { deviceGroups } from "./device-keys.ts";
import { expectations } from "./expect-keys.ts";
import { fault, name, victims } from "./fault-keys.ts";
import { choice, either, field, integer, type Kind, list, number, one, record, text, truth } from "./kinds.ts";
import { operations } from "./operation-keys.ts";
import { HARDWARE_PRESETS, REGION_PRESETS } from "./presets.ts";
import * as quantities from "./quantities.ts";
import { expiry, relayFees } from "./relay-keys.ts";
import { selector } from "./selectors.ts";
import { STRATEGIES } from "./strategies.ts";
import { MAX_REPLICATIONS, sweep } from "./sweep-keys.ts";

/** Bounds of lists in one scenario. */
const MAX_ENTRIES = 1_000;
const MAX_REGIONS = 64;

const network = record(
  {
    backbone: field(
      record({
        regions: field(
          either(
            choice(namesOf(REGION_PRESETS)),
            record({
              names: field(list(name, { maximum: MAX_REGIONS }), "Name of each region."),
              latencyMs: field(
                list(list(number(0, 60_000), { maximum: MAX_REGIONS }), { maximum: MAX_REGIONS }),
                "One-way latency in ms: a row for each region, a column for each region.",
              ),
              share: field(
                list(quantities.share, { maximum: MAX_REGIONS }),
                "Part of the nodes in each region; default equal.",
              ),
            }),
          ),
          "Where nodes are: a preset (default world-6) or names, latencyMs and share.",
        ),
        jitter: field(quantities.share, "A message takes up to this part of its latency longer; default 10 %."),
        bandwidth: field(quantities.bandwidth, "Of each node, up and down alike; default 100 Mbit/s."),
        loss: field(quantities.share, "Probability that a message is lost; default 0 %."),
        duplication: field(quantities.share, "Probability that a message arrives twice; default 0 %."),
        reordering: field(
          record({
            probability: field(quantities.share, "Probability that a message is held back; default 0 %."),
            delay: field(quantities.positiveDuration, "How long at most; default 100 ms."),
          }),
          "Messages held back, so that later ones overtake them.",
        ),
        maxMessage: field(quantities.size, "Largest message; default 10 MiB."),
        queue: field(quantities.size, "Bytes that may wait at a node's end of its links; default 64 MiB."),
      }),
      "The wide-area network between nodes.",
    ),
    gossip: field(
      record({ degree: field(integer(1, 1_000), "Neighbours of a node in the gossip mesh; default 8.") }),
      "The gossip mesh.",
    ),
  },
  { radio: "radio links come with devices" },
);

const hardwareClass = either(
  choice(namesOf(HARDWARE_PRESETS)),
  record({
    preset: field(choice(namesOf(HARDWARE_PRESETS)), "Figures to start from; default server."),
    sign: field(quantities.workTime, "One signature."),
    verify: field(quantities.workTime, "Verification of one signature."),
    vrfProve: field(quantities.workTime, "One VRF proof."),
    vrfVerify: field(quantities.workTime, "Verification of one VRF proof."),
    hash: field(quantities.workTime, "SHA-256 of 1 KiB."),
    execute: field(quantities.workTime, "Execution of one transaction."),
    disk: field(quantities.duration, "Until one durable write is safe."),
  }),
);

const chain = text("root, or the name of a subchain", "^[a-z][a-z0-9-]{0,31}$");
const loadName = text("a short name of letters, digits and dashes", "^[A-Za-z][A-Za-z0-9-]{0,63}$");

const spread = either(
  choice(["even", "pareto"]),
  one({
    pareto: field(
      record({
        shape: field(number(0.1, 10), "The smaller, the heavier the tail; default 1.16: four fifths to a fifth."),
      }),
      "Many small ones and a few large ones.",
    ),
  }),
);

const START = field(quantities.duration, "Nothing before; default 0 s.");
const STOP = field(quantities.positiveDuration, "Nothing after; default the end.");

const reading = record({
  name: field(loadName, "Name of the load in figures; default reading and its number."),
  on: field(chain, "Subchain that keeps them."),
  rate: field(quantities.rate, "How often, all accounts together; default 1/s."),
  arrival: field(arrival, "In which pattern; default periodic."),
  data: field(quantities.size, "What each says; default 24 B."),
  accounts: field(integer(2, 1_000_000), "Accounts that report; default 100."),
  start: START,
  stop: STOP,
});

const transfer = record({
  name: field(loadName, "Name of the load in figures; default transfer and its number."),
  from: field(chain, "Chain that pays; default root."),
  to: field(chain, "Chain that is paid; default root."),
  route: field(
    choice(["direct", "naive"]),
    "Between two subchains: three transactions (default), or four by way of an account on the rootchain.",
  ),
  rate: field(quantities.rate, "How often; default 1/s."),
  arrival: field(
    arrival,
    "In which pattern, with the same mean: steady (default), poisson, periodic, diurnal or bursts.",
  ),
  amount: field(quantities.amountRange, "Amount or range of amounts; default 1..5 IOTX."),
  amounts: field(spread, "How they spread over the range; default even."),
  partners: field(spread, "How receivers spread over the accounts; default even."),
  token: field(
    chain,
    "Token that moves: root, or the subchain whose own it is; default the one of the chain that pays, where the way allows it.",
  ),
  accounts: field(integer(2, 1_000_000), "Accounts that pay each other; default 100."),
  accountsOf: field(loadName, "Another load above whose accounts these are too, so that what they got there moves on."),
  data: field(quantities.size, "Attached data; default 0 B."),
  fees: relayFees,
  expiry,
  start: START,
  stop: STOP,
});

const loadOrOperation = record({
  name: field(loadName, "Name of an operation in figures; default what it is and its number."),
  at: field(quantities.duration, "When an operation is handed in."),
  transfer: field(transfer, "Transfers between accounts."),
  reading: field(reading, "What accounts report: transactions of data alone."),
  ...operations,
});

const adversary = record({
  name: field(name, "Name in the report; default the strategy and its number."),
  ...victims,
  strategy: field(choice(namesOf(STRATEGIES)), "How they depart from the protocol."),
  from: field(quantities.duration, "When they begin; default 0 s."),
  placement: field(
    choice(["random", "richest", "poorest", "adaptive", "around"]),
    "How they are chosen: drawn (default), by stake, from each committee just elected, or as the victim's neighbours.",
  ),
  stake: field(quantities.share, "What they may hold of all candidates' stake; fewer than count where it is used up."),
  victim: field(selector, "The one node that the strategy is after, such as full-nodes 0."),
  turncoat: field(
    truth,
    "Whether one of them hands relayers the proof of a false state (mint, forge-state); default false.",
  ),
});

/** Every key of a scenario file: the one definition that validates files, resolves units and yields the JSON Schema. */
export const SCENARIO = record(
  {
    name: field(name, "Name of the scenario; default the file's."),
    question: field(text("one sentence", "^[^\\n]{1,400}$"), "What this scenario asks."),
    tier: field(choice(["smoke", "standard", "long"]), "check takes smoke and standard by default; default standard."),
    extends: field(
      text("a path below this file's folder", "^.{1,400}$"),
      "Another scenario file that this one changes.",
    ),
    seed: field(text("a short word or number", "^[A-Za-z0-9._-]{1,64}$"), "Seed of every random stream; default 1."),
    perturbation: field(integer(0, 2 ** 32 - 1), "Reorders otherwise equal schedules; default 0, which leaves them."),
    crypto: field(
      choice(["real", "modelled"]),
      "Real signatures and proofs, or keyed hashes of the same size and cost; default real.",
    ),
    duration: field(quantities.positiveDuration, "Simulated time; default 10 min."),
    drain: field(
      quantities.duration,
      "Transfers started this close to the end are not counted; default two rounds, or 1 min between chains.",
    ),
    rootchain: field(rootchain, "The rootchain and who runs it."),
    subchains: field(list(subchain, { maximum: MAX_SUBCHAINS }), "Chains beside the rootchain, and who runs them."),
    relayers: field(relayers, "Machines that carry proofs between chains for the fees."),
    devices: field(deviceGroups, "Things with batteries that wake, transact and sleep."),
    light: field(list(lightClients, { maximum: MAX_ENTRIES }), "Clients that follow a chain by its checkpoints."),
    network: field(network, "The network."),
    hardware: field(
      record({
        delegates: field(hardwareClass, "Machines of delegates and standby candidates; default server."),
        fullNodes: field(hardwareClass, "Machines of full nodes; default gateway."),
        operators: field(hardwareClass, "Machines of subchains' operators; default server."),
        relayers: field(hardwareClass, "Machines of relayers; default server."),
        lightClients: field(hardwareClass, "Machines of light clients; default device."),
      }),
      "How fast nodes compute.",
    ),
    workload: field(
      list(loadOrOperation, { maximum: MAX_ENTRIES }),
      "What clients do: loads of transfers, and operations at a time.",
    ),
    faults: field(list(fault, { maximum: MAX_ENTRIES }), "What breaks, and when."),
    adversaries: field(list(adversary, { maximum: MAX_ENTRIES }), "Byzantine nodes."),
    expect: field(expectations, "What must hold; each line gets a verdict."),
    sweep: field(sweep, "Values that `orrery sweep` varies; other commands run what stands above."),
    replications: field(
      integer(1, MAX_REPLICATIONS),
      "Runs of each cell of a sweep, with seeds that count up from the scenario's; default 5.",
    ),
  },
  {
    plugins: "extensions in TypeScript come later",
    contracts: "contracts on subchains come later",
    privacy: "private transactions come later",
  },
);

/** A scenario file as read: the keys that were given, with their places. */
export type Given<K> = K extends Kind<infer T> ? T : never;
export type GivenScenario = Given<typeof SCENARIO>;
export type GivenNetwork = Given<typeof network>;
export type GivenHardware = Given<typeof hardwareClass>;
export type GivenTransfer = Given<typeof transfer>;
export type GivenReading = Given<typeof reading>;
export type GivenLoad = Given<typeof loadOrOperation>;
export type GivenFault = Given<typeof fault>;
export type GivenAdversary = Given<typeof adversary>;
