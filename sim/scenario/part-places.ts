import type { GivenScenario } from "./definition.ts";
import type { Parts } from "./memory.ts";
import type { Position } from "./source.ts";

/** Where a file says how much there is of each part; the place of the whole stands in for what no file says. */
export interface PartPlaces {
  readonly parts: readonly { readonly part: keyof Parts; readonly place: Position | undefined }[];
  readonly otherwise: Position;
}

export function partPlaces(given: GivenScenario, whole: Position): PartPlaces {
  const { rootchain, subchains, relayers, light, devices, workload, duration } = given;
  const { fullNodes, delegates } = rootchain?.value ?? {};
  return {
    parts: [
      { part: "rootchain", place: (fullNodes ?? delegates ?? rootchain)?.at },
      { part: "subchains", place: subchains?.at },
      { part: "light", place: (light ?? relayers)?.at },
      { part: "devices", place: devices?.at },
      { part: "workload", place: workload?.at },
    ],
    otherwise: duration?.at ?? whole,
  };
}

/** @returns the place of the largest part that a file says something about, for whoever has to make it smaller */
export function placeOfLargest({ parts, otherwise }: PartPlaces, sizes: Parts): Position {
  const written = parts.toSorted((one, other) => sizes[other.part] - sizes[one.part]);
  return written.find(({ place }) => place !== undefined)?.place ?? otherwise;
}
