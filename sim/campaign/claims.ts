/** A scenario that answers a claim, and the figures of its summary that are the answer. */
export interface ClaimScenario {
  /** Of the scenario and its file. */
  readonly name: string;
  /** Keys as `expect:` has them. */
  readonly figures: readonly string[];
}

/** One claim of the paper. Source: protocol.md, section 9. */
export interface Claim {
  readonly number: number;
  readonly text: string;
  readonly scenarios: readonly ClaimScenario[];
}

const SAMPLING = [
  "committee.stallable",
  "committee.stallable.expected",
  "committee.capturable",
  "committee.capturable.expected",
  "epoch.stallable",
  "epoch.stallable.expected",
  "epoch.capturable",
  "epoch.capturable.expected",
];
const UNAFFECTED = ["blockInterval.p99", "height", "undone", "orders.delivered", "orders.latency.p99"];
const GROWTH = ["subchains.throughput", "throughput"];

/** The claims that scenarios can answer by now. */
export const CLAIMS: readonly Claim[] = [
  {
    number: 1,
    text: "A block is final at once; nothing final is ever undone with at most f faulty members.",
    scenarios: [{ name: "claim-01-final-at-once", figures: ["finality.p50", "finality.p99", "undone", "culprits"] }],
  },
  {
    number: 2,
    text: "One block each 3 s.",
    scenarios: [
      {
        name: "claim-02-every-3-s",
        figures: ["blockInterval.p50", "blockInterval.p99", "blockInterval.max", "height"],
      },
    ],
  },
  {
    number: 3,
    text: "Three transactions beat four: latency, bytes on each chain.",
    scenarios: [
      {
        name: "claim-03-three-beat-four",
        figures: ["transactions", "latency.p50", "latency.p99", "rootBytes", "bytes"].flatMap((figure) => [
          `three.${figure}`,
          `four.${figure}`,
        ]),
      },
    ],
  },
  {
    number: 4,
    text: "An attacked subchain leaves the rootchain unaffected.",
    scenarios: [
      { name: "claim-04-mint", figures: [...UNAFFECTED, "escrow.bad.withdrawn", "escrow.bad.deposited", "bad.stall"] },
      { name: "claim-04-forge-state", figures: [...UNAFFECTED, "escrow.bad.balance", "bad.stall"] },
      { name: "claim-04-turncoat", figures: [...UNAFFECTED, "bad.slashed"] },
      { name: "claim-04-fork", figures: [...UNAFFECTED, "bad.undone"] },
      {
        name: "claim-04-silent",
        figures: [...UNAFFECTED, "bad.stall", "deposits.delivered", "deposits.refunded", "deposits.lost"],
      },
    ],
  },
  {
    number: 5,
    text: "A spamming subchain burns its deposit and loses its quota while others keep theirs.",
    scenarios: [
      {
        name: "claim-05-quota",
        figures: [
          "quota.spammer.spent",
          "spam.delivered",
          "spam.refunded",
          "quota.squatter.forfeited",
          "quota.squatter.refunded",
          "orders.delivered",
          "orders.latency.p99",
        ],
      },
    ],
  },
  {
    number: 6,
    text: "VRF committees are fair in proportion.",
    scenarios: [
      { name: "claim-06-fair-lot", figures: ["committee.drawn", "committee.unevenness", "committee.deviation"] },
    ],
  },
  {
    number: 7,
    text: "Committee sampling: measured stall and capture rates against the formula.",
    scenarios: [
      { name: "claim-07-sampling", figures: SAMPLING },
      { name: "claim-07-sampling-19", figures: SAMPLING },
      { name: "claim-07-stall", figures: ["committee.drawn", "committee.stallable.expected", "height", "stall"] },
    ],
  },
  {
    number: 8,
    text: "Light clients catch up by checkpoints at a fraction of the cost.",
    scenarios: [
      {
        name: "claim-08-light-clients",
        figures: [
          "light.sleeper.bytesShare",
          "light.sleeper.signaturesShare",
          "light.watcher.bytesShare",
          "light.watcher.signaturesShare",
          "light.sleeper.catchUp",
        ],
      },
    ],
  },
  {
    number: 9,
    text: "The network grows by adding subchains: saturated throughput against their number, the root's share apart.",
    scenarios: [
      { name: "claim-09-growth-1", figures: GROWTH },
      { name: "claim-09-growth-4", figures: GROWTH },
      { name: "claim-09-growth-16", figures: GROWTH },
    ],
  },
  {
    number: 10,
    text: "PBFT survives up to a third faulty.",
    scenarios: [
      { name: "claim-10-third", figures: ["height", "undone", "transfers.delivered"] },
      { name: "claim-10-beyond", figures: ["height", "undone", "stall"] },
      { name: "too-many-byzantine", figures: ["undone", "culprits"] },
    ],
  },
  {
    number: 18,
    text: "Rewards follow the schedule and are shared.",
    scenarios: [
      {
        name: "claim-18-rewards",
        figures: ["rewards.issued", "rewards.scheduled", "rewards.claimed", "rewards.unclaimed", "rewards.voters"],
      },
    ],
  },
];
