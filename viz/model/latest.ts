/**
 * Loads what was asked for last: one load at a time, and a newer wish replaces one that still waits. So a dragged scrub
 * bar costs as many loads as the trace can serve, not as many as the pointer moves.
 */
export class Latest<Key, Value> {
  readonly #load: (key: Key) => Promise<Value>;
  readonly #failed: (error: unknown) => void;
  #loaded: { readonly key: Key; readonly value: Value } | null = null;
  #wanted: Key | null = null;
  #running: Promise<void> | null = null;
  #runningKey: Key | null = null;

  /** @param failed hears why a load did not succeed; the value before it stays */
  constructor(load: (key: Key) => Promise<Value>, failed: (error: unknown) => void) {
    this.#load = load;
    this.#failed = failed;
  }

  /** What was loaded last, or null before the first. */
  get value(): Value | null {
    return this.#loaded?.value ?? null;
  }

  /** What `value` belongs to. */
  get key(): Key | null {
    return this.#loaded?.key ?? null;
  }

  /** Whether a load is under way. */
  get loading(): boolean {
    return this.#running !== null;
  }

  /** Asks for the key's value, unless it is there or under way. */
  request(key: Key): void {
    if (this.#running === null) {
      if (this.#loaded?.key !== key) this.#start(key);
    } else {
      this.#wanted = this.#runningKey === key ? null : key;
    }
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  #start(key: Key): void {
    this.#runningKey = key;
    this.#running = this.#run(key);
  }

  async #run(key: Key): Promise<void> {
    try {
      const value = await this.#load(key);
      this.#loaded = { key, value };
    } catch (error) {
      this.#failed(error);
    }
    this.#running = null;
    const next = this.#wanted;
    this.#wanted = null;
    if (next !== null) this.request(next);
  }
}
