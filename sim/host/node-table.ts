import { assert } from "../../protocol/core/assert.ts";
import { type Machine, PROTOCOL_VERSION } from "../../protocol/core/machine.ts";

/** What the host knows of each node, as columns. */
export class NodeTable {
  readonly count: number;
  readonly machines: (Machine | null)[];
  /** By node: how often it has started; a node that is down has ended its latest life. */
  readonly lives: Int32Array;
  readonly up: Uint8Array;
  /** By node: 1 while it is down of its own will, or has never started, and starts by itself at `wakesUs`. */
  readonly asleep: Uint8Array;
  readonly wakesUs: Float64Array;
  /** By node: 1 once its battery is empty; it never starts again. */
  readonly dead: Uint8Array;
  /** Protocol version that each node speaks; 0: that of its machine. */
  readonly versions: Int32Array;
  /** Version of the software that each node runs. */
  readonly software: Int32Array;
  /** Steps that each node's machine has run. */
  readonly steps: Float64Array;
  /**
   * Copies that reached each node while it was down; of a gateway also those that were to go through it, of a device its own that
   * were lost with it, and wakings it slept through.
   */
  readonly missed: Float64Array;
  /** When the node's durable writes so far are all on the disk; nothing leaves earlier. */
  readonly durableNs: Float64Array;
  readonly entropyDraws: Int32Array;
  /** By node: when each of its lives ended. */
  private readonly endsUs: (number[] | undefined)[] = [];

  constructor(count: number) {
    this.count = count;
    this.machines = Array.from({ length: count }, () => null);
    this.lives = new Int32Array(count);
    this.up = new Uint8Array(count);
    this.asleep = new Uint8Array(count);
    this.wakesUs = new Float64Array(count);
    this.dead = new Uint8Array(count);
    this.versions = new Int32Array(count);
    this.software = new Int32Array(count).fill(PROTOCOL_VERSION);
    this.steps = new Float64Array(count);
    this.missed = new Float64Array(count);
    this.durableNs = new Float64Array(count);
    this.entropyDraws = new Int32Array(count);
  }

  begin(node: number, machine: Machine): void {
    assert(this.up[node] === 0, "a node starts when it is down");
    this.up[node] = 1;
    this.asleep[node] = 0;
    this.machines[node] = machine;
    if (this.versions[node] === 0) this.versions[node] = machine.protocolVersion;
    this.lives[node] = (this.lives[node] as number) + 1;
  }

  /** @param atUs what has left later is lost; Infinity where a node ends in order, and all of it leaves */
  end(node: number, atUs: number): void {
    assert(this.up[node] === 1, "a node crashes when it is up");
    this.up[node] = 0;
    this.machines[node] = null;
    this.durableNs[node] = 0;
    let ends = this.endsUs[node];
    if (ends === undefined) {
      ends = [];
      this.endsUs[node] = ends;
    }
    ends.push(atUs);
  }

  miss(node: number): void {
    this.missed[node] = (this.missed[node] as number) + 1;
  }

  /** Puts a node that is down to sleep until a time. */
  rest(node: number, untilUs: number): void {
    this.asleep[node] = 1;
    this.wakesUs[node] = untilUs;
  }

  /** @returns whether a node has power: it runs, or will by itself */
  isPowered(node: number): boolean {
    return this.up[node] === 1 || this.asleep[node] === 1;
  }

  /** @returns whether what a life of the node sent had left at `departureUs` when that life ended */
  hadLeft(node: number, life: number, departureUs: number): boolean {
    const endUs = this.endsUs[node]?.[life - 1];
    return endUs === undefined || departureUs <= endUs;
  }
}
