import type { LossModel } from "../loss/loss-model.ts";
import type { Place } from "../path-loss.ts";
import type { LinkProfile } from "./profiles.ts";

/** One device; devices are numbered by their order. */
export interface PointDevice {
  /** The gateway that it is attached to, 0 …. */
  readonly gateway: number;
  /** Number of its profile, and of its loss model, among the medium's. */
  readonly profile: number;
  readonly loss: number;
  /** How long its signal takes to its gateway, µs; 0 where left out. */
  readonly delayUs?: number;
}

export interface PointOptions {
  readonly key: number;
  readonly devices: readonly PointDevice[];
  readonly profiles: readonly LinkProfile[];
  readonly losses: readonly (LossModel | null)[];
  /** Where gateways are, for devices that move. */
  readonly gateways?: readonly Place[];
  /** Messages that wait at each end of a link, at most 255. */
  readonly queuedMessages?: number;
}
