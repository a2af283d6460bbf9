/** What became of one copy of a message; 0 is delivery, all others are explained drops. A closed table, stable in traces. */
export const Outcome = {
  delivered: 0,
  lost: 1,
  uplinkQueueFull: 2,
  downlinkQueueFull: 3,
  tooLarge: 4,
  partitioned: 5,
  receiverDown: 6,
  senderCrashed: 7,
  cpuBacklogFull: 8,
  undecodable: 9,
  lostInBurst: 10,
  noSuchPeer: 11,
  radioLost: 12,
  radioQueueFull: 13,
  cutOff: 14,
  otherVersion: 15,
  collided: 16,
  outOfReach: 17,
  channelBusy: 18,
  bufferFull: 19,
} as const;

export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Names of the outcomes, by code. */
export const OUTCOME_NAMES: readonly string[] = [
  "delivered",
  "lost",
  "uplink queue full",
  "downlink queue full",
  "message too large",
  "partitioned",
  "receiver down",
  "sender crashed",
  "cpu backlog full",
  "undecodable",
  "lost in burst",
  "no such peer",
  "radio lost",
  "radio queue full",
  "cut off",
  "other version",
  "radio collision",
  "out of reach",
  "channel busy",
  "receive buffer full",
];
