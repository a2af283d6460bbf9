/** One figure beside what it is measured against. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly higherIsBetter: boolean;
  /** Null where nothing comparable runs beside it. */
  readonly ratio: { readonly to: string; readonly value: number } | null;
  readonly target: number;
  readonly met: boolean;
  readonly detail: string;
}

/** Measures one thing, in one or several lines. */
export type Bench = (name: string) => Promise<readonly BenchResult[]>;
