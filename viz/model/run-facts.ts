/** What a run's summary.json says that the trace does not. */
export interface RunFacts {
  readonly verdict: string;
  readonly digest: string;
  /** What the scenario asks, or null where the summary does not tell. */
  readonly question: string | null;
}

/** One run of several that are served together. */
export interface ListedRun {
  /** Folder below the served one. */
  readonly path: string;
  readonly label: string;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

/** @returns the facts, or null when the value is no summary */
export function runFacts(value: unknown): RunFacts | null {
  const { verdict, digest, question } = record(value) ?? {};
  if (typeof verdict !== "string" || typeof digest !== "string") return null;
  return { verdict, digest, question: typeof question === "string" ? question : null };
}

/** @returns the runs of a list, leaving out what is none */
export function listedRuns(value: unknown): readonly ListedRun[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { path, label } = record(item) ?? {};
    return typeof path === "string" ? [{ path, label: typeof label === "string" ? label : path }] : [];
  });
}
