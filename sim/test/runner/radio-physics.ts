import { SENSE_US, TURNAROUND_US } from "../../network/csma/ieee802154.ts";
import { lorawanModulation, timeOnAirUs } from "../../network/lora/time-on-air.ts";
import type { Place } from "../../network/path-loss.ts";
import { LINK_PROFILES } from "../../network/point/profiles.ts";
import type { DeviceGroup } from "../../scenario/device-groups.ts";

/** In a vacuum: no signal is faster. */
const LIGHT_METRES_PER_US = 299.792_458;
/** What a message is wrapped in at least: 13 bytes of LoRaWAN, 23 of IEEE 802.15.4 with 6LoWPAN and preamble. */
const LORAWAN_BYTES = 13;
const IEEE802154_BYTES = 23;

/** @returns the least time, of whole µs, that the bits of a message take, with what a sender has to do before the first of them, µs */
function leastBitsUs({ link }: DeviceGroup, sizeBytes: number, isUp: boolean): number {
  if (link.kind === "802.15.4") return SENSE_US + TURNAROUND_US + 32 * (sizeBytes + IEEE802154_BYTES);
  if (link.kind === "point") {
    const { uplinkBitsPerSecond, downlinkBitsPerSecond, overheadBytes, latencyUs, frameUs } =
      LINK_PROFILES[link.profile];
    const rate = isUp ? uplinkBitsPerSecond : downlinkBitsPerSecond;
    return Math.ceil((8e6 * (sizeBytes + overheadBytes)) / rate) + frameUs + latencyUs;
  }
  // In frames of 242 bytes and less, at the fastest factor that it may use.
  const factor =
    link.spreadingFactor === 0
      ? 7
      : isUp
        ? link.spreadingFactor
        : Math.min(link.spreadingFactor, link.secondWindowFactor);
  const modulation = lorawanModulation(factor, 125_000, isUp);
  const whole = Math.floor(sizeBytes / 242);
  const rest = sizeBytes - 242 * whole;
  return (
    whole * timeOnAirUs(modulation, 242 + LORAWAN_BYTES) +
    (rest === 0 ? 0 : timeOnAirUs(modulation, rest + LORAWAN_BYTES))
  );
}

/** One message over the air, or a part of a longer way that it takes there. */
export interface RadioArrival {
  readonly device: number;
  readonly isUp: boolean;
  readonly sizeBytes: number;
  readonly sentUs: number;
  readonly arrivalUs: number;
}

/** Where the things of a group are, m. */
export interface GroupPlaces {
  readonly devices: readonly Place[];
  readonly gateways: readonly Place[];
}

/** @returns how long light takes from a device to its nearest gateway, µs, not rounded */
export function lightUs({ devices, gateways }: GroupPlaces, device: number): number {
  const { x, y } = devices[device] as Place;
  return Math.min(...gateways.map((there) => Math.hypot(there.x - x, there.y - y))) / LIGHT_METRES_PER_US;
}

/** @returns by how much later a message is in than light and its bits allow, µs; negative where it is too early */
export function slackUs(group: DeviceGroup, places: GroupPlaces, arrival: RadioArrival): number {
  const { device, isUp, sizeBytes, sentUs, arrivalUs } = arrival;
  return arrivalUs - sentUs - lightUs(places, device) - leastBitsUs(group, sizeBytes, isUp);
}
