import { DelegateSet, readDelegateKeys, writeDelegateKeys } from "../consensus/delegate-set.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { type Anchor, readAnchor, writeAnchor } from "./anchor.ts";

/** What a client has come to trust, to go on from after a crash. */
export interface ClientRecord {
  /** The highest trusted header. */
  readonly anchor: Anchor;
  /** The last accepted checkpoint, from which ways into the past start. */
  readonly past: Anchor;
  /** The next epoch to end with a checkpoint. */
  readonly epoch: number;
  /** Names the delegates of that epoch. */
  readonly delegatesHash: Hash;
  /** The latest set whose keys are known. */
  readonly delegates: DelegateSet;
  /** The trusted time as of which they are bonded, µs: a restart makes nothing younger. */
  readonly delegatesUs: number;
  /** Whether two certified checkpoints of one epoch were seen. */
  readonly isContested: boolean;
}

/** @returns the durable form of a record */
export function encodeClientRecord(record: ClientRecord): Uint8Array {
  const writer = new Writer();
  writeAnchor(writer, record.anchor);
  writeAnchor(writer, record.past);
  writer
    .u64(record.epoch)
    .hash(record.delegatesHash)
    .u64(record.delegatesUs)
    .u8(record.isContested ? 1 : 0);
  writeDelegateKeys(writer, record.delegates.keys);
  return writer.finish();
}

/** @returns the record, or null when the bytes are damaged; never throws */
export function decodeClientRecord(bytes: Uint8Array): ClientRecord | null {
  const reader = new Reader(bytes);
  const [anchor, past, epoch, delegatesHash] = [readAnchor(reader), readAnchor(reader), reader.u64(), reader.hash()];
  const [delegatesUs, flag] = [reader.u64(), reader.u8()];
  if (flag > 1) reader.fail();
  const keys = readDelegateKeys(reader);
  if (!reader.complete()) return null;
  const delegates = new DelegateSet(keys);
  return { anchor, past, epoch, delegatesHash, delegates, delegatesUs, isContested: flag === 1 };
}
