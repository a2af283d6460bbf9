const PARTS = 1_000_000;

/** @returns the stake of all candidates together, base units */
export function totalOf(stakes: readonly string[]): bigint {
  return stakes.reduce((sum, stake) => sum + BigInt(stake), 0n);
}

/** @returns a share of all candidates' stake, base units. @param share 0 … 1 */
export function stakeBudgetOf(stakes: readonly string[], share: number): bigint {
  return (totalOf(stakes) * BigInt(Math.round(share * PARTS))) / BigInt(PARTS);
}
