import { expect } from "vitest";

/** Counts what a suite judges and what it leaves out, so that no row is lost silently. */
export class Tally {
  judged = 0;
  readonly #excluded = new Map<string, number>();

  exclude(reason: string): void {
    this.#excluded.set(reason, (this.#excluded.get(reason) ?? 0) + 1);
  }

  /** Expects every row to be judged or left out for one of the reasons, and prints how many are which. */
  expectSum(name: string, total: number, reasons: readonly string[]): void {
    const excluded = [...this.#excluded.values()].reduce((sum, count) => sum + count, 0);
    const listed = [...this.#excluded].map(([reason, count]) => `${count} excluded: ${reason}`);
    console.log([`${name}: ${total} rows, ${this.judged} judged`, ...listed].join("; "));
    for (const reason of this.#excluded.keys()) expect(reasons).toContain(reason);
    expect(this.judged + excluded).toBe(total);
    // Segregated witness is the smaller part of every edition.
    expect(this.judged).toBeGreaterThan(total / 2);
  }
}
