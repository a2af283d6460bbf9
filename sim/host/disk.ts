import type { DurableRecord, Storage } from "../../protocol/core/machine.ts";
import type { DiskProfile } from "./device.ts";
import { recordBytes, seal, tear, unseal } from "./sealed-record.ts";

/** What a crash does to the disk: keeps what is durable, tears the write under way on top of that, or loses everything. */
export type DiskFate = "kept" | "torn" | "lost";

interface Write {
  readonly key: string;
  readonly value: DurableRecord | null;
  readonly durableNs: number;
}

/**
 * One node's disk: an append-only log of sealed records, of which this keeps the newest durable value of each key, and the
 * writes still under way. A torn record fails its seal and reads as never written, so the value before it stays.
 */
export class Disk {
  private readonly profile: DiskProfile;
  private records: Map<string, DurableRecord>;
  private underWay: Write[] = [];
  private freeNs = 0;
  private slowness = 1;

  /** @param provisioned what is on the disk before the first start */
  constructor(profile: DiskProfile, provisioned: Storage = new Map()) {
    this.profile = profile;
    this.records = new Map(provisioned);
  }

  /** Writes or, with null, deletes. @param value kept, not copied @returns when the record is durable, in ns */
  write(key: string, value: DurableRecord | null, nowNs: number): number {
    this.settle(nowNs);
    const sizeBytes = value === null ? 0 : value instanceof Uint8Array ? value.length : value.sizeBytes;
    const { latencyNs, nsPerByte } = this.profile;
    this.freeNs = Math.max(this.freeNs, nowNs) + Math.round((latencyNs + sizeBytes * nsPerByte) * this.slowness);
    this.underWay.push({ key, value, durableNs: this.freeNs });
    return this.freeNs;
  }

  /** Loses power. @returns how many writes were lost, and how many of them were torn */
  crash(nowNs: number, fate: DiskFate): { lost: number; torn: number } {
    this.settle(nowNs);
    const lost = this.underWay.length + (fate === "lost" ? this.records.size : 0);
    const torn = fate === "torn" && this.tearFirst() ? 1 : 0;
    if (fate === "lost") this.records = new Map();
    this.underWay = [];
    this.freeNs = 0;
    return { lost, torn };
  }

  /** Makes writes take `factor` times as long as they do now. */
  slowDown(factor: number): void {
    this.slowness *= factor;
  }

  /** @returns what a starting machine finds */
  contents(): Storage {
    const contents = new Map<string, Uint8Array>();
    for (const [key, record] of this.records) contents.set(key, recordBytes(record));
    return contents;
  }

  private settle(nowNs: number): void {
    const { underWay } = this;
    let done = 0;
    while (done < underWay.length && (underWay[done] as Write).durableNs <= nowNs)
      this.apply(underWay[done++] as Write);
    if (done === underWay.length) underWay.length = 0;
    else if (done > 0) underWay.splice(0, done);
  }

  private apply(write: Write): void {
    if (write.value === null) this.records.delete(write.key);
    else this.records.set(write.key, write.value);
  }

  /** Leaves half of the first write on the disk, where the seal tells it from a whole one. @returns whether there was one */
  private tearFirst(): boolean {
    const write = this.underWay[0];
    if (write === undefined || write.value === null) return false;
    const value = unseal(tear(seal(recordBytes(write.value))));
    if (value !== null) this.apply({ ...write, value });
    return true;
  }
}
