import type { Context } from "../../protocol/core/machine.ts";
import { LooseBeat, type Rhythm, type Waking } from "../../protocol/node/rhythm.ts";
import { mix, mixKey, type RandomStream } from "../kernel/random.ts";
import type { DeviceGroup } from "../scenario/device-groups.ts";
import { diurnalWaitUs, type Pattern, pauseUs, poissonWaitUs, steadyWaitUs, strayUs } from "./arrivals.ts";

/** When the devices of a group wake; those of one pattern that need nothing of their own share one rhythm. */
export interface GroupRhythm {
  /** @returns when a device wakes for the first time, µs from the run's start; at least 1 */
  firstUs(device: DeviceInGroup): number;
  /** @returns what a device that wakes finds its next waking by */
  of(device: DeviceInGroup): Rhythm;
}

/** A device by its number among all nodes, and by its place in its group. */
export interface DeviceInGroup {
  readonly node: number;
  readonly place: number;
}

/** @param seed of the run */
export function rhythmOf(group: DeviceGroup, seed: string): GroupRhythm {
  const { arrival, periodUs, jitter } = group.sleep;
  const starts = new Starts(group, seed);
  switch (arrival?.kind) {
    case undefined:
      return shared(starts, new LooseBeat(periodUs, jitter));
    case "steady":
      return shared(starts, new Drawn((_, random) => steadyWaitUs(periodUs, random)));
    case "poisson":
      return shared(starts, new Drawn((_, random) => poissonWaitUs(periodUs, random)));
    case "diurnal":
      return shared(
        starts,
        new Drawn(({ wokeUs: nowUs }, random) => diurnalWaitUs(arrival, { intervalUs: periodUs, nowUs }, random)),
      );
    case "bursts":
      return shared(starts, new Drawn(({ number }, random) => rowWaitUs(arrival, { periodUs, number }, random)));
    case "periodic":
      return {
        firstUs: (device) => starts.firstUs(device),
        of: (device) => new StrictBeat({ startUs: starts.firstUs(device), periodUs, jitter: arrival.jitter }),
      };
    case "trace":
      return tracedRhythm(group, starts);
  }
}

function shared(starts: Starts, rhythm: Rhythm): GroupRhythm {
  return { firstUs: (device) => starts.firstUs(device), of: () => rhythm };
}

function rowWaitUs(
  pattern: Pattern<"bursts">,
  { periodUs, number }: { periodUs: number; number: number },
  random: RandomStream,
): number {
  return number % pattern.size === 0 ? pauseUs(pattern, periodUs, random) : Math.max(1, pattern.gapUs);
}

/** When devices come: all over the span that the file names, or as their pattern has it from the run's start on. */
class Starts {
  readonly #group: DeviceGroup;
  readonly #key: number;

  constructor(group: DeviceGroup, seed: string) {
    this.#group = group;
    this.#key = mixKey(seed, `devices/${group.name}/wake`);
  }

  firstUs(device: DeviceInGroup): number {
    const { start, sleep } = this.#group;
    if (start === undefined && sleep.arrival !== undefined) return 1 + this.#patternUs(sleep.arrival, device);
    return this.comesUs(device);
  }

