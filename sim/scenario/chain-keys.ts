import { choice, either, field, integer, type Kind, list, record, text, truth } from "./kinds.ts";
import { ROOTCHAIN_PRESETS } from "./presets.ts";
import * as quantities from "./quantities.ts";

/** Bounds of populations in one scenario. */
const MAX_DELEGATES = 10_000;
const MAX_FULL_NODES = 1_000_000;
export const MAX_SUBCHAINS = 1_000;
/** Nodes of one subchain that sign its blocks. */
const MAX_OPERATORS = 1_000;
const MAX_RELAYERS = 1_000;
/** Pieces that the cross-chain half of a block is cut into (B7). */
export const MAX_PIECES = 64;
const MAX_BLOCKS = 1_000_000_000;

/** The keys of an object as a list with its own type. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table) as Name[];
}

/** Name of a subchain or of a group of light clients: selectors and figures go by it. */
const chainName = text(
  "a short name of small letters, digits and dashes that begins with a letter",
  "^[a-z][a-z0-9-]{0,27}$",
);

/** Figures of consensus that every chain has; defaults differ. */
const timing = {
  iterations: field(integer(1, 10_000), "Iterations an epoch, at least 3; default 47."),
  rounds: field(integer(1, 10_000), "Rounds (blocks) an iteration; default the committee's size."),
  round: field(quantities.timerDuration, "Time from block to block; default 3 s."),
  timeout: field(
    quantities.timerDuration,
    "Time-out of a height's first view, doubled with each view; default two rounds.",
  ),
  maxDrift: field(quantities.duration, "How far ahead of a node's clock a proposal may be; default 500 ms."),
};

/** A change of the rules that is agreed on from the start. */
const upgrade = field(
  record({
    height: field(integer(1, MAX_BLOCKS), "First block of version 2."),
    maxBlock: field(quantities.size, "Largest block from there on; default the same as before."),
  }),
  "Rules that take force at a height, for software that knows them; default none.",
);

const economics = {
  rewards: field(
    record({
      initial: field(quantities.amountOrNothing, "Reward of the first blocks; default 5 IOTX."),
      blocks: field(
        integer(1, MAX_BLOCKS),
        "Blocks over which it falls linearly to nothing; default 105120000, ten years.",
      ),
      commission: field(quantities.share, "Part that a delegate keeps before its voters share; default 10 %."),
      claimed: field(truth, "Whether delegates and voters claim what they earned, after each epoch; default false."),
    }),
    "What blocks pay.",
  ),
  bond: field(quantities.amount, "Of each delegate and standby candidate; default 100000 IOTX."),
  unbonding: field(quantities.positiveDuration, "From the last epoch served until a bond may be spent; default 48 h."),
  trust: field(quantities.positiveDuration, "Oldest checkpoint that a proof may start from; default 24 h."),
  quota: field(
    record({
      period: field(integer(1, MAX_BLOCKS), "Blocks from one allocation of bandwidth to the next; default 1200."),
    }),
    "Bandwidth that subchains bid for.",
  ),
  deadAfter: field(quantities.positiveDuration, "Silence after which a subchain counts as silent; default 2 h."),
  challenge: field(quantities.positiveDuration, "Further silence after which it is dead; default 2 h."),
  heartbeat: field(quantities.positiveDuration, "Least time between anchors that are free of quota; default 60 s."),
  evidence: field(
    record({
      delay: field(integer(0, MAX_BLOCKS), "Blocks from a commitment to its earliest reveal; default 2."),
      window: field(integer(1, MAX_BLOCKS), "Blocks after which a commitment is void; default 1200."),
      informer: field(quantities.informerShare, "Part of a confiscated bond that the informer gets; default 5 %."),
    }),
    "Evidence against members.",
  ),
};

