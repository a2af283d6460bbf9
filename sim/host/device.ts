/** What a device class's processor needs for each kind of work, in whole ns. */
export interface CpuProfile {
  readonly signNs: number;
  readonly verifyNs: number;
  readonly vrfProveNs: number;
  readonly vrfVerifyNs: number;
  /** For each byte hashed, on the way in and on the way out. */
  readonly hashNsPerByte: number;
  /** For each message taken in, and each copy handed to the line. */
  readonly messageNs: number;
  /** For each transaction executed. */
  readonly executeNs: number;
}

export interface DiskProfile {
  /** Until a write is durable. */
  readonly latencyNs: number;
  readonly nsPerByte: number;
}

export interface DeviceProfile {
  readonly cpu: CpuProfile;
  readonly disk: DiskProfile;
}
