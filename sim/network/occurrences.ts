/** Pairs of source and content remembered at least; older ones begin at 0 again. */
export const OCCURRENCE_GENERATION_ENTRIES = 1 << 16;

/** Counts how often a source has sent the same content, so that each repetition has a fate of its own. Bounded: two generations. */
export class Occurrences {
  private young = new Map<number, number>();
  private old = new Map<number, number>();
  private readonly generationEntries: number;

  constructor(generationEntries = OCCURRENCE_GENERATION_ENTRIES) {
    this.generationEntries = generationEntries;
  }

  /** @returns 0 for the first time, then 1, 2 … */
  next(source: number, contentHash: number): number {
    const key = source * 2 ** 32 + contentHash;
    const occurrence = this.young.get(key) ?? this.old.get(key) ?? 0;
    if (this.young.size >= this.generationEntries) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, occurrence + 1);
    return occurrence;
  }
}
