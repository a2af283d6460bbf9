/** Pairs of source and content remembered at least; older ones begin at 0 again. */
export const OCCURRENCE_GENERATION_ENTRIES = 1 << 16;

/** A hash table from pairs of 32-bit numbers to counts: open addressing in typed arrays, at most half full. */
class Generation {
  readonly #sources: Int32Array;
  readonly #contents: Int32Array;
  /** 0 marks a free place. */
  readonly #counts: Int32Array;
  readonly #mask: number;
  size = 0;

  /** @param entries a power of two */
  constructor(entries: number) {
    this.#sources = new Int32Array(2 * entries);
    this.#contents = new Int32Array(2 * entries);
    this.#counts = new Int32Array(2 * entries);
    this.#mask = 2 * entries - 1;
  }

  #place(source: number, content: number): number {
    let place = (content ^ Math.imul(source, 0x9e3779b1)) & this.#mask;
    while (this.#counts[place] !== 0 && (this.#contents[place] !== content || this.#sources[place] !== source)) {
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  get(source: number, content: number): number {
    return this.#counts[this.#place(source, content)] as number;
  }

  set(source: number, content: number, count: number): void {
    const place = this.#place(source, content);
    if (this.#counts[place] === 0) this.size++;
    this.#sources[place] = source;
    this.#contents[place] = content;
    this.#counts[place] = count;
  }

  clear(): void {
    this.#counts.fill(0);
    this.size = 0;
  }
}

/** Counts how often a source has sent the same content, so that each repetition has a fate of its own. Bounded: two generations. */
export class Occurrences {
  #young: Generation;
  #old: Generation;
  readonly #generationEntries: number;

  /** @param generationEntries a power of two */
  constructor(generationEntries = OCCURRENCE_GENERATION_ENTRIES) {
    this.#generationEntries = generationEntries;
    this.#young = new Generation(generationEntries);
    this.#old = new Generation(generationEntries);
  }

  /** @returns 0 for the first time, then 1, 2 … */
  next(source: number, contentHash: number): number {
    const content = contentHash | 0;
    const occurrence = this.#young.get(source, content) || this.#old.get(source, content);
    if (this.#young.size >= this.#generationEntries) this.#turn();
    this.#young.set(source, content, occurrence + 1);
    return occurrence;
  }

  #turn(): void {
    const oldest = this.#old;
    oldest.clear();
    this.#old = this.#young;
    this.#young = oldest;
  }
}
