import type { RadioDevice, RadioOptions } from "../access/radio-options.ts";
import { Reassembly } from "../access/reassembly.ts";
import type { Place } from "../path-loss.ts";
import { CellAir } from "./cell-air.ts";
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

/** Other networks on the same air, each of whose coordinators has the channel of the same number here. */
export interface CsmaNeighbours {
  /** Of the shadowing between all of them. */
  readonly key: number;
  /** By station: its number on the air; the network's own come first, then the others'. */
  readonly numbers: Int32Array;
  /** Of the others: where they are at first, and on which channels. */
  readonly places: readonly Place[];
  readonly cells: readonly number[];
}

export interface CsmaOptions extends RadioOptions<CsmaDevice> {
  readonly coordinators: readonly Place[];
  /** Whether frames are acknowledged, and repeated until they are. */
  readonly acknowledges: boolean;
  readonly access: ChannelAccess;
  readonly neighbours?: CsmaNeighbours;
  /** Messages of which a receiver holds a part, and for how long; the defaults of ieee802154.ts where left out. */
  readonly reassembly?: { readonly device: number; readonly coordinator: number; readonly timeoutUs: number };
}

/** @returns the air of a network, on which others may be as well */
export function airOf({ devices, coordinators, pathLoss, key, neighbours }: CsmaOptions): CellAir {
  const others = neighbours ?? { key, places: [], cells: [] };
  return new CellAir({
    key: others.key,
    pathLoss,
    places: [...devices, ...coordinators, ...others.places],
    cells: Int32Array.from([...devices.map(({ cell }) => cell), ...coordinators.keys(), ...others.cells]),
    devices: devices.length,
    cellCount: coordinators.length,
    ...(neighbours === undefined ? {} : { numbers: neighbours.numbers }),
  });
}

/** @returns what the stations of a network, its devices and behind them its coordinators, keep of messages in parts */
export function reassemblyOf({ devices, coordinators, reassembly }: CsmaOptions): Reassembly {
  const device = reassembly?.device ?? DEVICE_REASSEMBLIES;
  const coordinator = reassembly?.coordinator ?? COORDINATOR_REASSEMBLIES;
  const messages = [...devices.map(() => device), ...coordinators.map(() => coordinator)];
  return new Reassembly(messages.length, { messages, timeoutUs: reassembly?.timeoutUs ?? REASSEMBLY_TIMEOUT_US });
}
