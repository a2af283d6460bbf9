import type { ChannelAccess } from "../network/csma/ieee802154.ts";
import type { PowerProfile } from "../network/energy.ts";
import type { LossTrace } from "../network/loss/loss-model.ts";
import type { RecordedPath } from "../network/motion.ts";
import type { Place } from "../network/path-loss.ts";
import type { LinkProfileName } from "../network/point/profiles.ts";
import type { Arrival } from "./arrival.ts";
import type { Hardware } from "./hardware.ts";

/** How devices reach their gateway. */
export type DeviceLink =
  | {
      readonly kind: "lora";
      /** 7 … 12; 0: by distance. */
      readonly spreadingFactor: number;
      readonly class: "A" | "C";
      readonly isConfirmed: boolean;
      readonly isAdaptive: boolean;
      readonly secondWindowFactor: number;
      /** Of a gateway; absent: what one chip has. */
      readonly demodulators?: number;
    }
  | { readonly kind: "802.15.4"; readonly acknowledges: boolean; readonly access: ChannelAccess }
  | {
      readonly kind: "point";
      readonly profile: LinkProfileName;
      /** Of a line that is sold at another rate than its profile's. */
      readonly rates?: { readonly uplinkBitsPerSecond: number; readonly downlinkBitsPerSecond: number };
    };

/** Which frames of a link get lost for no other reason. */
export type DeviceLoss =
  | { readonly kind: "none" }
  | { readonly kind: "bernoulli"; readonly probability: number }
  | {
      readonly kind: "gilbertElliott";
      readonly meanGoodUs: number;
      readonly meanBadUs: number;
      readonly lossGood: number;
      readonly lossBad: number;
    }
  | ({ readonly kind: "trace" } & LossTrace);

/** Places on the map, m east and north of the middle of a group's disc. */
export interface MeasuredPlaces {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** @returns the same, place by place */
export function placesOfThings({ x, y }: MeasuredPlaces): Place[] {
  return x.map((east, thing) => ({ x: east, y: y[thing] as number }));
}

/** How transfers of devices get to another subchain, in the words of a load's. */
export interface DeviceCrossing {
  /** Name of the subchain. */
  readonly to: string;
  /** Base units as decimal digits. */
  readonly relayFees: { readonly relock: string; readonly delivery: string };
  readonly expiryUs: { readonly root: number; readonly destination: number };
}

/** Things of one kind: numbered after all other nodes, the gateways of all groups first. */
export interface DeviceGroup {
  readonly name: string;
  readonly count: number;
  /** The subchain that they live on. */
  readonly chain: string;
  /** Name of their class. */
  readonly class: string;
  readonly hardware: Hardware;
  readonly power: PowerProfile;
  readonly ramBytes: number;
  readonly flashBytes: number;
  readonly batteryJoules: number;
  /** Largest message that its memory takes in; absent: any. */
  readonly receiveBytes?: number;
  readonly link: DeviceLink;
  readonly loss: DeviceLoss;
  readonly gateways: number;
  /** Of the disc in which they and their gateways are. */
  readonly radiusMetres: number;
  /** Of each device, by its number in the group; absent: drawn in the disc. */
  readonly places?: MeasuredPlaces;
  /** Of each gateway; absent: spread evenly over the disc. */
  readonly gatewayPlaces?: MeasuredPlaces;
  /** Null: the path loss model's. */
  readonly shadowingDb: number | null;
  /** Groups of one link that name the same air share their spectrum; absent: it has its own. */
  readonly air?: string;
  readonly sleep: {
    readonly periodUs: number;
    readonly jitter: number;
    /** In which pattern, with a mean of one waking in each period; absent: one after each, missed by its jitter. */
    readonly arrival?: Arrival;
    readonly awakeUs: number;
    readonly pollUs: number;
  };
  /** How they move within their disc; absent: they stay. Speed in m/s. */
  readonly mobility?: {
    readonly speed: number;
    readonly pauseUs: number;
    readonly stepUs: number;
    readonly path?: RecordedPath;
  };
  /** When they first wake, each at a time of its own; absent: at once, over one period. */
  readonly start?: { readonly atUs: number; readonly spreadUs: number };
  readonly send: {
    /** Base units as decimal digits. */
    readonly amount: string;
    readonly dataBytes: number;
    /** 0: never. */
    readonly confirmsEvery: number;
    /** Where the receiver is on another subchain; absent: on their own. */
    readonly crossing?: DeviceCrossing;
  };
}
