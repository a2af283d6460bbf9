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

/** Device classes; server figures are those of libsodium on one 2.5 GHz core, the others are scaled from it. */
export const DEVICE_PROFILES = {
  server: scaled(1, { latencyNs: 100_000, nsPerByte: 1 }),
  desktop: scaled(2, { latencyNs: 500_000, nsPerByte: 2 }),
  gateway: scaled(10, { latencyNs: 2_000_000, nsPerByte: 50 }),
  microcontroller: scaled(400, { latencyNs: 10_000_000, nsPerByte: 1000 }),
} as const satisfies Record<string, DeviceProfile>;

function scaled(factor: number, disk: DiskProfile): DeviceProfile {
  const cpu = {
    signNs: 44_000 * factor,
    verifyNs: 113_000 * factor,
    vrfProveNs: 500_000 * factor,
    vrfVerifyNs: 560_000 * factor,
    hashNsPerByte: 5 * factor,
    messageNs: 2_000 * factor,
    executeNs: 20_000 * factor,
  };
  return { cpu, disk };
}
