import { MOST_MESSAGE_BYTES } from "../network/csma/ieee802154.ts";
import {
  FRAGMENT_HEADER_BYTES,
  FRAME_OVERHEAD_BYTES,
  HIGHEST_FACTOR,
  LOWEST_FACTOR,
  mostPayloadBytes,
  SUB_BANDS,
} from "../network/lora/eu868.ts";
import { fragmentBytes, isCarried, MAX_FRAGMENTS, payloadBytes } from "../network/lora/fragments.ts";
import { lorawanModulation, timeOnAirUs } from "../network/lora/time-on-air.ts";
import { reachMetresOf } from "./device-budget.ts";
import { DEVICE_CLASSES, type DeviceClass } from "./device-classes.ts";
import type { DeviceGroup } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { neededBytes } from "./device-memory.ts";
import { checkReach } from "./device-reach.ts";
import type { Problems } from "./problems.ts";
import { type Position, placeOf } from "./source.ts";

const SECOND_US = 1_000_000;
/** A device's transaction beside its data, in a message of its own. */
const DEVICE_TRANSACTION_BYTES = 190;
/** A lock for another chain, in a message of its own, and what the message with its data has besides. */
const LOCK_MESSAGE_BYTES = 330;
const BESIDE_FRAME_BYTES = 5;
/** Devices that move have to be in reach of a gateway in this part of their disc at least. */
const LEAST_COVERED_SHARE = 0.05;

/** A group of devices as it was given and as it was resolved. */
export interface CheckedGroup {
  readonly given: GivenDevices;
  readonly group: DeviceGroup;
  /** Place of the whole group. */
  readonly whole: Position;
}

/** Reports what the radio of a group could never carry. */
export class RadioChecks {
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

  /** @param signers whose signatures a device's largest message has to hold */
  all(signers: number): void {
    this.#radio();
    if (this.#group.mobility === undefined) checkReach(this.#given, this.#group, this.#whole, this.#problems);
    else if (this.#group.mobility.path === undefined) this.#coverage();
    this.#payload();
    this.#downlink(signers);
  }

  get #lora() {
    const link = this.#given.link?.value;
    return typeof link === "object" ? link.lora?.value : undefined;
  }

  /** A class's powers are those of its own radio. */
  #radio(): void {
    const { class: name, link } = this.#group;
    const spoken = link.kind === "point" ? link.profile : link.kind;
    const all = Object.entries<DeviceClass>(DEVICE_CLASSES);
    const fitting = all.filter(([, { links }]) => links.includes(spoken)).map(([each]) => each);
    if (fitting.includes(name)) return;
    const message = `the radio of a ${name} does not speak ${spoken}`;
    this.#problems.add({ at: placeOf(this.#whole, this.#given.class), message, expected: fitting.join(" or ") });
  }

  /** Who moves may leave every gateway behind, and comes back: but not where hardly any place has a gateway. */
  #coverage(): void {
    const { link, radiusMetres, gateways } = this.#group;
    const reachMetres = reachMetresOf(link);
    const share = (gateways * reachMetres * reachMetres) / (radiusMetres * radiusMetres);
    if (share >= LEAST_COVERED_SHARE) return;
    const most = Math.floor(reachMetres * Math.sqrt(gateways / LEAST_COVERED_SHARE));
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.radius, this.#given.link),
      message: `of the disc in which these devices move, their gateways reach ${Number((100 * share).toPrecision(1))} % at the most`,
      expected: `${100 * LEAST_COVERED_SHARE} %: a radius of at most ${most} m, or more gateways`,
    });
  }

  #payload(): void {
    const messages = messagesOf(this.#group);
    if (messages.filter((bytes) => !this.#carries(bytes)).length === 0) this.#duty(messages);
  }

  /** @returns whether the link carries a message at all, by how many fragments whatever */
  #carries(bytes: number): boolean {
    const { link } = this.#group;
    const at = placeOf(this.#whole, this.#given.send?.value.data, this.#given.link);
    const message = `a transaction of ${bytes} B is more than the link carries`;
    if (link.kind === "802.15.4" && bytes > MOST_MESSAGE_BYTES) {
      this.#problems.add({ at, message, expected: `at most ${MOST_MESSAGE_BYTES} B` });
      return false;
    }
    if (link.kind !== "lora") return true;
    const factor = link.spreadingFactor === 0 ? HIGHEST_FACTOR : link.spreadingFactor;
    if (isCarried(bytes, factor)) return true;
    this.#problems.add({ at, message, expected: `what fits ${MAX_FRAGMENTS} fragments at spreading factor ${factor}` });
    return false;
  }

  /** What a device cannot do without has to come down in the second window, whatever its uplinks are spread by. */
  #downlink(signers: number): void {
    const { link } = this.#group;
    if (link.kind !== "lora") return;
    const bytes = neededBytes({ signers });
    const factor = link.secondWindowFactor;
    if (isCarried(bytes, factor)) return;
    const most = MAX_FRAGMENTS * (mostPayloadBytes(factor) - FRAGMENT_HEADER_BYTES);
    this.#problems.add({
      at: placeOf(this.#whole, this.#lora?.secondWindow, this.#given.link, this.#given.on),
      message: `a checkpoint with ${signers} signatures takes ${bytes} B, and ${MAX_FRAGMENTS} fragments at spreading factor ${factor} of the second window carry ${most} B`,
      expected: "a second window that is spread less, or fewer operators",
    });
  }

  /** A device may not be on the air for longer than its duty cycle lets it between two wakings. Where the file fixes no factor, the fastest it may get counts. */
  #duty(messages: readonly number[]): void {
    const { link, sleep } = this.#group;
    if (link.kind !== "lora") return;
    const { periodUs } = sleep;
    const factor = link.spreadingFactor === 0 ? LOWEST_FACTOR : link.spreadingFactor;
    const airUs = messages.reduce((sum, bytes) => sum + messageAirUs(bytes, factor), 0);
    const share = SUB_BANDS[0]?.dutyCycle ?? 0.01;
    const neededUs = airUs / (2 * share);
    if (neededUs <= periodUs) return;
    const isFastest = factor === LOWEST_FACTOR;
    this.#problems.add({
      at: placeOf(this.#whole, this.#given.sleep?.value.every, this.#given.sleep, this.#given.link),
      message: `${Math.round(airUs / 1000)} ms on the air for each transaction${isFastest ? ` even at spreading factor ${factor}` : ""}, more than the duty cycle allows so often`,
      expected: `at least ${Math.ceil(neededUs / SECOND_US)} s from one waking to the next${isFastest ? "" : ", or faster spreading"}`,
    });
  }
}

/** @returns bytes of each message that a device sends at a waking */
function messagesOf({ send: { crossing, dataBytes } }: DeviceGroup): readonly number[] {
  if (crossing === undefined) return [DEVICE_TRANSACTION_BYTES + dataBytes];
  return dataBytes === 0 ? [LOCK_MESSAGE_BYTES] : [LOCK_MESSAGE_BYTES, BESIDE_FRAME_BYTES + dataBytes];
}

/** @returns how long a message is on the air, µs */
function messageAirUs(bytes: number, factor: number): number {
  let airUs = 0;
  for (let sent = 0; sent < bytes; ) {
    const fragment = fragmentBytes(bytes, sent, factor);
    airUs += timeOnAirUs(lorawanModulation(factor), payloadBytes(bytes, fragment) + FRAME_OVERHEAD_BYTES);
    sent += fragment;
  }
  return airUs;
}
