import type { Machine, Storage } from "../../protocol/core/machine.ts";
import type { DeviceProfile } from "./device.ts";

/** What a simulated node is made from. */
export interface NodeSpec {
  readonly device: DeviceProfile;
  /** Makes the node's machine, for its first start and after each crash. @param node its number @param software its version */
  readonly makeMachine: (node: number, software: number) => Machine;
  /** When it starts for the first time; at once where left out. */
  readonly firstStartUs?: (node: number) => number;
  /** What its disk holds before the first start. */
  readonly provisioned?: Storage;
}
