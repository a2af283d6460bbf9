import type { DurableRecord, Storage } from "../../protocol/core/machine.ts";
import { recordBytes } from "./sealed-record.ts";

/** A disk's records as a starting machine sees them: what it does not read is never made into bytes. */
export class StoredRecords implements Storage {
  private readonly records: ReadonlyMap<string, DurableRecord>;

  /** @param records must not change while anybody looks */
  constructor(records: ReadonlyMap<string, DurableRecord>) {
    this.records = records;
  }

  get size(): number {
    return this.records.size;
  }

  has(key: string): boolean {
    return this.records.has(key);
  }

  get(key: string): Uint8Array | undefined {
    const record = this.records.get(key);
    return record === undefined ? undefined : recordBytes(record);
  }

  keys(): MapIterator<string> {
    return this.records.keys();
  }

  *entries(): MapIterator<[string, Uint8Array]> {
    for (const [key, record] of this.records) yield [key, recordBytes(record)];
  }

  *values(): MapIterator<Uint8Array> {
    for (const record of this.records.values()) yield recordBytes(record);
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries();
  }

  forEach(visit: (value: Uint8Array, key: string, map: Storage) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}
