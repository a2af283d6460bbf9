import type { RadioDevice, RadioOptions } from "../access/radio-options.ts";
import { Reassembly } from "../access/reassembly.ts";
import type { Place } from "../path-loss.ts";
import {
  type ChannelAccess,
  COORDINATOR_REASSEMBLIES,
  DEVICE_REASSEMBLIES,
  REASSEMBLY_TIMEOUT_US,
} from "./ieee802154.ts";

export interface CsmaDevice extends RadioDevice {
  /** Its coordinator, 0 …; each coordinator has a channel of its own. */
  readonly cell: number;
}

export interface CsmaOptions extends RadioOptions<CsmaDevice> {
  readonly coordinators: readonly Place[];
  /** Whether frames are acknowledged, and repeated until they are. */
  readonly acknowledges: boolean;
  readonly access: ChannelAccess;
  /** Messages of which a receiver holds a part, and for how long; the defaults of ieee802154.ts where left out. */
  readonly reassembly?: { readonly device: number; readonly coordinator: number; readonly timeoutUs: number };
}

/** @returns what the stations of a network, its devices and behind them its coordinators, keep of messages in parts */
export function reassemblyOf({ devices, coordinators, reassembly }: CsmaOptions): Reassembly {
  const device = reassembly?.device ?? DEVICE_REASSEMBLIES;
  const coordinator = reassembly?.coordinator ?? COORDINATOR_REASSEMBLIES;
  const messages = [...devices.map(() => device), ...coordinators.map(() => coordinator)];
  return new Reassembly(messages.length, { messages, timeoutUs: reassembly?.timeoutUs ?? REASSEMBLY_TIMEOUT_US });
}
