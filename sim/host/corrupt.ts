import { absorb, finish } from "../kernel/random.ts";

/** Bits that are flipped in one message at most. */
const MAX_FLIPS = 4;

/**
 * Alters bytes on their way: cuts the end off, or flips a few bits.
 *
 * @param random 32 bits that decide which
 */
export function corrupt(wire: Uint8Array, random: number): Uint8Array {
  if (wire.length === 0) return wire;
  if (random % 3 === 0) return wire.slice(0, finish(absorb(random, 0)) % wire.length);
  const altered = wire.slice();
  const flips = 1 + (finish(absorb(random, 1)) % MAX_FLIPS);
  for (let flip = 0; flip < flips; flip++) {
    const draw = finish(absorb(random, 2 + flip));
    const at = (draw >>> 3) % altered.length;
    altered[at] = (altered[at] as number) ^ (1 << (draw & 7));
  }
  return altered;
}
