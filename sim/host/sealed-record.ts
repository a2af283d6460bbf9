import type { DurableRecord } from "../../protocol/core/machine.ts";
import { contentHash32 } from "../network/content-hash.ts";

const SEAL_BYTES = 4;

/** @returns what a record reads back as */
export function recordBytes(record: DurableRecord): Uint8Array {
  return record instanceof Uint8Array ? record : record.toBytes();
}

/** @returns the value behind a 32-bit checksum, as it lies on the disk */
export function seal(value: Uint8Array): Uint8Array {
  const record = new Uint8Array(SEAL_BYTES + value.length);
  new DataView(record.buffer).setUint32(0, contentHash32(value), true);
  record.set(value, SEAL_BYTES);
  return record;
}

/** @returns the record with its second half never written */
export function tear(record: Uint8Array): Uint8Array {
  return record.slice().fill(0, record.length >> 1);
}

/** @returns the sealed value, or null when the record is not whole */
export function unseal(record: Uint8Array): Uint8Array | null {
  const value = record.subarray(SEAL_BYTES);
  return new DataView(record.buffer, record.byteOffset).getUint32(0, true) === contentHash32(value) ? value : null;
}
