import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { Watcher } from "../host/watcher.ts";
import { type ChainCheckers, watchChain } from "./chain-checkers.ts";
import type { Checker, CheckerReport, World } from "./checker.ts";
import type { CrossChecker } from "./cross/cross-checker.ts";
import { watchAcross } from "./cross/index.ts";

type Hook = "onEmit" | "onObserve" | "onCrash" | "onStart";
type Listener<H extends Hook> = Checker & Required<Pick<Checker, H>>;

/** Checkers by node: an event concerns the chain that its node is a member of, and no other. */
class Routes<H extends Hook> {
  readonly #byNode: (readonly Listener<H>[])[];

  constructor(hook: H, chains: readonly ChainCheckers[], nodes: number) {
    this.#byNode = new Array<readonly Listener<H>[]>(nodes).fill([]);
    for (const { world, checkers } of chains) {
      const listeners = checkers.filter((each): each is Listener<H> => each[hook] !== undefined);
      for (const node of world.members) this.#byNode[node] = listeners;
    }
  }

  of(node: number): readonly Listener<H>[] {
    return this.#byNode[node] ?? [];
  }
}

/** Watches every invariant of every chain of a run. */
export class RunChecks implements Watcher {
  readonly #chains: readonly ChainCheckers[];
  readonly #across: readonly CrossChecker[];
  readonly #emit: Routes<"onEmit">;
  readonly #observe: Routes<"onObserve">;
  readonly #crash: Routes<"onCrash">;
  readonly #start: Routes<"onStart">;

  /** @param worlds one for each chain, the rootchain first @param nodes of the whole run */
  constructor(worlds: readonly World[], nodes: number) {
    this.#chains = worlds.map(watchChain);
    this.#across = worlds[0]?.ledger === "root" ? watchAcross(this.#chains) : [];
    this.#emit = new Routes("onEmit", this.#chains, nodes);
    this.#observe = new Routes("onObserve", this.#chains, nodes);
    this.#crash = new Routes("onCrash", this.#chains, nodes);
    this.#start = new Routes("onStart", this.#chains, nodes);
  }

  onEmit(node: number, atUs: number, message: Message | null, to: readonly number[] | number): void {
    for (const checker of this.#emit.of(node)) checker.onEmit(node, atUs, message, to);
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    for (const checker of this.#observe.of(node)) checker.onObserve(node, atUs, observation);
    for (const checker of this.#across) checker.onObserve?.(node, atUs, observation);
  }

  onCrash(node: number, atUs: number, diskLost: boolean): void {
    for (const checker of this.#crash.of(node)) checker.onCrash(node, atUs, diskLost);
  }

  onStart(node: number, atUs: number): void {
    for (const checker of this.#start.of(node)) checker.onStart(node, atUs);
  }

  /** @returns what was found, chain by chain, then across them */
  finish(endUs: number): CheckerReport[] {
    const reports = this.#chains.flatMap(({ checkers }) => checkers.map((checker) => checker.finish(endUs)));
    return [...reports, ...this.#across.map((checker) => checker.finish(endUs))];
  }
}
