import { type MediumPort, RadioState } from "../access/medium.ts";
import { ASSOCIATION_US, SCAN_US } from "./ieee802154.ts";

const NONE = 0;

/** Devices on their way to another cell: each scans the channels, and associates with the coordinator that it has found. */
export class Scans {
  /** By station: when it will have associated. */
  private readonly endsUs: Float64Array;

  constructor(stations: number) {
    this.endsUs = new Float64Array(stations);
  }

  /** @returns when the device has associated, µs */
  begin(device: number, nowUs: number): number {
    const endUs = nowUs + SCAN_US + ASSOCIATION_US;
    this.endsUs[device] = endUs;
    return endUs;
  }

  isUnderWay(station: number, nowUs: number): boolean {
    return (this.endsUs[station] as number) > nowUs;
  }

  /** A scan that is over, or is cut off, costs what there was of it. */
  end(device: number, port: Pick<MediumPort, "nowUs" | "radio">): void {
    const endUs = this.endsUs[device] as number;
    if (endUs === NONE) return;
    this.endsUs[device] = NONE;
    const { nowUs } = port;
    const associatesUs = endUs - ASSOCIATION_US;
    port.radio(device, RadioState.receive, associatesUs - SCAN_US, Math.min(associatesUs, nowUs));
    if (nowUs > associatesUs) port.radio(device, RadioState.transmit, associatesUs, nowUs);
  }
}
