import { LINK_PROFILES, type LinkProfileName } from "../network/point/profiles.ts";
import { arrival } from "./arrival-keys.ts";
import { namesOf } from "./chain-keys.ts";
import { DEVICE_CLASSES } from "./device-classes.ts";
import {
  choice,
  either,
  field,
  integer,
  type Kind,
  list,
  number,
  one,
  quote,
  record,
  scalarKind,
  text,
  truth,
} from "./kinds.ts";
import * as quantities from "./quantities.ts";
import { expiry, relayFees } from "./relay-keys.ts";

/** Bounds of one group. */
export const MAX_DEVICES = 1_000_000;
export const MAX_GATEWAYS = 10_000;
const MAX_TRACE_ROWS = 10_000;

const groupName = text(
  "a short name of small letters, digits and dashes that begins with a letter",
  "^[a-z][a-z0-9-]{0,27}$",
);

const csvFile = text("a CSV file below this file's folder", "^.{1,400}$");

/** 0: never. */
const confirmation: Kind<number> = scalarKind(
  "a whole number from 1 to 16, or never",
  {
    anyOf: [
      { type: "integer", minimum: 1, maximum: 16 },
      { type: "string", enum: ["never"] },
    ],
  },
  ({ value, text: written }) => {
    if (written === "never") return { value: 0 };
    const isCount = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 16;
    return isCount ? { value } : { refused: `${quote(written)} is neither` };
  },
);

const place = record({
  x: field(quantities.position, "Metres east of the disc's south-western corner."),
  y: field(quantities.position, "Metres north of it."),
});

const lora = record({
  spreadingFactor: field(
    integer(7, 12),
    "Fixed; default the fastest that the nearest gateway hears with a margin of 10 dB.",
  ),
  class: field(choice(["A", "C"]), "A listens after its own frames (default), C all the time that it is awake."),
  confirmed: field(truth, "Whether frames are repeated until they are acknowledged; default true."),
  adaptive: field(truth, "Whether the server sets spreading factor and power; default true without a fixed factor."),
  secondWindow: field(integer(7, 12), "Spreading factor of the second window; default 9."),
  demodulators: field(integer(1, 64), "Frames that a gateway takes in at once; default 8, as one SX1301 does."),
});

const ieee802154 = record({
  acknowledged: field(truth, "Whether frames are acknowledged and repeated; default true."),
  leastExponent: field(integer(0, 8), "macMinBE; default 3."),
  mostExponent: field(integer(3, 8), "macMaxBE; default 5."),
  backoffs: field(integer(0, 5), "macMaxCSMABackoffs; default 4."),
  retries: field(integer(0, 7), "macMaxFrameRetries; default 3."),
});

const homeLine = record({
  up: field(quantities.bandwidth, "To the network; default 10 Mbit/s."),
  down: field(quantities.bandwidth, "From it; default 50 Mbit/s."),
});

/** Links that devices share with others. */
export const RADIO_LINKS = {
  lora: "LoRaWAN in Europe's band at 868 MHz: ALOHA with capture under a duty cycle, classes A and C",
  "802.15.4": "unslotted CSMA/CA at 2.4 GHz, 250 kbit/s, 127 bytes a frame",
} as const;

const LINK_NAMES = [
  ...namesOf<keyof typeof RADIO_LINKS>(RADIO_LINKS),
  ...namesOf<LinkProfileName>(LINK_PROFILES),
] as const;

const link = either(
  choice(LINK_NAMES),
  one({
    lora: field(lora, "LoRaWAN in Europe's band at 868 MHz."),
    "802.15.4": field(ieee802154, "Unslotted CSMA/CA at 2.4 GHz, a channel for each gateway."),
    "home-line": field(homeLine, "A home's line at the rate that it is sold at."),
  }),
);

const trace = either(
  csvFile,
  record({
    file: field(csvFile, "Rows of seconds and per cent, ascending from 0; it repeats."),
    shift: field(
      choice(["links", "none"]),
      "links: each begins somewhere else in it (default); none: all of them at its beginning, with the run.",
    ),
  }),
);

