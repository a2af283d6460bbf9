import { assert } from "./assert.ts";

/** A byte string of its own costs some 250 bytes besides its content: four objects. */
const ROOM_BYTES = 64 * 1024;
/** A longer one has a buffer of its own: it would leave too much of a room empty. */
const MAX_SHARED_BYTES = ROOM_BYTES / 8;

let room = new Uint8Array(0);
let used = 0;

/** Where bytes lie that are kept for long. */
export interface BytesPlace {
  /** Of many byte strings; gone once none of them is held any more. */
  readonly room: Uint8Array;
  readonly start: number;
}

/** Copies bytes behind those that were kept before them, for whoever keeps thousands of short ones. @returns where they lie */
export function shareBytes(bytes: Uint8Array): BytesPlace {
  if (bytes.length > MAX_SHARED_BYTES) return { room: bytes.slice(), start: 0 };
  if (used + bytes.length > room.length) {
    room = new Uint8Array(ROOM_BYTES);
    used = 0;
  }
  const start = used;
  room.set(bytes, start);
  used += bytes.length;
  assert(used <= room.length, "shared bytes end inside their room");
  return { room, start };
}
