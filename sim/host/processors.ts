import { assert } from "../../protocol/core/assert.ts";
import type { CpuProfile } from "./device.ts";

/** Columns of the cost table. */
export const Work = { sign: 0, verify: 1, vrfProve: 2, vrfVerify: 3, hashByte: 4, message: 5, execute: 6 } as const;
export type Work = (typeof Work)[keyof typeof Work];

const COLUMNS = 8;
/** Slowing down by a factor and back leaves the last bits of a product. */
const SPEED_TOLERANCE = 1e-12;

/** The processors of all nodes: one FIFO server each, summarised by the time at which it falls free. */
export class Processors {
  readonly freeNs: Float64Array;
  private readonly profiles: readonly CpuProfile[];
  private readonly costsNs: Float64Array;
  private readonly slowness: Float64Array;

  constructor(profiles: readonly CpuProfile[]) {
    this.profiles = profiles;
    this.freeNs = new Float64Array(profiles.length);
    this.costsNs = new Float64Array(profiles.length * COLUMNS);
    this.slowness = new Float64Array(profiles.length).fill(1);
    for (let node = 0; node < profiles.length; node++) this.slowDown(node, 1);
  }

  /** @returns the node's cost of one unit of work in ns */
  costNs(node: number, work: Work): number {
    return this.costsNs[node * COLUMNS + work] as number;
  }

  /** @returns whether a node computes at its own speed */
  isAtSpeed(node: number): boolean {
    const slowness = this.slowness[node] as number;
    return slowness < 1 + SPEED_TOLERANCE && slowness > 1 - SPEED_TOLERANCE;
  }

  /** Lets nothing of a node run before `untilNs`. */
  stall(node: number, untilNs: number): void {
    if ((this.freeNs[node] as number) < untilNs) this.freeNs[node] = untilNs;
  }

  /** Makes all work of a node take `factor` times as long as it does now. */
  slowDown(node: number, factor: number): void {
    assert(factor > 0, "a slow-down is positive");
    this.slowness[node] = (this.slowness[node] as number) * factor;
    const slowness = this.slowness[node] as number;
    const cpu = this.profiles[node] as CpuProfile;
    const costs = [
      cpu.signNs,
      cpu.verifyNs,
      cpu.vrfProveNs,
      cpu.vrfVerifyNs,
      cpu.hashNsPerByte,
      cpu.messageNs,
      cpu.executeNs,
    ];
    for (const [work, costNs] of costs.entries()) this.costsNs[node * COLUMNS + work] = Math.round(costNs * slowness);
  }
}
