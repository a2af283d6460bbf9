import { assert } from "../../protocol/core/assert.ts";

/** A population of which some are marked, and how many are drawn from it without putting any back. */
export interface Draw {
  readonly population: number;
  readonly marked: number;
  readonly drawn: number;
}

/**
 * The chance that a draw holds at least so many marked ones, found draw by draw: every step is a quotient and a sum, so that
 * each machine comes to the same bits.
 *
 * @returns 0 … 1
 */
export function chanceOfAtLeast({ population, marked, drawn }: Draw, least: number): number {
  assert(marked <= population && drawn <= population, "nothing is drawn that is not there");
  // By how many marked ones have been drawn so far.
  let chances = [1];
  for (let before = 0; before < drawn; before++) {
    const left = population - before;
    const next = new Array<number>(chances.length + 1).fill(0);
    for (const [found, chance] of chances.entries()) {
      const markedLeft = Math.max(0, marked - found);
      next[found + 1] = (next[found + 1] as number) + (chance * markedLeft) / left;
      next[found] = (next[found] as number) + (chance * (left - markedLeft)) / left;
    }
    chances = next;
  }
  return chances.slice(Math.max(0, least)).reduce((sum, chance) => sum + chance, 0);
}
