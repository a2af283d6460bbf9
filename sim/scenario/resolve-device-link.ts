import { DEFAULT_ACCESS } from "../network/csma/ieee802154.ts";
import { RX2_DELAY_US } from "../network/lora/eu868.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import type { ReadText } from "./csv-rows.ts";
import type { DeviceClassName } from "./device-classes.ts";
import type { DeviceLink, DeviceLoss } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { resolveLossTrace } from "./loss-trace.ts";
import type { Problems } from "./problems.ts";

const SECOND_US = 1_000_000;

/** What a link brings with it where the file does not say. */
export interface LinkDefaults {
  readonly class: DeviceClassName;
  readonly radiusMetres: number;
  readonly pollUs: number;
  /** Nothing comes back sooner. */
  readonly answerUs: number;
}

export function defaultsOf(link: DeviceLink): LinkDefaults {
  if (link.kind === "lora")
    return { class: "lora-sensor", radiusMetres: 2_000, pollUs: 480 * SECOND_US, answerUs: RX2_DELAY_US };
  if (link.kind === "802.15.4")
    return { class: "mesh-sensor", radiusMetres: 20, pollUs: 6 * SECOND_US, answerUs: SECOND_US };
  const { setupUs, latencyUs, pagingUs } = LINK_PROFILES[link.profile];
  const answerUs = setupUs + 2 * latencyUs + SECOND_US / 10;
  if (link.profile === "ble") return { class: "mesh-sensor", radiusMetres: 10, pollUs: 6 * SECOND_US, answerUs };
  const isCellular = pagingUs > 0;
  return {
    class: isCellular ? "cellular-meter" : "wifi-appliance",
    radiusMetres: isCellular ? 2_000 : 20,
    pollUs: 6 * SECOND_US,
    answerUs,
  };
}

/** @returns the one link that is named, with what the file leaves open filled in */
export function resolveLink(given: GivenDevices["link"], problems: Problems): DeviceLink {
  const value = given?.value ?? "wifi";
  const name = typeof value === "string" ? value : nameOf(value);
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
    const place = mac.leastExponent ?? mac.mostExponent;
    if (access.leastExponent > access.mostExponent && place !== undefined) {
      problems.add({
        at: place.at,
        message: `back-offs begin with an exponent of ${access.leastExponent}, above the most, ${access.mostExponent}`,
        expected: "leastExponent at most mostExponent",
      });
    }
    return { kind: "802.15.4", acknowledges: mac.acknowledged?.value ?? true, access };
  }
  const line = own["home-line"]?.value;
  if (line === undefined) return { kind: "point", profile: name };
  const { uplinkBitsPerSecond, downlinkBitsPerSecond } = LINK_PROFILES["home-line"];
  const rates = {
    uplinkBitsPerSecond: line.up?.value ?? uplinkBitsPerSecond,
    downlinkBitsPerSecond: line.down?.value ?? downlinkBitsPerSecond,
  };
  return { kind: "point", profile: name, rates };
}

type ShapedLink = Exclude<NonNullable<GivenDevices["link"]>["value"], string>;

function nameOf(given: ShapedLink): "lora" | "802.15.4" | "home-line" {
  if (given.lora !== undefined) return "lora";
  return given["home-line"] === undefined ? "802.15.4" : "home-line";
}

/** @returns the one kind of loss that is named */
export function resolveLoss(given: GivenDevices["loss"], read: ReadText, problems: Problems): DeviceLoss {
  if (given === undefined) return { kind: "none" };
  const loss = readLoss(given.value, read, problems);
  if (losesEverything(loss) && !problems.within(given.at)) {
    problems.add({ at: given.at, message: "every frame is lost", expected: "a loss that lets some frames through" });
  }
  return loss;
}

function readLoss(value: NonNullable<GivenDevices["loss"]>["value"], read: ReadText, problems: Problems): DeviceLoss {
  if (typeof value === "number") return { kind: "bernoulli", probability: value };
  const { gilbertElliott, trace } = value;
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

function losesEverything(loss: DeviceLoss): boolean {
  switch (loss.kind) {
    case "none":
      return false;
    case "bernoulli":
      return loss.probability === 1;
    case "gilbertElliott":
      return loss.lossGood === 1 && loss.lossBad === 1;
    case "trace":
      return loss.lossProbability.every((each) => each === 1);
  }
}
