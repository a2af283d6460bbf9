import { assert } from "../../protocol/core/assert.ts";
import type { Reader, Writer } from "../../protocol/core/codec.ts";

/** Widest value above a column's base, in bytes. */
const MAX_WIDTH = 7;
/** Planes below 2^32. */
const LOW_PLANES = 4;
const U32_RANGE = 4_294_967_296;

/** Bytes that a non-negative integer needs; none for zero. */
function widthOf(range: number): number {
  let width = 0;
  for (let rest = range; rest >= 1; rest /= 256) width += 1;
  return width;
}

/** Appends the lowest bytes of integers below 2^32, one plane for each. */
function writePlanes(writer: Writer, integers: Uint32Array, planes: number): void {
  const bytes = new Uint8Array(integers.length);
  for (let plane = 0; plane < planes; plane++) {
    const shift = plane * 8;
    for (let i = 0; i < bytes.length; i++) bytes[i] = (integers[i] as number) >>> shift;
    writer.fixed(bytes);
  }
}

/**
 * Appends integers as their least value and the differences from it, least significant bytes first and each byte's plane
 * together: equal high bytes stand side by side and vanish under gzip, random low bytes cost exactly themselves.
 *
 * @param values safe integers; the first `count` are written
 */
export function writeColumn(writer: Writer, values: Float64Array | Uint8Array, count: number): void {
  let least = count === 0 ? 0 : (values[0] as number);
  let most = least;
  for (let i = 1; i < count; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const width = widthOf(most - least);
  assert(width <= MAX_WIDTH, "a column's range fits seven bytes");
  writer
    .u8(least < 0 ? 1 : 0)
    .u64(Math.abs(least))
    .u8(width);
  if (width === 0) return;
  const part = new Uint32Array(count);
  for (let i = 0; i < count; i++) part[i] = (values[i] as number) - least;
  writePlanes(writer, part, Math.min(width, LOW_PLANES));
  if (width <= LOW_PLANES) return;
  for (let i = 0; i < count; i++) part[i] = ((values[i] as number) - least) / U32_RANGE;
  writePlanes(writer, part, width - LOW_PLANES);
}

/** Reads what `writeColumn` wrote; on misfit the reader is marked failed and the values are arbitrary. */
export function readColumn(reader: Reader, count: number): Float64Array {
  const negative = reader.u8();
  const base = reader.u64() * (negative === 1 ? -1 : 1);
  const width = reader.u8();
  if (negative > 1 || width > MAX_WIDTH) reader.fail();
  const values = new Float64Array(count).fill(base);
  if (reader.failed) return values;
  const bytes = reader.fixed(count * width);
  for (let plane = 0, scale = 1; plane < width; plane++, scale *= 256) {
    const offset = plane * count;
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) + (bytes[offset + i] as number) * scale;
  }
  return values;
}

/** Turns differences into running sums, in place. */
export function accumulate(values: Float64Array): Float64Array {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    values[i] = sum;
  }
  return values;
}
