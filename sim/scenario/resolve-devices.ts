import { MAX_DATA_BYTES } from "../../protocol/core/limits.ts";
import { AirChecks } from "./air-checks.ts";
import type { Arrival } from "./arrival.ts";
import type { ReadText } from "./csv-rows.ts";
import { DEVICE_CLASSES, type DeviceClassName } from "./device-classes.ts";
import type { DeviceGroup, DeviceLoss } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { flashNeededBytes, neededBytes, receiveBytes } from "./device-memory.ts";
import { Problems } from "./problems.ts";
import { type CheckedGroup, RadioChecks } from "./radio-checks.ts";
import { meanIntervalUs, resolveArrival } from "./resolve-arrival.ts";
import { type Crossing, checkAbroad, resolveCrossing } from "./resolve-crossing.ts";
import { defaultsOf, resolveLink, resolveLoss } from "./resolve-device-link.ts";
import { resolveMobility } from "./resolve-mobility.ts";
import { resolvePlaces } from "./resolve-places.ts";
import type { ChainNames } from "./resolve-subchains.ts";
import { type Placed, type Position, placeOf } from "./source.ts";
import type { WorkloadContext } from "./workload-context.ts";

const IOTX = 10n ** 18n;
const SECOND_US = 1_000_000;
export const DEFAULT_PERIOD_US = 600 * SECOND_US;
const DEFAULT_DATA_BYTES = 16;
/** Fewer wakings in a whole run are expected to be none. */
const LEAST_WAKINGS = 1;

/** Fills in what the file leaves open about devices, and reports what can never work. */
export function resolveDevices(
  given: Placed<readonly Placed<GivenDevices>[]> | undefined,
  context: WorkloadContext,
): DeviceGroup[] {
  const { durationUs, chains, read, problems } = context;
  const taken = new Set<string>();
  const airs = new AirChecks(problems);
  return (given?.value ?? []).flatMap(({ value, at }, index) => {
    const name = value.name?.value ?? `devices-${index + 1}`;
    if (taken.has(name)) {
      const message = `two groups of devices called ${name}`;
      problems.add({ at: value.name?.at ?? at, message, expected: "a name of its own" });
    }
    taken.add(name);
    const loss = resolveLoss(value.loss, read, problems);
    const homes = chainsOf(value, at, chains, problems);
    checkAbroad(value, homes, problems);
    const groups = homes.map((chain, home) => {
      const signers = chains.signersOf(chain);
      // One file is read, and wrong, once.
      const told = home === 0 ? problems : new Problems();
      const files = { read, problems: told };
      return resolveGroup(value, {
        files,
        crossing: resolveCrossing(value, { chain, whole: at, context: { ...context, problems: told } }),
        name: homes.length === 1 ? name : `${name}-${home + 1}`,
        chain,
        signers,
        loss,
      });
    });
    const [first] = groups;
    if (first !== undefined && !problems.within(at)) {
      const signers = Math.max(...homes.map((chain) => chains.signersOf(chain)));
      const checked = { given: value, group: first, whole: at };
      new RadioChecks(checked, problems).all(signers);
      airs.check(value, first);
      new DeviceChecks(checked, problems).all({ durationUs, signers, homes: homes.length });
    }
    return groups;
  });
}

/** Devices on a chain that there are several of are on each of them. */
function chainsOf({ on }: GivenDevices, at: Position, chains: ChainNames, problems: Problems): readonly string[] {
  if (on === undefined) {
    if (!problems.within(at)) problems.add({ at, message: "devices without a chain", expected: "on: a subchain" });
    return [];
  }
  if (on.value === "root") {
    problems.add({ at: on.at, message: "the rootchain has no accounts for devices", expected: "a subchain" });
    return [];
  }
  return chains.family(on);
}

interface GroupContext {
  readonly files: { readonly read: ReadText; readonly problems: Problems };
  /** Null where they send within their chain. */
  readonly crossing: Crossing | null;
  readonly name: string;
  readonly chain: string;
  readonly signers: number;
  readonly loss: DeviceLoss;
}

