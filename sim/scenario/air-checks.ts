import type { DeviceGroup, DeviceLink } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import type { Problems } from "./problems.ts";

const LINK_NAMES: Record<DeviceLink["kind"], string> = {
  lora: "LoRa",
  "802.15.4": "802.15.4",
  point: "a link of its own",
};

/** Reports groups that cannot be on one air. */
export class AirChecks {
  readonly #problems: Problems;
  /** By air: the first group on it. */
  readonly #firsts = new Map<string, DeviceGroup>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  check(given: GivenDevices, group: DeviceGroup): void {
    const { air, shadowing } = given;
    if (air === undefined) return;
    const { link, name } = group;
    if (link.kind === "point") {
      const message = `${link.profile} is a link of each device's own, with no air that others are on`;
      this.#problems.add({ at: air.at, message, expected: "no air, or a group on lora or 802.15.4" });
      return;
    }
    const first = this.#firsts.get(air.value);
    if (first === undefined) {
      this.#firsts.set(air.value, group);
      return;
    }
    if (first.link.kind !== link.kind) {
      const message = `${name} is on ${LINK_NAMES[link.kind]}, and ${first.name} on the same air on ${LINK_NAMES[first.link.kind]}, in another band`;
      this.#problems.add({ at: air.at, message, expected: "an air for each kind of link" });
    } else if (first.shadowingDb !== group.shadowingDb) {
      const message = `two shadowings on one air: ${shadowingOf(group)} here, ${shadowingOf(first)} in ${first.name}`;
      this.#problems.add({
        at: shadowing?.at ?? air.at,
        message,
        expected: "the same shadowing in all groups of an air",
      });
    }
  }
}

function shadowingOf({ shadowingDb }: DeviceGroup): string {
  return shadowingDb === null ? "the model's" : `${shadowingDb} dB`;
}
