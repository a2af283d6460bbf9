import type { RadioDevice, RadioOptions } from "../access/radio-options.ts";
import type { Place } from "../path-loss.ts";

export interface LoraDevice extends RadioDevice {
  /** 7 … 12, or 0: the fastest that its strongest gateway hears with the margin of adaptive data rate. */
  readonly spreadingFactor: number;
  /** A listens after its own frames only, C whenever it does not send. */
  readonly class: "A" | "C";
  /** Whether each frame is repeated until it is acknowledged. */
  readonly isConfirmed: boolean;
  readonly isAdaptive: boolean;
}

export interface LoraOptions extends RadioOptions<LoraDevice> {
  readonly gateways: readonly Place[];
  /** Spreading factor of the second window: 12 as the standard has it, or less by agreement. */
  readonly secondWindowFactor: number;
  readonly captureDb?: number;
  readonly demodulators?: number;
  /** Where the devices of other networks on the same spectrum are, at first: the gateways hear them too. */
  readonly neighbours?: readonly Place[];
  /** For how long the rest of a message is waited for; default `INACTIVITY_US`. */
  readonly inactivityUs?: number;
}
