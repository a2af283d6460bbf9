import type { Hash } from "../../protocol/core/ids.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { type Medium, type MediumFigures, noFigures } from "../network/access/medium.ts";
import { ENERGY_CAUSES, EnergyCause, type EnergyMeter } from "../network/energy.ts";
import { type NodeRange, numberNodes } from "../scenario/numbering.ts";
import type { DeviceGroup, Scenario } from "../scenario/scenario.ts";
import type { OrderOutcome } from "../workload/load-figures.ts";
import { Spans } from "./spans.ts";

/** What a run says of one group of devices. */
export interface DeviceFindings {
  readonly name: string;
  readonly count: number;
  readonly batteryJoules: number;
  /** From signing to the proof, of transactions that were signed before the drain. */
  readonly spans: Spans;
  readonly sent: number;
  /** Whether its devices ask what became of them. */
  readonly asks: boolean;
  readonly wakes: number;
  /** Times that faults switched them off. */
  readonly struck: number;
  readonly awakeUs: number;
  /** Of all devices together, J, by cause. */
  readonly joules: Readonly<Record<(typeof ENERGY_CAUSES)[number], number>>;
  readonly greatestJoules: number;
  /** Devices whose battery was empty, when the first of them was, and how long they lived, all together. */
  readonly dead: number;
  readonly firstDeathUs: number;
  readonly livedUs: number;
  /** Of those that live on. */
  readonly livingJoules: number;
  readonly frames: MediumFigures;
  readonly simulatedUs: number;
  /** What they sent to another subchain, before the drain. */
  readonly crossings: readonly OrderOutcome[];
}

interface GroupTally {
  readonly group: DeviceGroup;
  readonly range: NodeRange;
  readonly spans: Spans;
  sent: number;
  wakes: number;
  struck: number;
  awakeUs: number;
}

const NEVER = -1;

/** Takes the figures of devices from what they tell of themselves, and from their meters. */
export class DeviceFigures implements Watcher {
  readonly #groups: readonly GroupTally[];
  readonly #first: number;
  /** By device: its group, and since when it is awake. */
  readonly #groupOf: Uint16Array;
  readonly #sinceUs: Float64Array;
  /** Transactions under way, of devices that ask what became of them: no more than wait at a device. */
  readonly #sentUs = new Map<Hash, number>();
  readonly #untilUs: number;

  constructor(scenario: Scenario) {
    const { devices, powered, total } = numberNodes(scenario);
    this.#first = powered;
    this.#untilUs = scenario.durationUs - scenario.drainUs;
    this.#groupOf = new Uint16Array(total - powered);
    this.#sinceUs = new Float64Array(total - powered).fill(NEVER);
    this.#groups = devices.map((range, place) => {
      this.#groupOf.fill(place, range.first - powered, range.first - powered + range.count);
      const group = scenario.devices?.[place] as DeviceGroup;
      return { group, range, spans: new Spans(), sent: 0, wakes: 0, struck: 0, awakeUs: 0 };
    });
  }

  #tallyOf(node: number): GroupTally | undefined {
    return node < this.#first ? undefined : this.#groups[this.#groupOf[node - this.#first] as number];
  }

  onStart(node: number, atUs: number): void {
    const tally = this.#tallyOf(node);
    if (tally === undefined) return;
    tally.wakes++;
    this.#sinceUs[node - this.#first] = atUs;
  }

  onSleep(node: number, atUs: number): void {
    const tally = this.#tallyOf(node);
    if (tally === undefined) return;
    tally.awakeUs += atUs - (this.#sinceUs[node - this.#first] as number);
    this.#sinceUs[node - this.#first] = NEVER;
  }

  onCrash(node: number, atUs: number): void {
    const tally = this.#tallyOf(node);
    if (tally === undefined) return;
    tally.struck++;
    this.onDeath(node, atUs);
  }

  onDeath(node: number, atUs: number): void {
    if (this.#sinceUs[node - this.#first] !== NEVER) this.onSleep(node, atUs);
  }

  onObserve(node: number, atUs: number, seen: Observation): void {
    if (seen.kind !== "spending") return;
    const tally = this.#tallyOf(node);
    if (tally === undefined) return;
    const { step, id } = seen;
    if (step === "sent") {
      if (atUs >= this.#untilUs) return;
      tally.sent++;
      if (tally.group.send.confirmsEvery > 0) this.#sentUs.set(id, atUs);
      return;
    }
    const sentUs = this.#sentUs.get(id);
    if (sentUs !== undefined) tally.spans.push(sentUs, atUs);
    this.#sentUs.delete(id);
  }

  /** @returns the figures of each group at the end of a run, whose energy is accounted for up to there */
  findings(media: readonly Medium[], meter: EnergyMeter | null, endUs: number): Omit<DeviceFindings, "crossings">[] {
    return this.#groups.map((tally, place) => {
      const { group, range, spans, sent, wakes, struck } = tally;
      const { count, name, batteryJoules, send } = group;
      const asks = send.confirmsEvery > 0;
      const first = range.first - this.#first;
      const frames = media[place]?.figures ?? noFigures();
      const awakeUs = tally.awakeUs + this.#stillAwakeUs(first, count, endUs);
      const energy = energyOf(meter, first, count);
      const told = { spans, sent, asks, wakes, struck, awakeUs, frames, simulatedUs: endUs };
      return { name, count, batteryJoules, ...told, ...energy };
    });
  }

  #stillAwakeUs(first: number, count: number, endUs: number): number {
    let sum = 0;
    for (const sinceUs of this.#sinceUs.subarray(first, first + count)) if (sinceUs !== NEVER) sum += endUs - sinceUs;
    return sum;
  }
}

function energyOf(
  meter: EnergyMeter | null,
  first: number,
  count: number,
): Pick<DeviceFindings, "joules" | "greatestJoules" | "dead" | "firstDeathUs" | "livedUs" | "livingJoules"> {
  const joules = { listen: 0, receive: 0, transmit: 0, compute: 0, sleep: 0 };
  let [greatestJoules, livingJoules, dead, livedUs] = [0, 0, 0, 0];
  let firstDeathUs = Infinity;
  for (let device = first; meter !== null && device < first + count; device++) {
    let sum = 0;
    for (const cause of ENERGY_CAUSES) {
      const spent = meter.joules(device, EnergyCause[cause]);
      joules[cause] += spent;
      sum += spent;
    }
    greatestJoules = Math.max(greatestJoules, sum);
    const emptyUs = meter.emptySinceUs(device);
    if (emptyUs < 0) livingJoules += sum;
    else {
      dead++;
      livedUs += emptyUs;
      firstDeathUs = Math.min(firstDeathUs, emptyUs);
    }
  }
  return { joules, greatestJoules, livingJoules, dead, livedUs, firstDeathUs };
}
