import { assert } from "../../protocol/core/assert.ts";
import { MAX_TIMERS } from "../../protocol/core/machine.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { EventKind } from "./event-kinds.ts";

const UNARMED = -1;

/** The timers of all nodes, MAX_TIMERS each. */
export class Timers {
  private readonly kernel: Kernel;
  private readonly tokens: Int32Array;
  private readonly generations: Int32Array;

  constructor(kernel: Kernel, nodes: number) {
    this.kernel = kernel;
    this.tokens = new Int32Array(nodes * MAX_TIMERS).fill(UNARMED);
    this.generations = new Int32Array(nodes * MAX_TIMERS);
  }

  /** Arms a timer, replacing the one of that number. */
  arm(node: number, timer: number, fireUs: number): void {
    this.cancel(node, timer);
    const token = this.kernel.scheduleCancellable(fireUs, EventKind.timer, node, node, timer);
    const at = node * MAX_TIMERS + timer;
    this.tokens[at] = token;
    this.generations[at] = this.kernel.generationOf(token);
  }

  cancel(node: number, timer: number): void {
    assert(timer >= 0 && timer < MAX_TIMERS, "timer number within MAX_TIMERS");
    const at = node * MAX_TIMERS + timer;
    if (this.tokens[at] === UNARMED) return;
    this.kernel.cancel(this.tokens[at] as number, this.generations[at] as number);
    this.tokens[at] = UNARMED;
  }

  /** Notes that a timer's event is being executed. */
  fired(node: number, timer: number): void {
    this.tokens[node * MAX_TIMERS + timer] = UNARMED;
  }

  cancelAll(node: number): void {
    for (let timer = 0; timer < MAX_TIMERS; timer++) this.cancel(node, timer);
  }
}
