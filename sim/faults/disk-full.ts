import type { Disk } from "../host/disk.ts";
import { NodeEffect } from "./node-effect.ts";

const NS_PER_US = 1000;
/** Far beyond any run, and still exact. */
const NEVER_NS = 2 ** 53 - 2;

/** Writes wait until there is space again, and what rests on them does not leave. Bites by writes that had to wait. */
export class DiskFullEffect extends NodeEffect {
  private readonly waitedBefore = new Map<number, number>();
  private waited = 0;

  get bites(): number {
    let bites = this.waited;
    for (const [node, before] of this.waitedBefore) bites += this.diskOf(node).waited - before;
    return bites;
  }

  protected strike(node: number): void {
    const { endUs } = this.setting;
    this.waitedBefore.set(node, this.diskOf(node).waited);
    this.diskOf(node).fill(Math.min(endUs * NS_PER_US, NEVER_NS));
  }

  protected cure(node: number): void {
    this.waited += this.diskOf(node).waited - (this.waitedBefore.get(node) ?? 0);
    this.waitedBefore.delete(node);
    this.diskOf(node).fill(0);
  }

  private diskOf(node: number): Disk {
    return this.setting.host.disks.of(node);
  }
}
