/** Simulated time that work costs on a class of machine. */
export interface Hardware {
  readonly name: string;
  readonly signNs: number;
  readonly verifyNs: number;
  readonly vrfProveNs: number;
  readonly vrfVerifyNs: number;
  /** SHA-256 of 1024 bytes. */
  readonly hashNsPerKibibyte: number;
  /** One transaction. */
  readonly executeNs: number;
  /** Until one durable write is safe. */
  readonly diskUs: number;
}
