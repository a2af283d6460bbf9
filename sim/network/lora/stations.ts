import { assert } from "../../../protocol/core/assert.ts";
import { absorb, finish } from "../../kernel/random.ts";
import { distanceLossDb, type Place, shadowingDb } from "../path-loss.ts";
import { propagationBetweenUs } from "../propagation.ts";
import { AdaptiveRate, fastestFactor } from "./adaptive-rate.ts";
import {
  BANDWIDTH_HZ,
  FRAME_OVERHEAD_BYTES,
  HIGHEST_FACTOR,
  LOWEST_FACTOR,
  SPREADING_FACTORS,
  UPLINK_CHANNELS,
} from "./eu868.ts";
import { INACTIVITY_US } from "./fragments.ts";
import { GatewayAir } from "./gateway-air.ts";
import type { LoraDevice, LoraOptions } from "./options.ts";
import { lorawanModulation, timeOnAirUs } from "./time-on-air.ts";

/** Radiated power of devices, and of gateways outside of the second window's sub-band, dBm. */
export const POWER_DBM = 14;
/** Largest physical frame. */
const FRAME_BYTES = 256;

/** @returns time on air in whole µs by (factor − 7) × 256 + bytes of the physical frame */
function airTable(hasCrc: boolean): Float64Array {
  const table = new Float64Array(SPREADING_FACTORS.length * FRAME_BYTES);
  for (const factor of SPREADING_FACTORS) {
    const modulation = lorawanModulation(factor, BANDWIDTH_HZ, hasCrc);
    for (let bytes = 0; bytes < FRAME_BYTES; bytes++) {
      table[(factor - LOWEST_FACTOR) * FRAME_BYTES + bytes] = timeOnAirUs(modulation, bytes);
    }
  }
  return table;
}

/** The devices of a LoRa network as columns, and what is fixed about them. */
export class LoraStations {
  readonly count: number;
  readonly air: GatewayAir;
  readonly rate: AdaptiveRate;
  readonly isClassC: Uint8Array;
  readonly isConfirmed: Uint8Array;
  readonly lossOf: Uint8Array;
  private readonly options: LoraOptions;
  private readonly frames: Uint32Array;
  private readonly mirrors: { readonly stations: LoraStations; readonly first: number }[] = [];
  /** Of uplinks, and of downlinks. */
  private readonly airUs = [airTable(true), airTable(false)] as const;

  constructor(options: LoraOptions) {
    const { devices, gateways, captureDb, demodulators, neighbours = [] } = options;
    assert(gateways.length > 0, "a LoRa network has a gateway");
    this.options = options;
    this.count = devices.length;
    this.air = new GatewayAir({
      devices: devices.length + neighbours.length,
      gateways: gateways.length,
      ...(captureDb === undefined ? {} : { captureDb }),
      ...(demodulators === undefined ? {} : { demodulators }),
    });
    this.isClassC = Uint8Array.from(devices, (device) => (device.class === "C" ? 1 : 0));
    this.isConfirmed = Uint8Array.from(devices, (device) => (device.isConfirmed ? 1 : 0));
    this.lossOf = Uint8Array.from(devices, ({ loss }) => loss);
    this.frames = new Uint32Array(devices.length);
    for (const [device, place] of [...devices, ...neighbours].entries()) this.listen(device, place);
    const factors = Uint8Array.from(devices, (device, number) => this.firstFactor(device, number));
    this.rate = new AdaptiveRate(
      factors,
      Uint8Array.from(devices, (device) => (device.isAdaptive ? 1 : 0)),
    );
  }

  /** From now on the gateways of another network hear this one's devices as well. @param first number there of the first of them */
  mirrorTo(stations: LoraStations, first: number): void {
    this.mirrors.push({ stations, first });
    this.air.mirrorTo(stations.air, first);
  }

  /** A device is somewhere else: other gateways hear it. */
  move(device: number, place: Place): void {
    this.hearFrom(device, place);
    for (const { stations, first } of this.mirrors) stations.hearFrom(first + device, place);
  }

  private hearFrom(device: number, place: Place): void {
    this.air.forget(device);
    this.listen(device, place);
  }

  private listen(device: number, place: Place): void {
    const { gateways, pathLoss, key } = this.options;
    for (const [gateway, there] of gateways.entries()) {
      const shadowDb = shadowingDb(pathLoss, absorb(key, gateway), -1, device);
      const levelDbm = POWER_DBM - distanceLossDb(pathLoss, place, there) - shadowDb;
      this.air.hears(device, gateway, levelDbm, propagationBetweenUs(place, there));
    }
  }

  private firstFactor({ spreadingFactor }: LoraDevice, device: number): number {
    if (spreadingFactor === 0) return fastestFactor(this.air.bestLevelDbm(device));
    assert(spreadingFactor >= LOWEST_FACTOR && spreadingFactor <= HIGHEST_FACTOR, "a factor of the region");
    return spreadingFactor;
  }

  /** @returns time on air of a frame, µs @param bytes of its application payload and options @param way 0 up, 1 down */
  airTimeUs(factor: number, bytes: number, way: 0 | 1): number {
    return this.airUs[way][(factor - LOWEST_FACTOR) * FRAME_BYTES + bytes + FRAME_OVERHEAD_BYTES] as number;
  }

  /** @returns 32 bits of the device's own for its next decision */
  draw(device: number): number {
    const frame = this.frames[device] as number;
    this.frames[device] = frame + 1;
    return finish(absorb(absorb(this.options.key, device), frame));
  }

  /** @returns a channel for the device's next frame to look at first */
  drawChannel(device: number): number {
    return this.draw(device) % UPLINK_CHANNELS.length;
  }

  /** @returns for how long the rest of a message is waited for, µs */
  get inactivityUs(): number {
    return this.options.inactivityUs ?? INACTIVITY_US;
  }

  /** @returns whether its link loses a frame that nothing else has harmed @param way 0 up, 1 down */
  loses(device: number, way: 0 | 1, fromUs: number): boolean {
    const loss = this.options.losses[this.lossOf[device] as number] ?? null;
    return loss?.loses(2 * device + way, fromUs, this.draw(device)) ?? false;
  }
}
