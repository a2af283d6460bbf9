import { MOST_MESSAGE_BYTES } from "../network/csma/ieee802154.ts";
import {
  FRAGMENT_HEADER_BYTES,
  FRAME_OVERHEAD_BYTES,
  HIGHEST_FACTOR,
  LOWEST_FACTOR,
  mostPayloadBytes,
  SUB_BANDS,
} from "../network/lora/eu868.ts";
import { fragmentBytes, isCarried, MAX_FRAGMENTS } from "../network/lora/fragments.ts";
import { lorawanModulation, timeOnAirUs } from "../network/lora/time-on-air.ts";
import { distanceLossDb } from "../network/path-loss.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import { budgetOf, type LinkBudget, reachMetresOf } from "./device-budget.ts";
import type { DeviceGroup } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import { neededBytes } from "./device-memory.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position } from "./source.ts";

const SECOND_US = 1_000_000;
/** A device's transaction beside its data, in a message of its own. */
const DEVICE_TRANSACTION_BYTES = 190;
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
    if (this.#group.mobility === undefined) this.#reach();
    else if (this.#group.mobility.path === undefined) this.#coverage();
    this.#payload();
    this.#downlink(signers);
  }

  #place(...places: (Placed<unknown> | undefined)[]): Position {
    return places.find((each) => each !== undefined)?.at ?? this.#whole;
  }

  get #lora() {
    const link = this.#given.link?.value;
    return typeof link === "object" ? link.lora?.value : undefined;
  }

  /** Gateways share the disc: the farthest device is about a disc of its gateway's own part away. */
  #reach(): void {
    const { link, radiusMetres, gateways } = this.#group;
    const metres = radiusMetres / Math.sqrt(gateways);
    if (link.kind === "point") return this.#within(LINK_PROFILES[link.profile].reachMetres, metres, link.profile);
    const budget = budgetOf(link);
    if (budget === null) return;
    const level = budget.powerDbm - distanceLossDb(budget.pathLoss, { x: 0, y: 0 }, { x: metres, y: 0 });
    if (level < budget.leastDbm) this.#tooWeak(level, metres, budget);
  }

  #tooWeak(level: number, metres: number, { leastDbm }: LinkBudget): void {
    const { link } = this.#group;
    const isAny = link.kind === "lora" && link.spreadingFactor === 0;
    const isSlowest = link.kind !== "lora" || isAny || link.spreadingFactor === HIGHEST_FACTOR;
    // Rounded down, so that the two levels never look alike.
    const arriving = (Math.floor(level * 10) / 10).toFixed(1);
    this.#problems.add({
      at: this.#place(this.#lora?.spreadingFactor, this.#given.radius, this.#given.link),
      message: `a gateway ${Math.round(metres)} m away is out of reach${isAny ? " at any spreading factor" : ""}: ${arriving} dBm arrive there`,
      expected: `${leastDbm.toFixed(1)} dBm: a smaller radius${isSlowest ? ", or more gateways" : ", more gateways or slower spreading"}`,
    });
  }

  #within(reachMetres: number, metres: number, profile: string): void {
    if (metres <= reachMetres) return;
    this.#problems.add({
      at: this.#place(this.#given.radius, this.#given.link),
      message: `a gateway ${Math.round(metres)} m away is out of reach: ${profile} carries ${reachMetres} m`,
      expected: "a smaller radius, or more gateways",
    });
  }

  /** Who moves may leave every gateway behind, and comes back: but not where hardly any place has a gateway. */
  #coverage(): void {
    const { link, radiusMetres, gateways } = this.#group;
    const reachMetres = reachMetresOf(link);
    const share = (gateways * reachMetres * reachMetres) / (radiusMetres * radiusMetres);
    if (share >= LEAST_COVERED_SHARE) return;
    const most = Math.floor(reachMetres * Math.sqrt(gateways / LEAST_COVERED_SHARE));
    this.#problems.add({
      at: this.#place(this.#given.radius, this.#given.link),
      message: `of the disc in which these devices move, their gateways reach ${Number((100 * share).toPrecision(1))} % at the most`,
      expected: `${100 * LEAST_COVERED_SHARE} %: a radius of at most ${most} m, or more gateways`,
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
      const expected = `what fits ${MAX_FRAGMENTS} fragments at spreading factor ${factor}`;
      this.#problems.add({ at, message, expected });
    } else this.#duty(bytes, link.spreadingFactor);
  }

  /** What a device cannot do without has to come down in the second window, whatever its uplinks are spread by. */
  #downlink(signers: number): void {
    const { link, send } = this.#group;
    if (link.kind !== "lora") return;
    const bytes = neededBytes({ signers, dataBytes: send.dataBytes });
    const factor = link.secondWindowFactor;
    if (isCarried(bytes, factor)) return;
    const most = MAX_FRAGMENTS * (mostPayloadBytes(factor) - FRAGMENT_HEADER_BYTES);
    this.#problems.add({
      at: this.#place(this.#lora?.secondWindow, this.#given.link, this.#given.on),
      message: `a checkpoint with ${signers} signatures takes ${bytes} B, and ${MAX_FRAGMENTS} fragments at spreading factor ${factor} of the second window carry ${most} B`,
      expected: "a second window that is spread less, or fewer operators",
    });
  }

  /** A device may not be on the air for longer than its duty cycle lets it between two wakings. @param given 0: the fastest it may get */
  #duty(bytes: number, given: number): void {
    const { periodUs } = this.#group.sleep;
    const factor = given === 0 ? LOWEST_FACTOR : given;
    let airUs = 0;
    for (let sent = 0; sent < bytes; ) {
      const fragment = fragmentBytes(bytes, sent, factor);
      airUs += timeOnAirUs(lorawanModulation(factor), fragment + FRAME_OVERHEAD_BYTES);
      sent += fragment;
    }
    const share = SUB_BANDS[0]?.dutyCycle ?? 0.01;
    const neededUs = airUs / (2 * share);
    if (neededUs <= periodUs) return;
    const isFastest = factor === LOWEST_FACTOR;
    this.#problems.add({
      at: this.#place(this.#given.sleep?.value.every, this.#given.sleep, this.#given.link),
      message: `${Math.round(airUs / 1000)} ms on the air for each transaction${isFastest ? ` even at spreading factor ${factor}` : ""}, more than the duty cycle allows so often`,
      expected: `at least ${Math.ceil(neededUs / SECOND_US)} s from one waking to the next${isFastest ? "" : ", or faster spreading"}`,
    });
  }
}
