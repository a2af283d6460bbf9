import type { LossModel } from "../loss/loss-model.ts";
import type { PathLoss, Place } from "../path-loss.ts";

/** One LoRa device; devices are numbered by their order. */
export interface LoraDevice extends Place {
  /** Number of its loss model among the medium's. */
  readonly loss: number;
  /** 7 … 12, or 0: the fastest that its strongest gateway hears with the margin of adaptive data rate. */
  readonly spreadingFactor: number;
  /** A listens after its own frames only, C whenever it does not send. */
  readonly class: "A" | "C";
  /** Whether each frame is repeated until it is acknowledged. */
  readonly isConfirmed: boolean;
  readonly isAdaptive: boolean;
}

export interface LoraOptions {
  /** Key of shadowing and of all draws. */
  readonly key: number;
  readonly gateways: readonly Place[];
  readonly devices: readonly LoraDevice[];
  readonly pathLoss: PathLoss;
  /** Null: nothing gets lost but by collisions and distance. */
  readonly losses: readonly (LossModel | null)[];
  /** Spreading factor of the second window: 12 as the standard has it, or less by agreement. */
  readonly secondWindowFactor: number;
  readonly captureDb?: number;
  readonly demodulators?: number;
}
