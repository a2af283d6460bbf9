import type { RadioDevice, RadioOptions } from "../access/radio-options.ts";
import type { Place } from "../path-loss.ts";
import type { ChannelAccess } from "./ieee802154.ts";

export interface CsmaDevice extends RadioDevice {
  /** Its coordinator, 0 …; each coordinator has a channel of its own. */
  readonly cell: number;
}

export interface CsmaOptions extends RadioOptions<CsmaDevice> {
  readonly coordinators: readonly Place[];
  /** Whether frames are acknowledged, and repeated until they are. */
  readonly acknowledges: boolean;
  readonly access: ChannelAccess;
}