export const rootchain = record({
  preset: field(choice(namesOf(ROOTCHAIN_PRESETS)), "Figures to start from; default paper-2018."),
  delegates: field(integer(1, MAX_DELEGATES), "Elected delegates; default 97."),
  standby: field(integer(0, MAX_DELEGATES), "Registered candidates beyond the delegates; default 0."),
  fullNodes: field(integer(0, MAX_FULL_NODES), "Nodes that follow the chain and never sign; default 0."),
  committee: field(integer(1, MAX_DELEGATES), "Members of one iteration's committee; default 11."),
  iterations: timing.iterations,
  rounds: timing.rounds,
  round: timing.round,
  sortition: field(
    choice(["ranked", "threshold"]),
    "How the committee is drawn: best recorded proofs, or private sortition; default ranked.",
  ),
  threshold: field(
    record({
      size: field(integer(1, MAX_DELEGATES), "Expected members; default the committee's size."),
      quorum: field(integer(1, MAX_DELEGATES), "Votes that decide; default more than two thirds of the expected size."),
    }),
    "Figures of threshold sortition.",
  ),
  seedRule: field(
    choice(["two-back", "one-back"]),
    "Block that seeds iteration i: last of i − 2 (default), or the paper's own, last of i − 1.",
  ),
  timeout: timing.timeout,
  maxDrift: timing.maxDrift,
  maxBlock: field(quantities.size, "Largest block; default 8 MiB."),
  upgrade,
  stakes: field(
    either(choice(["equal", "zipf"]), list(quantities.amount, { maximum: 2 * MAX_DELEGATES })),
    "Stake of each candidate: equal (default), zipf (1, 1/2, 1/3 …), or a list.",
  ),
  ...economics,
});

export const subchain = record({
  name: field(chainName, "Name of the chain, or of several that differ in a number only (home-1, home-2)."),
  count: field(integer(1, MAX_SUBCHAINS), "How many of them; default 1."),
  operators: field(integer(1, MAX_OPERATORS), "Nodes that sign its blocks; default 4."),
  fullNodes: field(integer(0, MAX_FULL_NODES), "Nodes that follow the chain and never sign; default 0."),
  committee: field(
    integer(1, MAX_OPERATORS),
    "Members of one iteration's committee; default all operators, at most 11.",
  ),
  ...timing,
  maxBlock: field(quantities.size, "Largest block; default the rootchain's."),
  upgrade,
  bond: field(quantities.amount, "Of each operator, on the rootchain; default 10000 IOTX."),
  token: field(
    choice(["root", "own"]),
    "Token of its accounts; default root. Amounts in a token of its own are written as IOTX too.",
  ),
  permission: field(
    choice(["public", "private"]),
    "Who may read and write: everybody (default), or the accounts of the workload only.",
  ),
  rewards: field(
    record({
      pool: field(quantities.amountOrNothing, "Prefunded rewards of the operators; default nothing."),
      blocks: field(integer(1, MAX_BLOCKS), "Blocks over which it is paid in equal parts; default 100000."),
    }),
    "What blocks pay besides their fees.",
  ),
  quota: field(
    record({
      pieces: field(
        integer(0, MAX_BLOCKS),
        "Of the 64 pieces of root blocks' cross-chain half, so many; default 4, fewer with more than 16 subchains.",
      ),
      price: field(
        quantities.amountOrNothing,
        "What it bids, and pays, for each piece of its relocks; default 1 IOTX.",
      ),
      deposit: field(quantities.amount, "What a period's relocks are paid from; default enough for every piece."),
    }),
    "Bandwidth on the rootchain for what leaves it.",
  ),
  endowment: field(quantities.amount, "What its accounts hold together at the start; default 10000000 IOTX."),
});

export const relayers = record({
  count: field(
    integer(0, MAX_RELAYERS),
    "How many; default 2 when a load crosses chains or a chain is registered, else 0.",
  ),
  poll: field(quantities.interval, "How often one looks for work; default 1 s."),
});

export const lightClients = record({
  name: field(chainName, "Name of the group; default light and its number."),
  count: field(integer(1, MAX_FULL_NODES), "How many; default 1."),
  chain: field(chainName, "Chain that they follow; default root."),
  awake: field(quantities.positiveDuration, "How long they are awake at a time; default 30 s."),
  asleep: field(quantities.duration, "How long they sleep in between; default 0 s, always awake."),
  trust: field(quantities.positiveDuration, "Oldest checkpoint that they trust; default the rootchain's."),
  admitted: field(truth, "Whether a private chain admits them to read it; default true."),
});

type Given<K> = K extends Kind<infer T> ? T : never;
export type GivenRootchain = Given<typeof rootchain>;
export type GivenSubchain = Given<typeof subchain>;
export type GivenLightClients = Given<typeof lightClients>;
