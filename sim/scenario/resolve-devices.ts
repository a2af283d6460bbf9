import { DEFAULT_ACCESS, MOST_MESSAGE_BYTES } from "../network/csma/ieee802154.ts";
import { FRAME_OVERHEAD_BYTES, HIGHEST_FACTOR, RX2_DELAY_US, SUB_BANDS } from "../network/lora/eu868.ts";
import { fragmentBytes, isCarried } from "../network/lora/fragments.ts";
import { lorawanModulation, timeOnAirUs } from "../network/lora/time-on-air.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import type { ReadText } from "./csv-rows.ts";
import { DEVICE_CLASSES, type DeviceClassName } from "./device-classes.ts";
import type { DeviceGroup, DeviceLink, DeviceLoss } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { flashNeededBytes, neededBytes, receiveBytes } from "./device-memory.ts";
import { checkReach } from "./device-reach.ts";
import { resolveLossTrace } from "./loss-trace.ts";
import { Problems } from "./problems.ts";
import { resolveMobility } from "./resolve-mobility.ts";
import { resolvePlaces } from "./resolve-places.ts";
import type { ChainNames } from "./resolve-subchains.ts";
import type { Placed, Position } from "./source.ts";

const IOTX = 10n ** 18n;
const SECOND_US = 1_000_000;
const DEFAULT_PERIOD_US = 600 * SECOND_US;
const DEFAULT_DATA_BYTES = 16;
/** A device's transaction beside its data, in a message of its own. */
export const DEVICE_TRANSACTION_BYTES = 190;

/** What a link brings with it where the file does not say. */
interface LinkDefaults {
  readonly class: DeviceClassName;
  readonly radiusMetres: number;
  readonly pollUs: number;
  /** Nothing comes back sooner. */
  readonly answerUs: number;
}

function defaultsOf(link: DeviceLink): LinkDefaults {
  if (link.kind === "lora")
    return { class: "lora-sensor", radiusMetres: 2_000, pollUs: 480 * SECOND_US, answerUs: RX2_DELAY_US };
  if (link.kind === "802.15.4")
    return { class: "mesh-sensor", radiusMetres: 20, pollUs: 6 * SECOND_US, answerUs: SECOND_US };
  const { setupUs, latencyUs } = LINK_PROFILES[link.profile];
  const answerUs = setupUs + 2 * latencyUs + SECOND_US / 10;
  if (link.profile === "ble") return { class: "mesh-sensor", radiusMetres: 10, pollUs: 6 * SECOND_US, answerUs };
  const isCellular = setupUs > 0;
  return {
    class: isCellular ? "cellular-meter" : "wifi-appliance",
    radiusMetres: isCellular ? 2_000 : 20,
    pollUs: 6 * SECOND_US,
    answerUs,
  };
}

function resolveLink(given: GivenDevices["link"]): DeviceLink {
  const value = given?.value ?? "wifi";
  const name = typeof value === "string" ? value : "lora" in value ? "lora" : "802.15.4";
  const own = typeof value === "string" ? {} : value;
  if (name === "lora") {
    const lora = own.lora?.value ?? {};
    return {
      kind: "lora",
      spreadingFactor: lora.spreadingFactor?.value ?? 0,
      class: lora.class?.value ?? "A",
      isConfirmed: lora.confirmed?.value ?? true,
      isAdaptive: lora.adaptive?.value ?? lora.spreadingFactor === undefined,
      secondWindowFactor: lora.secondWindow?.value ?? 9,
      ...(lora.demodulators === undefined ? {} : { demodulators: lora.demodulators.value }),
    };
  }
  if (name === "802.15.4") {
    const mac = own["802.15.4"]?.value ?? {};
    const access = {
      leastExponent: mac.leastExponent?.value ?? DEFAULT_ACCESS.leastExponent,
      mostExponent: mac.mostExponent?.value ?? DEFAULT_ACCESS.mostExponent,
      mostBackoffs: mac.backoffs?.value ?? DEFAULT_ACCESS.mostBackoffs,
      mostRetries: mac.retries?.value ?? DEFAULT_ACCESS.mostRetries,
    };
    return { kind: "802.15.4", acknowledges: mac.acknowledged?.value ?? true, access };
  }
  return { kind: "point", profile: name };
}