function resolveGroup(given: GivenDevices, { files, name, chain, signers, loss, crossing }: GroupContext): DeviceGroup {
  const link = resolveLink(given.link, files.problems);
  const defaults = defaultsOf(link);
  const className = given.class?.value ?? defaults.class;
  const made = DEVICE_CLASSES[className];
  const { hardware, power, ramBytes, flashBytes, batteryJoules } = made;
  const [sleep, send] = [given.sleep?.value ?? {}, given.send?.value ?? {}];
  const { count, ...where } = resolvePlaces(given, { defaultRadiusMetres: defaults.radiusMetres, ...files });
  const { arrival, periodUs } = resolveRhythm(sleep, count, files);
  const dataBytes = send.data?.value ?? DEFAULT_DATA_BYTES;
  return {
    name,
    count,
    chain,
    class: className,
    hardware: { name: className, ...hardware },
    power,
    ramBytes,
    flashBytes,
    batteryJoules: given.battery?.value ?? batteryJoules,
    receiveBytes: Math.max(0, receiveBytes(made, { signers, dataBytes, crosses: crossing !== null })),
    link,
    loss,
    ...where,
    shadowingDb: given.shadowing?.value ?? null,
    ...(given.air === undefined ? {} : { air: given.air.value }),
    sleep: {
      periodUs,
      jitter: sleep.jitter?.value ?? (arrival === undefined ? 0.1 : 0),
      ...(arrival === undefined ? {} : { arrival }),
      awakeUs: sleep.awake?.value ?? Math.floor(periodUs / 2),
      pollUs: sleep.poll?.value ?? defaults.pollUs,
    },
    ...(given.mobility === undefined
      ? {}
      : { mobility: resolveMobility(given.mobility.value, { radiusMetres: where.radiusMetres, ...files }) }),
    ...(given.start === undefined
      ? {}
      : {
          start: {
            atUs: given.start.value.at?.value ?? 0,
            // Times from a file are kept to the second, unless the file says otherwise.
            spreadUs: given.start.value.spread?.value ?? (arrival?.kind === "trace" ? 1 : periodUs),
          },
        }),
    send: {
      amount: crossing?.amount ?? String(send.amount?.value ?? IOTX / 1000n),
      dataBytes,
      confirmsEvery: send.confirm?.value ?? 1,
      ...(crossing === null ? {} : { crossing: crossing.crossing }),
    },
  };
}

/** @returns in which pattern devices wake, and the mean time from one waking of a device to its next */
function resolveRhythm(
  { arrival: given, every, jitter }: NonNullable<GivenDevices["sleep"]>["value"],
  count: number,
  context: GroupContext["files"],
): { readonly arrival?: Arrival; readonly periodUs: number } {
  if (given === undefined) return { periodUs: every?.value ?? DEFAULT_PERIOD_US };
  if (jitter !== undefined) {
    const expected = "no jitter beside an arrival; that of a beat stands in it, as {periodic: {jitter: 10 %}}";
    context.problems.add({ at: jitter.at, message: "a pattern says itself how far wakings stray", expected });
  }
  const arrival = resolveArrival(given, { given: every, usualUs: DEFAULT_PERIOD_US, isRate: false }, context);
  const apartUs = meanIntervalUs(arrival, DEFAULT_PERIOD_US);
  return { arrival, periodUs: every?.value ?? (arrival.kind === "trace" ? count * apartUs : apartUs) };
}

/** Reports what no device of a group could ever do. */
class DeviceChecks {
  readonly #given: GivenDevices;
  readonly #group: DeviceGroup;
  readonly #whole: Position;
  readonly #problems: Problems;

  constructor({ given, group, whole }: CheckedGroup, problems: Problems) {
    this.#given = given;
    this.#group = group;
    this.#whole = whole;
    this.#problems = problems;
  }

