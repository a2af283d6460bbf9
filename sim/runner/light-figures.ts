import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What following its chain has cost one light client. */
export interface LightCosts {
  /** Name of its group. */
  readonly group: string;
  /** Of all that it was given. */
  readonly bytes: number;
  readonly signatures: number;
  /** Height that it has come to. */
  readonly height: number;
  /** Longest time from waking up to the first step along the chain; −1 where it never took one. */
  readonly catchUpUs: number;
  /** Inputs that it refused. */
  readonly refused: number;
}

type Tally = { -readonly [Field in keyof LightCosts]: LightCosts[Field] } & { wokeUs: number };

/** Takes the figures of light clients from what they tell of themselves. */
export class LightFigures implements Watcher {
  readonly #byNode = new Map<number, Tally>();

  constructor(scenario: Scenario) {
    for (const { name: group, first, count } of numberNodes(scenario).lightClients) {
      for (let node = first; node < first + count; node++) {
        this.#byNode.set(node, { group, bytes: 0, signatures: 0, height: 0, catchUpUs: -1, refused: 0, wokeUs: -1 });
      }
    }
  }

  onStart(node: number, atUs: number): void {
    const tally = this.#byNode.get(node);
    if (tally !== undefined) tally.wokeUs = atUs;
  }

  onObserve(node: number, atUs: number, seen: Observation): void {
    const tally = this.#byNode.get(node);
    if (tally === undefined) return;
    if (seen.kind === "rejected") tally.refused++;
    else if (seen.kind === "mode") tally.wokeUs = seen.mode === "member" ? atUs : -1;
    else if (seen.kind === "followed") {
      tally.bytes = seen.bytes;
      tally.signatures = seen.signatures;
      tally.height = seen.height;
      if (tally.wokeUs >= 0) tally.catchUpUs = Math.max(tally.catchUpUs, atUs - tally.wokeUs);
      tally.wokeUs = -1;
    }
  }

  /** @returns the costs of each client, in order of node */
  costs(): LightCosts[] {
    return [...this.#byNode.values()];
  }
}
