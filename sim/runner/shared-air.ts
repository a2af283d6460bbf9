import { mixKey } from "../kernel/random.ts";
import type { Medium } from "../network/access/medium.ts";
import { CsmaMedium } from "../network/csma/csma-medium.ts";
import type { CsmaNeighbours } from "../network/csma/csma-options.ts";
import { LoraMedium } from "../network/lora/lora-medium.ts";
import type { Place } from "../network/path-loss.ts";
import type { DeviceGroup } from "../scenario/device-groups.ts";

/** Where the devices of a group and their gateways are. */
export interface Layout {
  readonly gateways: readonly Place[];
  readonly devices: readonly (Place & { readonly cell: number })[];
}

/** Everything of a group that its air knows: gateways of LoRa hear, and are not heard by each other. */
function stationsOf({ link }: DeviceGroup, { devices, gateways }: Layout): { places: Place[]; cells: number[] } {
  const coordinators = link.kind === "802.15.4" ? gateways : [];
  return {
    places: [...devices, ...coordinators],
    cells: [...devices.map(({ cell }) => cell), ...coordinators.keys()],
  };
}

/** Groups that name the same air are on one spectrum: what one of them sends, the others' stations hear. */
export class SharedAir {
  private readonly groups: readonly DeviceGroup[];
  private readonly layouts: readonly Layout[];
  private readonly media: Medium[] = [];

  /** @param layouts of the groups, in their order */
  constructor(groups: readonly DeviceGroup[], layouts: readonly Layout[]) {
    this.groups = groups;
    this.layouts = layouts;
  }

  /** @returns the other groups on the air of one, in their order */
  private othersOf(group: number): number[] {
    const air = this.groups[group]?.air;
    if (air === undefined) return [];
    return [...this.groups.keys()].filter((other) => other !== group && this.groups[other]?.air === air);
  }

  private stationsOf(group: number): { places: Place[]; cells: number[] } {
    return stationsOf(this.groups[group] as DeviceGroup, this.layouts[group] as Layout);
  }

  private countOf(group: number): number {
    return this.stationsOf(group).places.length;
  }

  /** @returns where the stations of all other groups on the air of one are */
  neighboursOf(group: number): Place[] {
    return this.othersOf(group).flatMap((other) => this.stationsOf(other).places);
  }

  /** @returns what a cell's air has to know of the other groups on it; undefined where there are none */
  csmaNeighboursOf(group: number, seed: string): CsmaNeighbours | undefined {
    const others = this.othersOf(group);
    if (others.length === 0) return undefined;
    const members = [...others, group].sort((one, other) => one - other);
    // A station has the same number in the eyes of every group, so that shadowing is the same both ways.
    const starts = new Map<number, number>();
    members.reduce((start, member) => {
      starts.set(member, start);
      return start + this.countOf(member);
    }, 0);
    const numbers = [group, ...others].flatMap((member) =>
      Array.from({ length: this.countOf(member) }, (_, station) => (starts.get(member) as number) + station),
    );
    return {
      key: mixKey(seed, `air/${this.groups[group]?.air}`),
      numbers: Int32Array.from(numbers),
      places: this.neighboursOf(group),
      cells: others.flatMap((other) => this.stationsOf(other).cells),
    };
  }

  /** The medium of a group is there: it is heard from now on, and hears. */
  join(group: number, medium: Medium): void {
    this.media[group] = medium;
    for (const other of this.othersOf(group)) {
      const there = this.media[other];
      if (there === undefined) continue;
      mirror(medium, there, this.firstIn(other, group));
      mirror(there, medium, this.firstIn(group, other));
    }
  }

  /** @returns the number that the first station of another group has in the air of one */
  private firstIn(group: number, other: number): number {
    const before = this.othersOf(group).filter((each) => each < other);
    return before.reduce((sum, each) => sum + this.countOf(each), this.countOf(group));
  }
}

function mirror(from: Medium, to: Medium, first: number): void {
  if (from instanceof LoraMedium && to instanceof LoraMedium) from.stations.mirrorTo(to.stations, first);
  if (from instanceof CsmaMedium && to instanceof CsmaMedium) from.air.mirrorTo(to.air, first);
}
