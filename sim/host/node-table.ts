import { assert } from "../../protocol/core/assert.ts";
import type { Machine } from "../../protocol/core/machine.ts";

/** What the host knows of each node, as columns. */
export class NodeTable {
  readonly count: number;
  readonly machines: (Machine | null)[];
  /** By node: how often it has started; a node that is down has ended its latest life. */
  readonly lives: Int32Array;
  readonly up: Uint8Array;
  /** Protocol version that each node runs; 0: that of its machine. */
  readonly versions: Int32Array;
  /** Steps that each node's machine has run. */
  readonly steps: Float64Array;
  /** Copies that reached each node while it was down. */
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
    this.versions = new Int32Array(count);
    this.steps = new Float64Array(count);
    this.missed = new Float64Array(count);
    this.durableNs = new Float64Array(count);
    this.entropyDraws = new Int32Array(count);
  }

  begin(node: number, machine: Machine): void {
    assert(this.up[node] === 0, "a node starts when it is down");
    this.up[node] = 1;
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

  /** @returns whether what a life of the node sent had left at `departureUs` when that life ended */
  hadLeft(node: number, life: number, departureUs: number): boolean {
    const endUs = this.endsUs[node]?.[life - 1];
    return endUs === undefined || departureUs <= endUs;
  }
}
