import type { Storage } from "../../protocol/core/machine.ts";
import type { DeviceProfile } from "./device.ts";
import { Disk } from "./disk.ts";

/** The disks of all nodes, each of which is made when it is first used: a device that has never woken has none. */
export class Disks {
  private readonly specs: readonly { readonly device: DeviceProfile; readonly provisioned?: Storage }[];
  private readonly disks: (Disk | undefined)[] = [];

  constructor(specs: readonly { readonly device: DeviceProfile; readonly provisioned?: Storage }[]) {
    this.specs = specs;
  }

  of(node: number): Disk {
    const known = this.disks[node];
    if (known !== undefined) return known;
    const { device, provisioned } = this.specs[node] as Disks["specs"][number];
    const disk = new Disk(device.disk, provisioned);
    this.disks[node] = disk;
    return disk;
  }
}
