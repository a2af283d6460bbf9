import { choice, either, field, integer, type Kind, record, text } from "./kinds.ts";
import * as quantities from "./quantities.ts";

/** In which pattern something comes. */
export const arrival = either(
  choice(["steady", "poisson", "periodic", "diurnal", "bursts"]),
  record({
    periodic: field(
      record({
        jitter: field(
          quantities.share,
          "Of the interval, how wide the span is in which each beat falls: up to half of it earlier or later, so 10 % of 10 s is 9.5 to 10.5 s; default 10 %. (The jitter of a device's sleep is all of its share either way.)",
        ),
      }),
      "Accounts in turn, or each device, at its own beat.",
    ),
    diurnal: field(
      record({
        depth: field(quantities.share, "How far the rate swings around its mean; default 80 %."),
        period: field(quantities.positiveDuration, "From one low to the next; default 24 h."),
      }),
      "A Poisson process that rises and falls: lowest at the start, highest half a period later.",
    ),
    bursts: field(
      record({
        size: field(integer(2, 100_000), "How many in a row; default 10."),
        gap: field(quantities.duration, "Between two of a row; default 100 ms."),
      }),
      "Rows that come as a Poisson process: of a load's transfers, or of each device's wakings.",
    ),
    trace: field(
      text("the path of a CSV file below this file's folder", "^[^/].*$"),
      "Times in seconds after the start, ascending, under a line of headings; instead of a rate. Rows go to devices in turn.",
    ),
  }),
);

export type GivenArrival = typeof arrival extends Kind<infer T> ? T : never;
