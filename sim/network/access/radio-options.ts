import type { LossModel } from "../loss/loss-model.ts";
import type { PathLoss, Place } from "../path-loss.ts";

/** A device on a radio of its own kind; devices are numbered by their order. */
export interface RadioDevice extends Place {
  /** Number of its loss model among the medium's. */
  readonly loss: number;
}

/** What every radio medium is given. */
export interface RadioOptions<Device extends RadioDevice> {
  /** Key of shadowing and of all draws. */
  readonly key: number;
  readonly devices: readonly Device[];
  readonly pathLoss: PathLoss;
  /** Null: nothing gets lost but by collisions and distance. */
  readonly losses: readonly (LossModel | null)[];
}
