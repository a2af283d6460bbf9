import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { type ChainPlan, numbersOf } from "./chain-plan.ts";

/** Knows who is to propose next on a chain, for faults that are after the leader. */
export class LeaderWatch implements Watcher {
  readonly #plan: ChainPlan;
  readonly #stateOf: (node: number) => ChainState | null;
  /** The highest view that anybody entered, and at which height. */
  #height = 0;
  #view = 0;

  constructor(plan: ChainPlan, stateOf: (node: number) => ChainState | null) {
    this.#plan = plan;
    this.#stateOf = stateOf;
  }

  onObserve(node: number, _atUs: number, observation: Observation): void {
    const { signers } = this.#plan;
    if (observation.kind !== "view" || node < signers.first || node >= signers.first + signers.count) return;
    const { height, view } = observation;
    if (height < this.#height || (height === this.#height && view <= this.#view)) return;
    this.#height = height;
    this.#view = view;
  }

  /** @returns the node, or null when no signer can be looked into */
  leader(): number | null {
    let highest: ChainState | null = null;
    for (const node of numbersOf(this.#plan.signers)) {
      const state = this.#stateOf(node);
      if (state !== null && (highest === null || state.height > highest.height)) highest = state;
    }
    if (highest === null) return null;
    const view = this.#height === highest.height + 1 ? this.#view : 0;
    return this.#plan.signers.first + highest.rotation.proposer(view);
  }
}
