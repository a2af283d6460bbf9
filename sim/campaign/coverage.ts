import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/index.ts";
import { absorb, finish } from "../kernel/random.ts";
import { type ChainPlan, chainPlans, membersOf } from "../runner/chain-plan.ts";
import type { Scenario } from "../scenario/index.ts";
import { type DeviceChange, DeviceCoverage } from "./device-coverage.ts";

/** States that one run tells of; a run that meets more is no more interesting for it. */
export const MAX_STATES_OF_RUN = 4096;
const MODES = ["member", "idle", "silent", "down"] as const;
/** Views from here on count as one, as do heights behind the highest. */
const MAX_VIEW = 5;
const MAX_LAG = 2;

/** What is remembered of one node. */
interface NodeState {
  height: number;
  view: number;
  /** −1: holds no prepared certificate at this height. */
  preparedView: number;
  mode: number;
}

/** One chain as an abstract state: how many of its nodes are in which situation, and how far the vote of the day is. */
class ChainCoverage {
  readonly #nodes = new Map<number, NodeState>();
  readonly #quorum: number;
  readonly #bearable: number;
  #top = 0;
  /** By phase, in the highest view seen at the next height. */
  readonly #votes = [0, 0, 0];
  #voteView = 0;
  /** Why messages were refused since the last block, as a sum of their reasons. */
  #causes = 0;

  constructor(plan: ChainPlan) {
    const { committee } = plan.parameters;
    this.#quorum = Math.floor((2 * committee) / 3) + 1;
    this.#bearable = Math.floor((committee - 1) / 3);
    for (const node of membersOf(plan)) this.#nodes.set(node, { height: 0, view: 0, preparedView: -1, mode: 0 });
  }

  observe(node: number, observation: Observation): boolean {
    const state = this.#nodes.get(node);
    if (state === undefined) return false;
    switch (observation.kind) {
      case "finalized":
        Object.assign(state, { height: observation.height, view: 0, preparedView: -1 });
        if (observation.height > this.#top) this.#rise(observation.height);
        return true;
      case "view":
        state.view = observation.view;
        return true;
      case "prepared":
        state.preparedView = observation.view;
        return true;
      case "mode":
        state.mode = MODES.indexOf(observation.mode);
        return true;
      case "rejected":
        return this.#cause(observation.reason);
      case "evidence":
        return this.#cause("evidence");
      default:
        return false;
    }
  }

  #rise(height: number): void {
    this.#top = height;
    this.#causes = 0;
    this.#voteView = 0;
    this.#votes.fill(0);
  }

  #cause(reason: string): boolean {
    let word = 0;
    for (let at = 0; at < reason.length; at++) word = absorb(word, reason.charCodeAt(at));
    const bit = 1 << (finish(word) & 15);
    const isNew = (this.#causes & bit) === 0;
    this.#causes |= bit;
    return isNew;
  }

  /** @returns whether the vote is about the next block */
  vote({ height, view, phase }: Vote): boolean {
    if (height !== this.#top + 1 || view < this.#voteView) return false;
    if (view > this.#voteView) this.#votes.fill(0);
    this.#voteView = view;
    this.#votes[phase] = (this.#votes[phase] as number) + 1;
    return true;
  }

  change(node: number, isUp: boolean): void {
    const state = this.#nodes.get(node);
    if (state !== undefined) Object.assign(state, { view: 0, preparedView: -1, mode: isUp ? 0 : 3 });
  }

  /** @returns the state as a number of 32 bits: nodes have no names in it, and heights no numbers */
  get hash(): number {
    const counts = new Map<number, number>();
    for (const { height, view, preparedView, mode } of this.#nodes.values()) {
      const lag = Math.min(MAX_LAG, this.#top - height);
      const prepared = preparedView < 0 ? 0 : preparedView < view ? 1 : 2;
      const code = ((Math.min(view, MAX_VIEW) * 3 + prepared) * (MAX_LAG + 1) + lag) * MODES.length + mode;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    let sum = 0;
    for (const [code, count] of counts) sum = (sum + finish(absorb(absorb(1, code), this.#bucket(count)))) >>> 0;
    const votes = (this.#bucket(this.#votes[Phase.prepare]) << 4) | this.#bucket(this.#votes[Phase.commit]);
    return finish(absorb(absorb(absorb(sum, votes), Math.min(this.#voteView, MAX_VIEW)), this.#causes)) >>> 0;
  }

  #bucket(count = 0): number {
    if (count <= 1) return count;
    return count <= this.#bearable ? 2 : count < this.#quorum ? 3 : 4;
  }
}

/**
 * Gathers the states of the protocol that a run goes through, told by what its nodes report and not by lines of code: those of
 * its chains, and of its groups of devices.
 */
export class CoverageWatch implements Watcher {
  readonly #chains: ChainCoverage[];
  readonly #chainOf: (ChainCoverage | undefined)[] = [];
  readonly #devices: DeviceCoverage;
  readonly #states = new Set<number>();

  constructor(scenario: Scenario) {
    const plans = chainPlans(scenario);
    this.#chains = plans.map((plan) => new ChainCoverage(plan));
    this.#devices = new DeviceCoverage(scenario);
    for (const [place, plan] of plans.entries()) {
      for (const node of membersOf(plan)) this.#chainOf[node] = this.#chains[place];
    }
  }

  /** In the order in which they were first met. */
  get states(): number[] {
    return [...this.#states];
  }

  onObserve(node: number, _atUs: number, observation: Observation): void {
    const chain = this.#chainOf[node];
    if (chain !== undefined) {
      if (chain.observe(node, observation)) this.#meet(chain.hash);
    } else if (observation.kind === "spending") this.#of(node, observation.step === "sent" ? "waiting" : "settled");
  }

  onEmit(node: number, _atUs: number, message: Message | null): void {
    const chain = this.#chainOf[node];
    if (chain !== undefined && message instanceof Vote && chain.vote(message)) this.#meet(chain.hash);
  }

  onCrash(node: number): void {
    this.#chainOf[node]?.change(node, false);
    this.#of(node, "struck");
  }

  onStart(node: number): void {
    this.#chainOf[node]?.change(node, true);
    this.#of(node, "awake");
  }

  onSleep(node: number): void {
    this.#of(node, "asleep");
  }

  onDeath(node: number): void {
    this.#of(node, "dead");
  }

  #of(node: number, change: DeviceChange): void {
    const state = this.#devices.change(node, change);
    if (state !== null) this.#meet(state);
  }

  #meet(state: number): void {
    if (this.#states.size < MAX_STATES_OF_RUN) this.#states.add(state);
  }
}
