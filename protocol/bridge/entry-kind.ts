/** First byte of the entries that the bridge keeps on the rootchain: what each is. */
export const BridgeEntry = {
  subchain: 32,
  anchors: 33,
  escrow: 34,
  leg: 35,
  consumed: 36,
  name: 37,
  quotaGrants: 38,
  quotaBids: 39,
  quotaGranted: 44,
  evidenceCommitment: 40,
  exit: 42,
} as const;