const loss = either(
  quantities.share,
  one({
    gilbertElliott: field(
      record({
        good: field(quantities.positiveDuration, "Mean time for which a link is good; default 60 s."),
        bad: field(quantities.positiveDuration, "Mean time for which it is bad; default 3 s."),
        lossGood: field(quantities.share, "Of frames, while it is good; default 0 %."),
        lossBad: field(quantities.share, "While it is bad; default 100 %."),
      }),
      "Loss in bursts, each link by itself.",
    ),
    trace: field(
      trace,
      "Measured loss: rows of seconds and per cent, ascending from 0; it repeats, and links are shifted against each other.",
    ),
  }),
);

export const devices = record({
  name: field(groupName, "Name of the group; default devices and its number."),
  on: field(groupName, "Subchain that they live on."),
  count: field(integer(1, MAX_DEVICES), "How many; default 1, or as many as have a place."),
  class: field(choice(namesOf(DEVICE_CLASSES)), "What they are made of; default by their link."),
  link: field(link, "How they reach their gateway."),
  loss: field(loss, "Of frames, besides what distance and collisions do; default none."),
  gateways: field(
    integer(1, MAX_GATEWAYS),
    "Gateways, spread evenly over the area; default 1, or as many as have a place.",
  ),
  radius: field(quantities.length, "Of the disc in which they are; default by their link, or as wide as their places."),
  places: field(
    csvFile,
    "Where each device is: a CSV file with a heading `x (m),y (m)` and a row for each, metres east and north of the disc's south-western corner.",
  ),
  gatewayPlaces: field(
    either(csvFile, list(place, { maximum: MAX_GATEWAYS })),
    "Where each gateway is: a file as for places, or a list such as [{x: 30 m, y: 0 m}].",
  ),
  shadowing: field(number(0, 20), "Standard deviation of shadowing in dB; default the path loss model's."),
  air: field(
    groupName,
    "Groups of LoRa, or of 802.15.4, that name the same air share one spectrum: their discs have one middle. Default an air of their own.",
  ),
  sleep: field(
    record({
      every: field(quantities.positiveDuration, "From one waking to the next; default 10 min."),
      jitter: field(
        quantities.share,
        "By up to all of this share a device wakes earlier or later, evenly: 10 % of 10 min is 9 to 11 min; default 10 %. (A load's jitter is half of its share either way.)",
      ),
      arrival: field(
        arrival,
        "In which pattern, each device by itself with a mean of one waking in each period: steady, poisson, periodic, diurnal, bursts, or times from a file; default one after each period, missed by its jitter.",
      ),
      awake: field(quantities.positiveDuration, "After which it sleeps again in any case; default half of it."),
      poll: field(quantities.interval, "Awake it asks again after this long; default by its link."),
    }),
    "When they wake.",
  ),
  mobility: field(
    record({
      speed: field(number(0.01, 100), "Fastest, in metres a second; each way has half of it at least. Default 1.4."),
      pause: field(quantities.duration, "Between two ways; default 30 s."),
      path: field(
        csvFile,
        "In place of random ways: rows of seconds, metres east and metres north of the disc's south-western corner, ascending from 0; it repeats, and devices are shifted against each other.",
      ),
      step: field(quantities.interval, "How often a device looks for a better gateway; default 10 s."),
    }),
    "They move in their disc by random waypoint, from gateway to gateway; default they stay where they are.",
  ),
  start: field(
    record({
      at: field(quantities.duration, "Before which none of them is there; default at once."),
      spread: field(quantities.positiveDuration, "Over which they come; default the time from one waking to the next."),
    }),
    "When they wake for the first time.",
  ),
  send: field(
    record({
      amount: field(quantities.amount, "Of each transaction; default 0.001 IOTX, or 0.1 IOTX to another subchain."),
      data: field(
        quantities.size,
        "Attached reading; default 16 B. To another subchain it travels beside the transfer.",
      ),
      to: field(
        groupName,
        "Another subchain, on which the receiver is: each transaction locks its amount here, relayers carry it over.",
      ),
      fees: relayFees,
      expiry,
      confirm: field(
        confirmation,
        "On every so-many-th waking they wait until what they sent is proven to be final; default 1. never: they send and forget.",
      ),
    }),
    "The transaction of each waking.",
  ),
  battery: field(quantities.energy, "What their battery holds; default the class's."),
});

type Given<K> = K extends Kind<infer T> ? T : never;
export type GivenDevices = Given<typeof devices>;
export type GivenTrace = Given<typeof trace>;
export const MAX_LOSS_ROWS = MAX_TRACE_ROWS;
export const deviceGroups = list(devices, { maximum: 1_000 });
