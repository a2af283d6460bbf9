import { PROTOCOL_VERSION } from "../../protocol/core/machine.ts";
import { MAX_STALE_WRITES } from "../host/disk.ts";
import { choice, field, integer, list, number, record, text, truth } from "./kinds.ts";
import * as quantities from "./quantities.ts";
import { part, selector } from "./selectors.ts";

/** Bounds of lists in one scenario. */
const MAX_ENTRIES = 1_000;
/** Groups of one partition, the bridge besides. */
const MAX_GROUPS = 30;

export const name = text(
  "a short name of letters, digits, dots, dashes and underscores",
  "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
);
const selectors = list(selector, { maximum: MAX_ENTRIES, orSingle: true });

/** How many of which nodes: the keys of everything that befalls nodes. */
export const victims = {
  of: field(selectors, "Which nodes; see the guide to selectors."),
  count: field(part, "How many of them, drawn by the run's seed; default all."),
};

/** One entry of `faults:`. */
export const fault = record({
  name: field(name, "Name in the report; default the kind of fault and its number."),
  at: field(quantities.duration, "When it begins."),
  for: field(quantities.positiveDuration, "How long it lasts; default to the end of the run."),
  crash: field(
    record({
      ...victims,
      disk: field(
        choice(["kept", "lost", "torn", "stale"]),
        "What restarted nodes find: everything (default), nothing, a half-written last record, or what was there before.",
      ),
      writes: field(integer(1, MAX_STALE_WRITES), "Writes that a stale disk had called durable and lost; default 8."),
    }),
    "Nodes stop at once.",
  ),
  restartAfter: field(quantities.positiveDuration, "When crashed nodes start again; default never."),
  partition: field(
    record({
      groups: field(
        list(selectors, { maximum: MAX_GROUPS }),
        "Groups that cannot hear each other; together with the bridge all nodes.",
      ),
      symmetric: field(truth, "false: only messages from an earlier to a later group are lost; default true."),
      bridge: field(selectors, "Nodes that hear and are heard by every group, so that majorities overlap."),
    }),
    "The network falls apart.",
  ),
  slow: field(
    record({ ...victims, factor: field(number(1, 1_000_000), "How many times slower.") }),
    "Nodes compute and write slower.",
  ),
  clock: field(
    record({
      ...victims,
      offset: field(quantities.signedDuration, "Step at the beginning."),
      drift: field(quantities.partsPerMillion, "How fast the clock gains, or loses below 0."),
      freeze: field(truth, "true: it stands still, while timers go on; default false."),
    }),
    "Clocks are wrong.",
  ),
  degrade: field(
    record({
      ...victims,
      loss: field(quantities.share, "Probability of loss besides the backbone's."),
      latency: field(quantities.duration, "Latency besides the backbone's."),
    }),
    "Links from and to nodes get worse.",
  ),
  clog: field(
    record({
      ...victims,
      delay: field(quantities.positiveDuration, "How long a message waits at most; default until it heals."),
    }),
    "Messages from and to nodes wait until it heals; none is lost.",
  ),
  slowPair: field(
    record({
      from: field(selectors, "Nodes of which one is drawn that sends."),
      to: field(selectors, "Other nodes, of which one is drawn that receives."),
      delay: field(quantities.positiveDuration, "How much longer each message takes."),
    }),
    "One node's messages to one other are always late.",
  ),
  isolate: field(
    record({
      ...victims,
      leader: field(truth, "true, instead of nodes: whoever is to propose next on the rootchain when it begins."),
    }),
    "Nodes neither hear nor are heard.",
  ),
  ring: field(record(victims), "Each node hears a majority of its own: itself and the half of a ring that follows it."),
  flap: field(
    record({
      ...victims,
      period: field(quantities.period, "How often each line fails; default 10 s."),
      share: field(quantities.share, "Part of the period that it is dead; default 50 %."),
    }),
    "Lines of nodes fail and come back, over and over.",
  ),
  swizzle: field(record(victims), "Nodes are cut off one by one, and joined again one by one in another order."),
  corrupt: field(
    record({ ...victims, probability: field(quantities.share, "Part of the messages; default 10 %.") }),
    "Bits of messages from and to nodes flip, or their end is missing.",
  ),
  replay: field(
    record({
      ...victims,
      probability: field(quantities.share, "Part of the messages; default 10 %."),
      delay: field(quantities.period, "How much later at most; default 30 s."),
    }),
    "Messages from and to nodes arrive again, later.",
  ),
  misdirect: field(
    record({ ...victims, probability: field(quantities.share, "Part of the writes; default 10 %.") }),
    "Durable writes end up in another record's place, and destroy it.",
  ),
  diskFull: field(record(victims), "Nothing more becomes durable, so that nothing that rests on it leaves."),
  starve: field(
    record({
      ...victims,
      period: field(quantities.period, "How often other programs take the processor; default 5 s."),
      share: field(quantities.share, "Part of the period that they keep it; default 50 %."),
    }),
    "Nodes get no processor time, in bursts.",
  ),
  churn: field(
    record({
      ...victims,
      period: field(quantities.period, "How often one of the nodes leaves; default 10 s."),
      away: field(quantities.period, "How long it stays away; default 15 s."),
    }),
    "Nodes leave and come back at random.",
  ),
  upgrade: field(
    record({
      every: field(quantities.period, "From one restart to the next; default 5 s."),
      version: field(integer(PROTOCOL_VERSION + 1, 1_000), "The other version; default 2."),
      compatible: field(
        truth,
        "Whether the two versions talk to each other, and differ in the blocks that they know; default false.",
      ),
    }),
    "All nodes restart, one by one, with another version of their software.",
  ),
});
