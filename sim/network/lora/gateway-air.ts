import {
  CAPTURE_DB,
  DEMODULATORS,
  HIGHEST_FACTOR,
  LOWEST_FACTOR,
  leastSnrDb,
  NOISE_DBM,
  UPLINK_CHANNELS,
} from "./eu868.ts";

/** Gateways that may hear one device: the strongest of them. */
export const HEARING_GATEWAYS = 4;

const FACTORS = HIGHEST_FACTOR - LOWEST_FACTOR + 1;
const LISTS = UPLINK_CHANNELS.length * FACTORS;
const NONE = -1;

/** How a gateway fares with a frame. */
const Reception = { absent: 0, sound: 1, collided: 2, weak: 3, deaf: 4, drowned: 5, off: 6 } as const;

/** What a gateway hears: how each device's frame arrives there. A device has one frame in the air at most. */
export interface GatewayAirOptions {
  readonly devices: number;
  readonly gateways: number;
  /** Frames of one channel and factor that overlap kill each other, unless one is stronger by this. */
  readonly captureDb?: number;
  readonly demodulators?: number;
}

/** A frame as a device sends it. */
export interface UplinkFrame {
  readonly channel: number;
  readonly factor: number;
  /** Power below the most, dB. */
  readonly reducedDb: number;
  readonly airUs: number;
}

/**
 * The air at every gateway: pure ALOHA on each channel and spreading factor, with capture, and a bounded number of demodulators that
 * lock on to what they can decode in the order in which it is sent. Spreading factors do not disturb each other. A frame is at each
 * gateway as much later as its signal takes to get there: what overlaps there is judged by when it is there.
 */
export class GatewayAir {
  /** By device and rank: the gateway, and how strong full power arrives there, dBm. */
  readonly gatewayIds: Int32Array;
  readonly levelsDbm: Float32Array;
  /** And how long a signal takes to it, µs. */
  readonly delaysUs: Uint32Array;
  private readonly statuses: Uint8Array;
  /** When the last bit of its frame is in at each. */
  private readonly untilUs: Float64Array;
  private readonly arrivesDbm: Float32Array;
  private readonly nexts: Int32Array;
  private readonly lists: Int32Array;
  private readonly lockedDemodulators: Int32Array;
  /** By gateway: until when it transmits, and can hear nothing. */
  private readonly deafUntilUs: Float64Array;
  /** By gateway: whether it has no power, and when it last lost it. */
  private readonly isOff: Uint8Array;
  private readonly cutUs: Float64Array;
  /** Whether any gateway ever lost its power. */
  hasFailed = false;
  /** Airs of other networks on the same spectrum, and which of their devices the first one here is. */
  private readonly mirrors: { readonly air: GatewayAir; readonly first: number }[] = [];
  private readonly captureDb: number;
  private readonly demodulators: number;

  constructor({ devices, gateways, captureDb, demodulators }: GatewayAirOptions) {
    const receptions = devices * HEARING_GATEWAYS;
    this.gatewayIds = new Int32Array(receptions).fill(NONE);
    this.levelsDbm = new Float32Array(receptions);
    this.delaysUs = new Uint32Array(receptions);
    this.statuses = new Uint8Array(receptions);
    this.untilUs = new Float64Array(receptions);
    this.arrivesDbm = new Float32Array(receptions);
    this.nexts = new Int32Array(receptions);
    this.lists = new Int32Array(gateways * LISTS).fill(NONE);
    this.lockedDemodulators = new Int32Array(gateways);
    this.deafUntilUs = new Float64Array(gateways);
    this.isOff = new Uint8Array(gateways);
    this.cutUs = new Float64Array(gateways).fill(-Infinity);
    this.captureDb = captureDb ?? CAPTURE_DB;
    this.demodulators = demodulators ?? DEMODULATORS;
  }

  /** From now on the gateways of another network hear this one's devices as well. @param first number there of the first of them */
  mirrorTo(air: GatewayAir, first: number): void {
    this.mirrors.push({ air, first });
  }

  /** No gateway hears a device any more, whose frames are all over. */
  forget(device: number): void {
    this.gatewayIds.fill(NONE, device * HEARING_GATEWAYS, (device + 1) * HEARING_GATEWAYS);
  }

