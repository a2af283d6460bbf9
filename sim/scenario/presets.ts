import type { Hardware, Regions, RootchainScenario } from "./scenario.ts";

/** The figures of Roll-DPoS that a preset fixes; what a file gives besides goes first. */
type RootchainPreset = Pick<
  RootchainScenario,
  "delegates" | "committee" | "iterationsPerEpoch" | "roundsPerIteration" | "roundUs"
> & { readonly about: string };

/** Source: white paper section on Roll-DPoS, and a later edition of the same text. */
export const ROOTCHAIN_PRESETS = {
  "paper-2018": {
    about: "97 delegates, committees of 11, 47 iterations of 11 rounds, 3 s (the default)",
    delegates: 97,
    committee: 11,
    iterationsPerEpoch: 47,
    roundsPerIteration: 11,
    roundUs: 3_000_000,
  },
  "edition-2": {
    about: "36 delegates, committees of 24, 30 iterations of 30 rounds, 5 s",
    delegates: 36,
    committee: 24,
    iterationsPerEpoch: 30,
    roundsPerIteration: 30,
    roundUs: 5_000_000,
  },
  small: {
    about: "21 delegates, committees of 7, 6 iterations of 7 rounds, 3 s",
    delegates: 21,
    committee: 7,
    iterationsPerEpoch: 6,
    roundsPerIteration: 7,
    roundUs: 3_000_000,
  },
} as const satisfies Record<string, RootchainPreset>;

/**
 * One-way latencies in ms, rounded by hand; half of the round trips that AWS has between these regions. Against the medians of
 * cloudping.co in AwsLatencies.kt of libp2p/jvm-libp2p (21 regions, so of 2020 or 2021; it has no date) they are within −12 % (eu-west to
 * ap-southeast, 80 for 91) and +9 % (eu-west to us-west, 65 for 60, and to us-east, 38 for 35). sim/docs/links.md has the table.
 */
const WORLD_6 = [
  [1, 32, 38, 75, 108, 57],
  [32, 1, 65, 52, 85, 88],
  [38, 65, 1, 105, 80, 92],
  [75, 52, 105, 1, 35, 128],
  [108, 85, 80, 35, 1, 160],
  [57, 88, 92, 128, 160, 1],
];

/** Where nodes can be. */
export const REGION_PRESETS = {
  "world-6": regions("six regions on four continents, 1 to 160 ms apart (the default)", {
    names: ["us-east", "us-west", "eu-west", "ap-northeast", "ap-southeast", "sa-east"],
    latencyMs: WORLD_6,
    positions: [
      [-77, 39],
      [-122, 45],
      [-6, 53],
      [140, 36],
      [104, 1],
      [-47, -24],
    ],
  }),
  "europe-3": regions("three regions 11 to 20 ms apart", {
    names: ["ireland", "frankfurt", "stockholm"],
    positions: [
      [-6, 53],
      [9, 50],
      [18, 59],
    ],
    latencyMs: [
      [1, 12, 20],
      [12, 1, 11],
      [20, 11, 1],
    ],
  }),
  lan: regions("one site, 1 ms", { names: ["site"], latencyMs: [[1]], positions: null }),
} as const;

function regions(
  about: string,
  { names, latencyMs, positions }: { names: string[]; latencyMs: number[][]; positions: [number, number][] | null },
): Regions & { about: string } {
  const latencyUs = latencyMs.map((row) => row.map((milliseconds) => milliseconds * 1000));
  return { about, names, latencyUs, share: names.map(() => 1 / names.length), positions };
}

/** Classes of machines. Server: libsodium measured on one core of a cloud machine; the others are scaled from it. */
export const HARDWARE_PRESETS = {
  server: {
    about: "a cloud machine: signs in 44 µs, verifies in 113 µs",
    signNs: 44_000,
    verifyNs: 113_000,
    vrfProveNs: 500_000,
    vrfVerifyNs: 420_000,
    hashNsPerKibibyte: 4_000,
    executeNs: 20_000,
    diskUs: 500,
  },
  gateway: {
    about: "a home gateway: about 10 times slower, with a memory card",
    signNs: 450_000,
    verifyNs: 1_200_000,
    vrfProveNs: 5_000_000,
    vrfVerifyNs: 4_200_000,
    hashNsPerKibibyte: 30_000,
    executeNs: 200_000,
    diskUs: 5_000,
  },
  device: {
    about: "a microcontroller: about 500 times slower, with flash memory",
    signNs: 22_000_000,
    verifyNs: 57_000_000,
    vrfProveNs: 250_000_000,
    vrfVerifyNs: 210_000_000,
    hashNsPerKibibyte: 1_000_000,
    executeNs: 5_000_000,
    diskUs: 20_000,
  },
} as const satisfies Record<string, Omit<Hardware, "name"> & { about: string }>;
