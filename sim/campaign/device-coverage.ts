import { absorb, finish } from "../kernel/random.ts";
import { numberNodes, type Scenario } from "../scenario/index.ts";
import type { DeviceGroup } from "../scenario/scenario.ts";

/** What becomes of a device, as a run's watchers are told. */
export type DeviceChange = "awake" | "asleep" | "struck" | "dead" | "waiting" | "settled";

const LIVES = ["asleep", "awake", "struck", "dead"] as const;
/** Counts of devices that are told apart: none, one, more, all. */
const BUCKETS = 4;
/** States of devices and of chains are drawn from different numbers. */
const DEVICES = 0x0dec1ce5;

interface GroupState {
  readonly kind: number;
  readonly first: number;
  /** By device: its life, and 4 more while it waits for a proof. */
  readonly codes: Uint8Array;
  readonly counts: Int32Array;
}

/**
 * Groups of devices as abstract states: on which kind of link, with what loss and motion, how many are asleep, awake, switched off or
 * dead, and how many of each wait to see their transaction final.
 */
export class DeviceCoverage {
  readonly #first: number;
  readonly #groups: readonly GroupState[];

  constructor(scenario: Scenario) {
    const { powered, devices } = numberNodes(scenario);
    this.#first = powered;
    this.#groups = devices.map(({ first, count }, place) => {
      const counts = new Int32Array(2 * LIVES.length);
      counts[0] = count;
      const kind = kindOf(scenario.devices?.[place] as DeviceGroup);
      return { kind, first, codes: new Uint8Array(count), counts };
    });
  }

  /** @returns the state that a device's group is in after a change, 32 bits; null where it is no device, or all is as it was */
  change(node: number, change: DeviceChange): number | null {
    if (node < this.#first) return null;
    const group = this.#groups.find(({ first, codes }) => node < first + codes.length);
    if (group === undefined) return null;
    const { codes, counts, first } = group;
    const before = codes[node - first] as number;
    const after = changed(before, change);
    if (after === before) return null;
    codes[node - first] = after;
    counts[before] = (counts[before] as number) - 1;
    counts[after] = (counts[after] as number) + 1;
    return this.#hash(group);
  }

  #hash({ kind, codes, counts }: GroupState): number {
    let state = absorb(DEVICES, kind);
    for (const count of counts) state = absorb(state, count === codes.length ? BUCKETS - 1 : Math.min(count, 2));
    return finish(state) >>> 0;
  }
}

/** A cut of power or an empty battery leaves nobody waiting; a device that wakes goes on waiting for what it has sent. */
function changed(code: number, change: DeviceChange): number {
  const waits = code & LIVES.length;
  switch (change) {
    case "waiting":
      return code | LIVES.length;
    case "settled":
      return code & ~LIVES.length;
    case "dead":
      return LIVES.indexOf("dead");
    default:
      return waits | LIVES.indexOf(change);
  }
}

function kindOf({ link, loss, mobility }: DeviceGroup): number {
  const name = `${link.kind === "point" ? link.profile : link.kind} ${loss.kind} ${mobility === undefined ? "" : "moves"}`;
  let word = link.kind === "lora" && link.class === "C" ? 1 : 0;
  for (let at = 0; at < name.length; at++) word = absorb(word, name.charCodeAt(at));
  return word;
}
