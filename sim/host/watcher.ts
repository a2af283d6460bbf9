import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";

/** Sees what happens in a run and never changes it. Times are global µs. */
export interface Watcher {
  /** Once for each send or broadcast, before its copies. @param message null for bytes that are no message */
  onEmit?(node: number, atUs: number, message: Message | null, to: readonly number[] | number): void;
  onObserve?(node: number, atUs: number, observation: Observation): void;
  /** A copy was dropped. @param outcome a code of sim/network/drop-reasons.ts */
  onDrop?(src: number, dst: number, atUs: number, outcome: number): void;
  onCrash?(node: number, atUs: number, diskLost: boolean): void;
  /** A node starts, for the first time or again. */
  onStart?(node: number, atUs: number): void;
  /** A fault begins or is healed. @param fault its index in the schedule */
  onFault?(fault: number, name: string, atUs: number, begins: boolean): void;
  /** A node went to sleep, and will start again by itself. */
  onSleep?(node: number, atUs: number): void;
  /** A node's battery is empty: it never starts again. */
  onDeath?(node: number, atUs: number): void;
}

type Hook = keyof Watcher;

/** The watchers of a run by what they watch, so that an unwatched hook costs one look at a length. */
export class Watchers {
  readonly onEmit: Required<Pick<Watcher, "onEmit">>[];
  readonly onObserve: Required<Pick<Watcher, "onObserve">>[];
  readonly onDrop: Required<Pick<Watcher, "onDrop">>[];
  readonly onCrash: Required<Pick<Watcher, "onCrash">>[];
  readonly onStart: Required<Pick<Watcher, "onStart">>[];
  readonly onFault: Required<Pick<Watcher, "onFault">>[];
  readonly onSleep: Required<Pick<Watcher, "onSleep">>[];
  readonly onDeath: Required<Pick<Watcher, "onDeath">>[];

  constructor(watchers: readonly Watcher[]) {
    const having = <H extends Hook>(hook: H) =>
      watchers.filter((watcher): watcher is Watcher & Required<Pick<Watcher, H>> => watcher[hook] !== undefined);
    this.onEmit = having("onEmit");
    this.onObserve = having("onObserve");
    this.onDrop = having("onDrop");
    this.onCrash = having("onCrash");
    this.onStart = having("onStart");
    this.onFault = having("onFault");
    this.onSleep = having("onSleep");
    this.onDeath = having("onDeath");
  }
}