  /** Puts a gateway among those that hear a device, the strongest first. */
  hears(device: number, gateway: number, levelDbm: number, delayUs = 0): void {
    const first = device * HEARING_GATEWAYS;
    let rank = HEARING_GATEWAYS;
    while (rank > 0) {
      const before = first + rank - 1;
      if (this.gatewayIds[before] !== NONE && (this.levelsDbm[before] as number) >= levelDbm) break;
      if (rank < HEARING_GATEWAYS) {
        this.gatewayIds[before + 1] = this.gatewayIds[before] as number;
        this.levelsDbm[before + 1] = this.levelsDbm[before] as number;
        this.delaysUs[before + 1] = this.delaysUs[before] as number;
      }
      rank--;
    }
    if (rank === HEARING_GATEWAYS) return;
    this.gatewayIds[first + rank] = gateway;
    this.levelsDbm[first + rank] = levelDbm;
    this.delaysUs[first + rank] = delayUs;
  }

  /** @returns how strong full power arrives at the nearest gateway by radio, dBm */
  bestLevelDbm(device: number): number {
    return this.levelsDbm[device * HEARING_GATEWAYS] as number;
  }

  /** Puts a frame on the air. @returns when its last bit is in at the last of the gateways that may hear it, of all networks, µs */
  begin(device: number, nowUs: number, frame: UplinkFrame): number {
    let throughUs = this.put(device, nowUs, frame);
    for (const { air, first } of this.mirrors) throughUs = Math.max(throughUs, air.put(first + device, nowUs, frame));
    return throughUs;
  }

  private put(device: number, nowUs: number, frame: UplinkFrame): number {
    const first = device * HEARING_GATEWAYS;
    const overUs = nowUs + frame.airUs;
    let throughUs = overUs;
    const list = frame.channel * FACTORS + frame.factor - LOWEST_FACTOR;
    for (let at = first; at < first + HEARING_GATEWAYS && this.gatewayIds[at] !== NONE; at++) {
      const gateway = this.gatewayIds[at] as number;
      const delayUs = this.delaysUs[at] as number;
      this.arrivesDbm[at] = (this.levelsDbm[at] as number) - frame.reducedDb;
      this.untilUs[at] = overUs + delayUs;
      throughUs = Math.max(throughUs, overUs + delayUs);
      this.statuses[at] = this.lock(at, gateway, frame.factor, nowUs + delayUs);
      const head = gateway * LISTS + list;
      for (let other = this.lists[head] as number; other !== NONE; other = this.nexts[other] as number) {
        // What is already in does not overlap it. It began earlier than this one ends, as no way is as long as the shortest frame.
        if ((this.untilUs[other] as number) > nowUs + delayUs) this.clash(at, other);
      }
      this.nexts[at] = this.lists[head] as number;
      this.lists[head] = at;
    }
    return throughUs;
  }

  private lock(at: number, gateway: number, factor: number, fromUs: number): number {
    if ((this.arrivesDbm[at] as number) < NOISE_DBM + leastSnrDb(factor)) return Reception.weak;
    if (this.isOff[gateway] === 1) return Reception.off;
    if (fromUs < (this.deafUntilUs[gateway] as number)) return Reception.deaf;
    if ((this.lockedDemodulators[gateway] as number) >= this.demodulators) return Reception.deaf;
    this.lockedDemodulators[gateway] = (this.lockedDemodulators[gateway] as number) + 1;
    return Reception.sound;
  }

  /** Two frames of one channel and factor overlap at a gateway. */
  private clash(one: number, other: number): void {
    const differenceDb = (this.arrivesDbm[one] as number) - (this.arrivesDbm[other] as number);
    if (differenceDb < this.captureDb) this.spoil(one, Reception.collided);
    if (-differenceDb < this.captureDb) this.spoil(other, Reception.collided);
  }

  private spoil(at: number, status: number): void {
    if (this.statuses[at] === Reception.sound) this.statuses[at] = status;
  }

  /** Takes a frame off the air. @returns the rank of the strongest gateway that has decoded it, or −1 */
  end(device: number, channel: number, factor: number): number {
    for (const { air, first } of this.mirrors) air.take(first + device, channel, factor);
    return this.take(device, channel, factor);
  }

  private take(device: number, channel: number, factor: number): number {
    const first = device * HEARING_GATEWAYS;
    const list = channel * FACTORS + factor - LOWEST_FACTOR;
    let heard = NONE;
    for (let at = first; at < first + HEARING_GATEWAYS && this.gatewayIds[at] !== NONE; at++) {
      const gateway = this.gatewayIds[at] as number;
      this.unlink(at, gateway * LISTS + list);
      this.unlock(at, gateway);
      if (this.statuses[at] === Reception.sound && heard === NONE) heard = at - first;
    }
    return heard;
  }