function resolveLoss(given: GivenDevices["loss"], read: ReadText, problems: Problems): DeviceLoss {
  if (given === undefined) return { kind: "none" };
  const { value } = given;
  if (typeof value === "number") return { kind: "bernoulli", probability: value };
  const { gilbertElliott, trace } = value;
  if (gilbertElliott !== undefined && trace !== undefined) {
    problems.add({ at: given.at, message: "two kinds of loss at once", expected: "gilbertElliott or trace" });
  }
  if (trace !== undefined) return { kind: "trace", ...resolveLossTrace(trace, read, problems) };
  const channel = gilbertElliott?.value ?? {};
  return {
    kind: "gilbertElliott",
    meanGoodUs: channel.good?.value ?? 60 * SECOND_US,
    meanBadUs: channel.bad?.value ?? 3 * SECOND_US,
    lossGood: channel.lossGood?.value ?? 0,
    lossBad: channel.lossBad?.value ?? 1,
  };
}

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
      new DeviceChecks(value, first, at, problems).all(durationUs, signers);
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
  const link = resolveLink(given.link);
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

  constructor(given: GivenDevices, group: DeviceGroup, whole: Position, problems: Problems) {
    this.#given = given;
    this.#group = group;
    this.#whole = whole;
    this.#problems = problems;
  }

  all(durationUs: number, signers: number): void {
    checkReach(this.#given, this.#group, this.#whole, this.#problems);
    this.#payload();
    this.#sleep();
    this.#battery();
    this.#start(durationUs);
    if (!this.#problems.within(this.#whole)) this.#memory(signers);
  }

  #place(...places: (Placed<unknown> | undefined)[]): Position {
    return places.find((each) => each !== undefined)?.at ?? this.#whole;
  }

  /** What a device has to hold fits into what its class has. */
  #memory(signers: number): void {
    const { class: name, send } = this.#group;
    const made = DEVICE_CLASSES[name as DeviceClassName];
    const holdings = { signers, dataBytes: send.dataBytes };
    const flashBytes = flashNeededBytes(made, holdings);
    if (flashBytes > made.flashBytes) {
      this.#problems.add({
        at: this.#place(this.#given.send?.value.data, this.#given.class, this.#given.link),
        message: `what waits to be confirmed does not fit the flash of a ${name}: ${flashBytes} B of ${made.flashBytes}`,
        expected: "shorter data, or a larger class",
      });
      return;
    }
    const [room, needed] = [receiveBytes(made, holdings), neededBytes(holdings)];
    if (room >= needed) return;
    this.#problems.add({
      at: this.#place(this.#given.send?.value.data, this.#given.class, this.#given.on),
      message: `a checkpoint with ${signers} signatures takes ${needed} B, and a ${name} has ${Math.max(0, room)} B of memory left for it`,
      expected: "fewer operators, shorter data, or a larger class",
    });
  }

  #payload(): void {
    const { link, send } = this.#group;
    const bytes = DEVICE_TRANSACTION_BYTES + send.dataBytes;
    const at = this.#place(this.#given.send?.value.data, this.#given.link);
    const message = `a transaction of ${bytes} B is more than the link carries`;
    if (link.kind === "802.15.4" && bytes > MOST_MESSAGE_BYTES)
      this.#problems.add({ at, message, expected: `at most ${MOST_MESSAGE_BYTES} B` });
    if (link.kind !== "lora") return;
    const factor = link.spreadingFactor === 0 ? HIGHEST_FACTOR : link.spreadingFactor;
    if (!isCarried(bytes, factor)) {
      this.#problems.add({ at, message, expected: `what fits 126 fragments at spreading factor ${factor}` });
    } else this.#duty(factor, bytes, link.spreadingFactor === 0);
  }

  /** A device may not be on the air for longer than its duty cycle lets it between two wakings. */
  #duty(factor: number, bytes: number, isChosen: boolean): void {
    const { periodUs } = this.#group.sleep;
    if (isChosen) return;
    let airUs = 0;
    for (let sent = 0; sent < bytes; ) {
      const fragment = fragmentBytes(bytes, sent, factor);
      airUs += timeOnAirUs(lorawanModulation(factor), fragment + FRAME_OVERHEAD_BYTES);
      sent += fragment;
    }
    const share = SUB_BANDS[0]?.dutyCycle ?? 0.01;
    const neededUs = airUs / (2 * share);
    if (neededUs <= periodUs) return;
    this.#problems.add({
      at: this.#place(this.#given.sleep?.value.every, this.#given.sleep, this.#given.link),
      message: `${Math.round(airUs / 1000)} ms on the air for each transaction, more than the duty cycle allows so often`,
      expected: `at least ${Math.ceil(neededUs / SECOND_US)} s from one waking to the next, or faster spreading`,
    });
  }

  /** A device has not woken before the first period is over. */
  #battery(): void {
    const { batteryJoules, power, sleep } = this.#group;
    const neededJoules = (power.sleepWatts * sleep.periodUs) / SECOND_US;
    if (batteryJoules > neededJoules) return;
    this.#problems.add({
      at: this.#place(this.#given.battery, this.#given.sleep?.value.every),
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
      at: this.#place(spread, at, this.#given.start),
      message: "some of these devices would come when the run is over",
      expected: `all there by ${durationUs / SECOND_US} s; they spread over ${(start?.spreadUs ?? sleep.periodUs) / SECOND_US} s`,
    });
  }

  #sleep(): void {
    const { periodUs, awakeUs } = this.#group.sleep;
    const { every, awake } = this.#given.sleep?.value ?? {};
    const { answerUs } = defaultsOf(this.#group.link);
    if (awakeUs >= periodUs) {
      const message = "awake until after the next waking: these devices would never wake again";
      this.#problems.add({ at: this.#place(awake, every), message, expected: "a time below every" });
    } else if (awakeUs < answerUs) {
      const message = "asleep again before any answer can be there";
      this.#problems.add({
        at: this.#place(awake, every),
        message,
        expected: `at least ${answerUs / SECOND_US} s awake on this link`,
      });
    }
  }
}
