/**
 * Nodes say things of one class to the same peers, in the same order and at the same pace, again and again. So each copy
 * of an emission has a model: the copy in the same place of the last emission from its source in its class. Destinations
 * and gaps are written as differences from their models, which are mostly zero.
 */

/** A row without a model. */
const NONE = -1;

/** Class numbers are below this. */
const CLASSES = 256;

/**
 * Finds every row's model within a chunk.
 *
 * @param emissions how many; of each: its copies (rows that follow each other), source and class
 * @returns for each row its model's row, or −1
 */
export function modelRows(
  emissions: number,
  copies: Float64Array,
  source: Float64Array,
  messageClass: Float64Array,
): Int32Array {
  let rows = 0;
  for (let emission = 0; emission < emissions; emission++) rows += copies[emission] as number;
  const models = new Int32Array(rows).fill(NONE);
  const last = new Map<number, number>();
  const starts = new Int32Array(emissions);
  for (let emission = 0, row = 0; emission < emissions; emission++) {
    const count = copies[emission] as number;
    const key = (source[emission] as number) * CLASSES + (messageClass[emission] as number);
    const model = last.get(key);
    const common = model === undefined ? 0 : Math.min(count, copies[model] as number);
    const modelStart = model === undefined ? 0 : (starts[model] as number);
    for (let copy = 0; copy < common; copy++) models[row + copy] = modelStart + copy;
    starts[emission] = row;
    last.set(key, emission);
    row += count;
  }
  return models;
}

/** @returns the differences of a column's first rows from their models; a row without one from the row before it */
export function subtractModels(column: Float64Array, models: Int32Array, rows: number): Float64Array {
  const differences = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const model = models[row] as number;
    const expected = model === NONE ? (row === 0 ? 0 : (column[row - 1] as number)) : (column[model] as number);
    differences[row] = (column[row] as number) - expected;
  }
  return differences;
}

/** Undoes `subtractModels`, in place. */
export function addModels(differences: Float64Array, models: Int32Array): void {
  for (let row = 0; row < differences.length; row++) {
    const model = models[row] as number;
    const expected =
      model === NONE ? (row === 0 ? 0 : (differences[row - 1] as number)) : (differences[model] as number);
    differences[row] = (differences[row] as number) + expected;
  }
}
