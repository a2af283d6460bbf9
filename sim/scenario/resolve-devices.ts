import { AirChecks } from "./air-checks.ts";
import type { ReadText } from "./csv-rows.ts";
import { DEVICE_CLASSES, type DeviceClassName } from "./device-classes.ts";
import type { DeviceGroup, DeviceLoss } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { flashNeededBytes, neededBytes, receiveBytes } from "./device-memory.ts";
import { Problems } from "./problems.ts";
import { type CheckedGroup, RadioChecks } from "./radio-checks.ts";
import { defaultsOf, resolveLink, resolveLoss } from "./resolve-device-link.ts";
import { resolveMobility } from "./resolve-mobility.ts";
import { resolvePlaces } from "./resolve-places.ts";
import type { ChainNames } from "./resolve-subchains.ts";
import { type Placed, type Position, placeOf } from "./source.ts";

const IOTX = 10n ** 18n;
const SECOND_US = 1_000_000;
export const DEFAULT_PERIOD_US = 600 * SECOND_US;
const DEFAULT_DATA_BYTES = 16;
/** Fewer wakings in a whole run are expected to be none. */
const LEAST_WAKINGS = 1;

interface DevicesContext {
  readonly durationUs: number;
  readonly chains: ChainNames;
  readonly read: ReadText;
  readonly problems: Problems;
}

/** Fills in what the file leaves open about devices, and reports what can never work. */
export function resolveDevices(
  given: Placed<readonly Placed<GivenDevices>[]> | undefined,
  { durationUs, chains, read, problems }: DevicesContext,
): DeviceGroup[] {
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
    const groups = homes.map((chain, home) => {
      const signers = chains.signersOf(chain);
      // One file is read, and wrong, once.
      const told = home === 0 ? problems : new Problems();
      const files = { read, problems: told };
      return resolveGroup(value, {
        files,
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
  readonly name: string;
  readonly chain: string;
  readonly signers: number;
  readonly loss: DeviceLoss;
}

function resolveGroup(given: GivenDevices, { files, name, chain, signers, loss }: GroupContext): DeviceGroup {
  const link = resolveLink(given.link, files.problems);
  const defaults = defaultsOf(link);
  const className = given.class?.value ?? defaults.class;
  const made = DEVICE_CLASSES[className];
  const { hardware, power, ramBytes, flashBytes, batteryJoules } = made;
  const [sleep, send] = [given.sleep?.value ?? {}, given.send?.value ?? {}];
  const periodUs = sleep.every?.value ?? DEFAULT_PERIOD_US;
  const { count, ...where } = resolvePlaces(given, { defaultRadiusMetres: defaults.radiusMetres, ...files });
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
    receiveBytes: Math.max(0, receiveBytes(made, { signers, dataBytes })),
    link,
    loss,
    ...where,
    shadowingDb: given.shadowing?.value ?? null,
    ...(given.air === undefined ? {} : { air: given.air.value }),
    sleep: {
      periodUs,
      jitter: sleep.jitter?.value ?? 0.1,
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
            spreadUs: given.start.value.spread?.value ?? periodUs,
          },
        }),
    send: {
      amount: String(send.amount?.value ?? IOTX / 1000n),
      dataBytes,
      confirmsEvery: send.confirm?.value ?? 1,
    },
  };
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
    this.#sleep();
    this.#battery();
    this.#start(durationUs);
    this.#wakings(durationUs, homes);
    if (!this.#problems.within(this.#whole)) this.#memory(signers);
  }

  /** What a device has to hold fits into what its class has. */
  #memory(signers: number): void {
    const { class: name, send } = this.#group;
    const made = DEVICE_CLASSES[name as DeviceClassName];
    const holdings = { signers, dataBytes: send.dataBytes };
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
    if (start !== undefined || homes * count * durationUs >= LEAST_WAKINGS * sleep.periodUs) return;
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.sleep?.value.every, this.#given.sleep, this.#given.count),
      message: `asleep for longer than the run: of ${homes * count} devices hardly any wakes within its ${durationUs / SECOND_US} s`,
      expected: `at most ${(homes * count * durationUs) / SECOND_US} s from one waking to the next, a longer duration, or a start`,
    });
  }

  #sleep(): void {
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
