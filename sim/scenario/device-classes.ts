import type { PowerProfile } from "../network/energy.ts";
import type { LinkProfileName } from "../network/point/profiles.ts";
import type { Hardware } from "./hardware.ts";

/** Links by the names that files give them. */
type LinkName = "lora" | "802.15.4" | LinkProfileName;

/** What a thing is made of. */
export interface DeviceClass {
  readonly about: string;
  /** What its radio speaks. */
  readonly links: readonly LinkName[];
  readonly ramBytes: number;
  readonly flashBytes: number;
  /** What of both its firmware takes besides this protocol: radio stack, drivers, call stack. Assumed, as it differs from maker to maker. */
  readonly system: { readonly ramBytes: number; readonly flashBytes: number };
  readonly hardware: Omit<Hardware, "name">;
  readonly power: PowerProfile;
  /** What its battery holds, J. */
  readonly batteryJoules: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Costs of Ed25519 and SHA-256 on a Cortex-M4 in cycles; the others are scaled from them. */
interface Cycles {
  readonly sign: number;
  readonly verify: number;
  readonly hashKibibyte: number;
}

/**
 * Source: H. Fujii, D. F. Aranha, Curve25519 for the Cortex-M4 and Beyond, LATINCRYPT 2017: Ed25519 signs in about 0.5 million cycles and
 * verifies in 1.27 million. SHA-256 in C takes about 30 cycles a byte on these cores.
 */
const CORTEX_M4: Cycles = { sign: 496_000, verify: 1_265_000, hashKibibyte: 30_720 };

/**
 * Source: M. Düll et al., High-Speed Curve25519 on 8-bit, 16-bit and 32-bit Microcontrollers, DCC 2015: X25519 takes 3.59 million
 * cycles on a Cortex-M0, four times as many as in the paper above. The same factor is taken for signatures.
 */
const CORTEX_M0: Cycles = { sign: 4 * 496_000, verify: 4 * 1_265_000, hashKibibyte: 61_440 };

/** A proof is about four, its check about three signature checks' worth of multiplications. */
function hardwareOf({ sign, verify, hashKibibyte }: Cycles, megahertz: number, diskUs: number): Omit<Hardware, "name"> {
  const ns = (cycles: number) => Math.round((cycles * 1000) / megahertz);
  return {
    signNs: ns(sign),
    verifyNs: ns(verify),
    vrfProveNs: ns(4 * verify),
    vrfVerifyNs: ns(3 * verify),
    hashNsPerKibibyte: ns(hashKibibyte),
    executeNs: ns(verify / 10),
    diskUs,
  };
}

/**
 * What the whole of a LoRa radio draws while it sends, mA: at 14 dBm, and at each 2 dB less down to 0 dBm. Source: LoRaSim (M. Bor, U. Roedig,
 * T. Voigt, J. Alonso, Do LoRa Low-Power Wide-Area Networks Scale?, MSWiM 2016), loraDir.py, table TX, by PA_BOOST from 2 dBm on and RFO
 * below; FLoRa, energyConsumptionParameters.xml, which has the same from 2 to 14 dBm, at 3.3 V.
 */
const LORA_MILLIAMPERES = [44, 34, 31, 25, 25, 24, 24, 22];
const LORA_VOLTS = 3.3;
const [LORA_FULL_WATTS = 0, ...LORA_REDUCED_WATTS] = LORA_MILLIAMPERES.map((mA) => (mA * LORA_VOLTS) / 1000);

/** Devices by name. Powers are supply voltage times the typical currents of the data sheets named. */
export const DEVICE_CLASSES = {
  /**
   * Murata CMWX1ZZABZ (STM32L082, Cortex-M0+ at 32 MHz, with SX1276), 3.3 V. Source: STM32L082 DS10690: 20 KiB and 192 KiB, run mode 32 MHz
   * 6.65 mA, stop with clock 0.86 µA; SX1276 datasheet, table 6: receive 10.8 mA, sleep 0.2 µA. Transmit by power: see `LORA_MILLIAMPERES`. Two AA lithium cells (Energizer L91 product data: 3.5 Ah
   * at 1.5 V each, 37.8 kJ, of which a radio's peaks leave four fifths): 30 kJ.
   */
  "lora-sensor": {
    about: "a LoRa sensor: Cortex-M0+ at 32 MHz, 20 KiB, two AA cells",
    links: ["lora"],
    ramBytes: 20 * KIB,
    flashBytes: 192 * KIB,
    system: { ramBytes: 6 * KIB, flashBytes: 96 * KIB },
    hardware: hardwareOf(CORTEX_M0, 32, 5_000),
    power: {
      sleepWatts: 3.5e-6,
      computeWatts: 0.0219,
      listenWatts: 0.0356,
      receiveWatts: 0.0356,
      transmitWatts: LORA_FULL_WATTS,
      reducedWatts: LORA_REDUCED_WATTS,
    },
    batteryJoules: 30_000,
  },
  /**
   * nRF52840 (Cortex-M4 at 64 MHz), 3 V, DC/DC. Source: nRF52840 product specification, section Current consumption: 256 KiB and 1 MiB; running
   * from flash 3.3 mA; on IEEE 802.15.4 receive 6.53 mA, transmit 0 dBm 6.40 mA (the whole chip, with its crystal; the radio alone would be 4.6 and
   * 4.8 mA), asleep with memory and clock 3.2 µA. A CR2477 coin cell (Panasonic CR2477 data:
   * 1 Ah at 3 V, 10.8 kJ): 10 kJ.
   */
  "mesh-sensor": {
    about: "a sensor on IEEE 802.15.4 or Bluetooth: Cortex-M4 at 64 MHz, 256 KiB, a coin cell",
    links: ["802.15.4", "ble"],
    ramBytes: 256 * KIB,
    flashBytes: 1 * MIB,
    system: { ramBytes: 64 * KIB, flashBytes: 384 * KIB },
    hardware: hardwareOf(CORTEX_M4, 64, 1_000),
    power: {
      sleepWatts: 9.6e-6,
      computeWatts: 0.0099,
      listenWatts: 0.0196,
      receiveWatts: 0.0196,
      transmitWatts: 0.0192,
    },
    batteryJoules: 10_000,
  },
  /**
   * A meter with u-blox SARA-N2 beside a Cortex-M4 at 64 MHz, 3.6 V. Source: SARA-N2 data sheet UBX-15025564, section 4.2: PSM 3 µA, receive
   * 46 mA, transmit 23 dBm 220 mA. A lithium thionyl chloride D cell (Tadiran TL-5930 data: 19 Ah at 3.6 V,
   * 246 kJ): 240 kJ.
   */
  "cellular-meter": {
    about: "a meter on NB-IoT or LTE-M: Cortex-M4 at 64 MHz, 256 KiB, a D cell",
    links: ["nb-iot", "lte-m"],
    ramBytes: 256 * KIB,
    flashBytes: 1 * MIB,
    system: { ramBytes: 64 * KIB, flashBytes: 384 * KIB },
    hardware: hardwareOf(CORTEX_M4, 64, 1_000),
    power: {
      sleepWatts: 2.2e-5,
      computeWatts: 0.0119,
      listenWatts: 0.1656,
      receiveWatts: 0.1656,
      transmitWatts: 0.792,
    },
    batteryJoules: 240_000,
  },
  /**
   * ESP32 at 160 MHz, 3.3 V. Source: ESP32 datasheet 4.3, tables 5 and 17: 520 KiB and 4 MiB, running 30 mA, receive 95 mA, transmit 802.11n
   * 180 mA, deep sleep 10 µA. Its cycles are taken as the Cortex-M4's, twice, as no tuned code is published. A LiPo of 2 Ah at
   * its nominal 3.7 V: 27 kJ.
   */
  "wifi-appliance": {
    about: "an appliance on Wi-Fi or a cable: ESP32 at 160 MHz, 520 KiB, a battery of 2 Ah",
    links: ["wifi", "wire", "home-line"],
    ramBytes: 520 * KIB,
    flashBytes: 4 * MIB,
    system: { ramBytes: 200 * KIB, flashBytes: 1 * MIB },
    hardware: hardwareOf({ sign: 992_000, verify: 2_530_000, hashKibibyte: 61_440 }, 160, 1_000),
    power: {
      sleepWatts: 3.3e-5,
      computeWatts: 0.099,
      listenWatts: 0.3135,
      receiveWatts: 0.3135,
      transmitWatts: 0.594,
    },
    batteryJoules: 27_000,
  },
} as const satisfies Record<string, DeviceClass>;

export type DeviceClassName = keyof typeof DEVICE_CLASSES;