  /** @returns when the file has a device come, whatever its pattern */
  comesUs({ node }: DeviceInGroup): number {
    const { start, sleep } = this.#group;
    const { atUs, spreadUs } = start ?? { atUs: 0, spreadUs: sleep.periodUs };
    return 1 + atUs + (mix(this.#key, node, 0, 0, 0) % spreadUs);
  }

  /** @returns how long a pattern that has always been there lets a device wait at the start */
  #patternUs(arrival: NonNullable<DeviceGroup["sleep"]["arrival"]>, { node }: DeviceInGroup): number {
    const { periodUs } = this.#group.sleep;
    const random = new MixedStream(this.#key, node);
    switch (arrival.kind) {
      case "poisson":
        return poissonWaitUs(periodUs, random);
      case "diurnal":
        return diurnalWaitUs(arrival, { intervalUs: periodUs, nowUs: 0 }, random);
      case "bursts":
        return poissonWaitUs(arrival.size * periodUs, random);
      default:
        return random.below(periodUs);
    }
  }
}

/** The next waking is so long after this one. */
class Drawn implements Rhythm {
  readonly #waitUs: (waking: Waking, random: RandomStream) => number;
  readonly #entropy = new EntropyStream();

  constructor(waitUs: (waking: Waking, random: RandomStream) => number) {
    this.#waitUs = waitUs;
  }

  nextUs(waking: Waking, context: Pick<Context, "entropy">): number {
    return waking.wokeUs + this.#waitUs(waking, this.#entropy.from(context));
  }
}

interface Beat {
  readonly startUs: number;
  readonly periodUs: number;
  /** Part of the period that is the span in which each beat falls, 0 … 1. */
  readonly jitter: number;
}

/** A beat that goes on whether or not a device keeps it, as that of a load's accounts. */
class StrictBeat implements Rhythm {
  readonly #beat: Beat;
  readonly #entropy = new EntropyStream();

  constructor(beat: Beat) {
    this.#beat = beat;
  }

  nextUs({ wokeUs }: Waking, context: Pick<Context, "entropy">): number {
    const { startUs, periodUs, jitter } = this.#beat;
    // A waking is that of the beat which it is nearest to.
    const beat = Math.round((wokeUs - startUs) / periodUs) + 1;
    return Math.round(startUs + beat * periodUs + strayUs(jitter * periodUs, this.#entropy.from(context)));
  }
}

/** The rows of a file go to the devices in turn. */
function tracedRhythm(group: DeviceGroup, starts: Starts): GroupRhythm {
  const { count, sleep, start } = group;
  const { atUs = [] } = sleep.arrival as Pattern<"trace">;
  const comesUs = (device: DeviceInGroup) => (start === undefined ? 1 : starts.comesUs(device));
  return {
    firstUs: (device) => comesUs(device) + (atUs[device.place] ?? NEVER_US),
    of: (device) => new Rows(comesUs(device), { atUs, first: device.place, step: count }),
  };
}

/** After any run: a year, which no file's times exceed. */
const NEVER_US = 366 * 86_400_000_000;

/** Every so-many-th row of a file, from one on. */
interface OwnRows {
  readonly atUs: readonly number[];
  readonly first: number;
  readonly step: number;
}

class Rows implements Rhythm {
  readonly #startUs: number;
  readonly #rows: OwnRows;

  constructor(startUs: number, rows: OwnRows) {
    this.#startUs = startUs;
    this.#rows = rows;
  }

  /** A waking is that of the row which it is nearest to; what came while a device was awake is past. */
  nextUs({ wokeUs }: Waking, { nowUs }: Pick<Context, "nowUs">): number {
    const { atUs, first, step } = this.#rows;
    // Rows ascend, so that those which are past stand before those which are not.
    let [low, high] = [0, Math.max(0, Math.ceil((atUs.length - first) / step))];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const dueUs = this.#timeUs(middle);
      const isAhead = dueUs > nowUs && dueUs - wokeUs >= wokeUs - this.#timeUs(middle - 1);
      if (isAhead) high = middle;
      else low = middle + 1;
    }
    return first + low * step < atUs.length ? this.#timeUs(low) : nowUs + NEVER_US;
  }

  /** @returns the time of one of a device's own rows, long ago for the one before the first */
  #timeUs(place: number): number {
    const { atUs, first, step } = this.#rows;
    return place < 0 ? Number.NEGATIVE_INFINITY : this.#startUs + (atUs[first + place * step] as number);
  }
}

const HALVES = 2 ** 26;

/** What a device draws, as a stream. */
class EntropyStream implements RandomStream {
  #source: Pick<Context, "entropy"> | null = null;

  from(source: Pick<Context, "entropy">): this {
    this.#source = source;
    return this;
  }

  uint32(): number {
    return (this.#source as Pick<Context, "entropy">).entropy();
  }

  unit(): number {
    return ((this.uint32() >>> 5) * HALVES + (this.uint32() >>> 6)) / (2 * HALVES * HALVES);
  }

  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }
}

/** A device's first draws, which are those of nobody else. */
class MixedStream extends EntropyStream {
  #draws = 0;

  constructor(key: number, node: number) {
    super();
    this.from({ entropy: () => mix(key, node, 1, this.#draws++, 0) });
  }
}
