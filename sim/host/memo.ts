/** Results remembered at least, for each memo. */
export const MEMO_GENERATION_ENTRIES = 4096;

/** Results of pure functions by key. Bounded by two generations: when the young one is full it becomes the old one, which is forgotten. */
export class Memo<T> {
  hits = 0;
  private young = new Map<string, T>();
  private old = new Map<string, T>();
  private readonly generationEntries: number;

  constructor(generationEntries = MEMO_GENERATION_ENTRIES) {
    this.generationEntries = generationEntries;
  }

  /** @returns the remembered result, or undefined */
  get(key: string): T | undefined {
    let value = this.young.get(key);
    if (value === undefined) {
      value = this.old.get(key);
      if (value === undefined) return undefined;
      this.set(key, value);
    }
    this.hits++;
    return value;
  }

  set(key: string, value: T): void {
    if (this.young.size >= this.generationEntries) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}
