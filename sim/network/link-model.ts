/** A link whose fates are its own business, such as a radio; stands in for latency, bandwidth and loss between two link classes. */
export interface LinkModel {
  /**
   * Decides one copy's fate.
   *
   * @param contentHash and @param occurrence name the copy for counter-based random numbers
   * @returns the arrival time in µs, or a drop: the negated code of drop-reasons.ts
   */
  transmit(
    src: number,
    dst: number,
    sizeBytes: number,
    departureUs: number,
    contentHash: number,
    occurrence: number,
  ): number;
}
