import { field, record } from "./kinds.ts";
import * as quantities from "./quantities.ts";

/** What carrying a transfer between chains costs. */
export const relayFees = field(
  record({
    relock: field(quantities.amountOrNothing, "For carrying it to the rootchain; default 0.01 IOTX."),
    delivery: field(quantities.amountOrNothing, "For carrying it to its destination; default 0.01 IOTX."),
  }),
  "What relayers of transfers between chains earn, out of the amount.",
);

/** When a transfer between chains is given up. */
export const expiry = field(
  record({
    root: field(quantities.positiveDuration, "Until the rootchain must have taken it; default 5 min."),
    destination: field(quantities.positiveDuration, "Until its destination must have; default 10 min."),
  }),
  "After this a transfer between chains is refunded.",
);