  private unlink(at: number, head: number): void {
    let before = this.lists[head] as number;
    if (before === at) {
      this.lists[head] = this.nexts[at] as number;
      return;
    }
    while ((this.nexts[before] as number) !== at) before = this.nexts[before] as number;
    this.nexts[before] = this.nexts[at] as number;
  }

  /** @returns whether what failed last of a device was drowned by others, rather than too weak or unheard */
  wasCollided(device: number): boolean {
    const first = device * HEARING_GATEWAYS;
    for (let at = first; at < first + HEARING_GATEWAYS && this.gatewayIds[at] !== NONE; at++) {
      if (this.statuses[at] === Reception.collided) return true;
    }
    return false;
  }

  /** @returns whether the device's own power was too little for every gateway */
  wasTooWeak(device: number): boolean {
    const first = device * HEARING_GATEWAYS;
    for (let at = first; at < first + HEARING_GATEWAYS && this.gatewayIds[at] !== NONE; at++) {
      if (this.statuses[at] !== Reception.weak) return false;
    }
    return true;
  }

  /** @returns whether a gateway without power would have heard a device's last frame */
  wasOff(device: number): boolean {
    return this.missedBy(device, () => {});
  }

  /** @param told of each gateway that lacked the power to hear a device's last frame @returns whether there is one */
  missedBy(device: number, told: (gateway: number) => void): boolean {
    const first = device * HEARING_GATEWAYS;
    let isMissed = false;
    for (let at = first; at < first + HEARING_GATEWAYS && this.gatewayIds[at] !== NONE; at++) {
      if (this.statuses[at] !== Reception.off) continue;
      told(this.gatewayIds[at] as number);
      isMissed = true;
    }
    return isMissed;
  }

  /** A gateway loses its power, and with it all that it was taking in and sending, or has it again. */
  power(gateway: number, on: boolean, nowUs: number): void {
    this.isOff[gateway] = on ? 0 : 1;
    if (on) return;
    this.hasFailed = true;
    this.cutUs[gateway] = nowUs;
    this.deafUntilUs[gateway] = Math.min(nowUs, this.deafUntilUs[gateway] as number);
    for (let list = gateway * LISTS; list < (gateway + 1) * LISTS; list++) {
      for (let at = this.lists[list] as number; at !== NONE; at = this.nexts[at] as number) {
        if (this.statuses[at] === Reception.weak || (this.untilUs[at] as number) <= nowUs) continue;
        this.unlock(at, gateway);
        this.statuses[at] = Reception.off;
      }
    }
  }

  /** Frees the demodulator that a frame has: it was sound, or has been spoilt since. */
  private unlock(at: number, gateway: number): void {
    const status = this.statuses[at] as number;
    if (status !== Reception.sound && status !== Reception.collided && status !== Reception.drowned) return;
    this.lockedDemodulators[gateway] = (this.lockedDemodulators[gateway] as number) - 1;
  }

  isPowered(gateway: number): boolean {
    return this.isOff[gateway] === 0;
  }

  /** @returns whether a gateway has lost its power from one time on and before another */
  wasCutWithin(gateway: number, fromUs: number, untilUs: number): boolean {
    const cutUs = this.cutUs[gateway] as number;
    return cutUs >= fromUs && cutUs < untilUs;
  }

  isTransmitting(gateway: number, nowUs: number): boolean {
    return nowUs < (this.deafUntilUs[gateway] as number);
  }

  transmitsUntilUs(gateway: number): number {
    return this.deafUntilUs[gateway] as number;
  }

  /** A gateway transmits, now or soon: it loses all that it is not through with by then. */
  deafen(gateway: number, fromUs: number, untilUs: number): void {
    this.deafUntilUs[gateway] = untilUs;
    for (let list = gateway * LISTS; list < (gateway + 1) * LISTS; list++) {
      for (let at = this.lists[list] as number; at !== NONE; at = this.nexts[at] as number) {
        // It keeps its demodulator to the end, as the chip does.
        if ((this.untilUs[at] as number) > fromUs) this.spoil(at, Reception.drowned);
      }
    }
  }
}
