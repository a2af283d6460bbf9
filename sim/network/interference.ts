import type { Outcome } from "./drop-reasons.ts";

/** What is known of a copy on its way; an interference may move its arrivals and name a corruption. */
export interface Copy {
  /** When it leaves its source. */
  readonly sentUs: number;
  arrivalUs: number;
  /** When it arrives once more; −1: never. */
  duplicateArrivalUs: number;
  /** Says which of its bytes arrive altered; 0: none. */
  corruption: number;
}

/** Something that harms copies between nodes as long as it is among the network's interferences. */
export interface Interference {
  /** Key of its draws, from its own name: the draws of others do not shift when it goes. */
  readonly key: number;
  /** @param random this interference's own 32 bits for this copy @returns what becomes of the copy */
  meet(copy: Copy, src: number, dst: number, random: number): Outcome;
}
