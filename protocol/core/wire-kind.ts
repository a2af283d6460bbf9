/** First byte of every network message: its kind on the wire and its class in traces. */
export const WireKind = {
  proposal: 1,
  vote: 2,
  viewChange: 3,
  newView: 4,
  certifiedBlock: 5,
  status: 6,
  rangeRequest: 7,
  rangeResponse: 8,
  blockRequest: 9,
  blockBody: 10,
  announce: 11,
  request: 12,
  transactions: 13,
  checkpointVote: 14,
} as const;

/** Names of the message classes, by wire kind; index 0 is unused. */
export const WIRE_KIND_NAMES: readonly string[] = [
  "invalid",
  "proposal",
  "vote",
  "view-change",
  "new-view",
  "certified-block",
  "status",
  "range-request",
  "range-response",
  "block-request",
  "block-body",
  "announce",
  "request",
  "transactions",
  "checkpoint-vote",
];
