import { absorb, finish } from "../kernel/random.ts";

/** @returns a 32-bit number that names content for the fates of its copies; not for security */
export function contentHash32(bytes: Uint8Array): number {
  const whole = bytes.length & ~3;
  let state = absorb(0, bytes.length);
  let at = 0;
  for (; at < whole; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    state = absorb(state, low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24));
  }
  let tail = 0;
  for (; at < bytes.length; at++) tail = (tail << 8) | (bytes[at] as number);
  return finish(absorb(state, tail));
}