  /** @param of which the group has to fit: the run, those who sign its blocks, and how many chains have such a group */
  all({ durationUs, signers, homes }: { durationUs: number; signers: number; homes: number }): void {
    if (!this.#problems.within(this.#whole)) this.#data();
    this.#sleep();
    this.#battery();
    this.#start(durationUs);
    this.#wakings(durationUs, homes);
    this.#rows();
    this.#times(durationUs);
    if (!this.#problems.within(this.#whole)) this.#memory(signers);
  }

  /** What a device has to hold fits into what its class has. */
  #memory(signers: number): void {
    const { class: name, send } = this.#group;
    const made = DEVICE_CLASSES[name as DeviceClassName];
    const holdings = { signers, dataBytes: send.dataBytes, crosses: send.crossing !== undefined };
    const flashBytes = flashNeededBytes(made, holdings);
    if (flashBytes > made.flashBytes) {
      this.#problems.add({
        at: placeOf(this.#whole, this.#given.send?.value.data, this.#given.class, this.#given.link),
        message: `what waits to be confirmed does not fit the flash of a ${name}: ${flashBytes} B of ${made.flashBytes}`,
        expected: "shorter data, or a larger class",
      });
      return;
    }
    const [room, needed] = [receiveBytes(made, holdings), neededBytes(holdings)];
    if (room >= needed) return;
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.send?.value.data, this.#given.class, this.#given.on),
      message: `a checkpoint with ${signers} signatures takes ${needed} B, and a ${name} has ${Math.max(0, room)} B of memory left for it`,
      expected: "fewer operators, shorter data, or a larger class",
    });
  }

  /** No chain takes more with one transaction. */
  #data(): void {
    if (this.#group.send.dataBytes <= MAX_DATA_BYTES) return;
    const at = placeOf(this.#whole, this.#given.send?.value.data);
    const message = `a reading of ${this.#group.send.dataBytes} B is more than a transaction may carry`;
    this.#problems.add({ at, message, expected: `at most ${MAX_DATA_BYTES} B` });
  }

  /** A device has not woken before the first period is over. */
  #battery(): void {
    const { batteryJoules, power, sleep } = this.#group;
    const neededJoules = (power.sleepWatts * sleep.periodUs) / SECOND_US;
    if (batteryJoules > neededJoules) return;
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.battery, this.#given.sleep?.value.every),
      message: "a battery that is empty before the first waking",
      expected: `more than ${Math.ceil(neededJoules * 1e6) / 1e6} J, which sleep alone takes until then`,
    });
  }

  #start(durationUs: number): void {
    const { start, sleep } = this.#group;
    const lastUs = start === undefined ? 0 : start.atUs + start.spreadUs;
    if (lastUs <= durationUs) return;
    const { at, spread } = this.#given.start?.value ?? {};
    this.#problems.add({
      at: placeOf(this.#whole, spread, at, this.#given.start),
      message: "some of these devices would come when the run is over",
      expected: `all there by ${durationUs / SECOND_US} s; they spread over ${(start?.spreadUs ?? sleep.periodUs) / SECOND_US} s`,
    });
  }

  /** Devices without a start wake for the first time anywhere in their first period, which may end after the run. */
  #wakings(durationUs: number, homes: number): void {
    const { start, sleep, count } = this.#group;
    // Times from a file are judged by themselves.
    if (sleep.arrival?.kind === "trace") return;
    if (start !== undefined || homes * count * durationUs >= LEAST_WAKINGS * sleep.periodUs) return;
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.sleep?.value.every, this.#given.sleep, this.#given.count),
      message: `asleep for longer than the run: of ${homes * count} devices hardly any wakes within its ${durationUs / SECOND_US} s`,
      expected: `at most ${(homes * count * durationUs) / SECOND_US} s from one waking to the next, a longer duration, or a start`,
    });
  }

  /** Who follows a chain has to be asleep before the next of a row. */
  #rows(): void {
    const { sleep, send } = this.#group;
    const { arrival, awakeUs } = sleep;
    if (arrival?.kind !== "bursts" || send.confirmsEvery === 0 || awakeUs < arrival.gapUs) return;
    const { awake, arrival: given } = this.#given.sleep?.value ?? {};
    this.#problems.add({
      at: placeOf(this.#whole, awake, given),
      message: `awake for up to ${awakeUs / SECOND_US} s, and the next waking of a row comes ${arrival.gapUs / SECOND_US} s after the last`,
      expected: `less than ${arrival.gapUs / SECOND_US} s awake, a longer gap, or confirm: never`,
    });
  }

  /** Of a file's times some have to come before the end. */
  #times(durationUs: number): void {
    const { sleep, start } = this.#group;
    const { arrival } = sleep;
    const [firstUs] = arrival?.kind === "trace" ? arrival.atUs : [];
    const startUs = start?.atUs ?? 0;
    if (firstUs === undefined || startUs + firstUs < durationUs) return;
    const given = this.#given.sleep?.value.arrival;
    const file = typeof given?.value === "object" ? given.value.trace : undefined;
    this.#problems.add({
      at: placeOf(this.#whole, file, given),
      message: `the first time is ${firstUs / SECOND_US} s after the start, and the run is over ${(durationUs - startUs) / SECOND_US} s after it`,
      expected: "an earlier time, or a longer run",
    });
  }

  /** Who sends and forgets waits for nothing, and sleeps at once. */
  #sleep(): void {
    if (this.#group.send.confirmsEvery === 0) return;
    const { periodUs, awakeUs } = this.#group.sleep;
    const { every, awake } = this.#given.sleep?.value ?? {};
    const { answerUs } = defaultsOf(this.#group.link);
    if (awakeUs >= periodUs) {
      const message = "awake until after the next waking: these devices would never wake again";
      this.#problems.add({ at: placeOf(this.#whole, awake, every), message, expected: "a time below every" });
    } else if (awakeUs < answerUs) {
      const message = "asleep again before any answer can be there";
      this.#problems.add({
        at: placeOf(this.#whole, awake, every),
        message,
        expected: `at least ${answerUs / SECOND_US} s awake on this link`,
      });
    }
  }
}
