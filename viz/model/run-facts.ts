/** What a run's summary.json says that the trace does not. */
export interface RunFacts {
  readonly verdict: string;
  readonly digest: string;
  /** What the scenario asks, or null where the summary does not tell. */
  readonly question: string | null;
  readonly violations: readonly ListedViolation[];
}

/** A broken invariant, and when it broke. */
export interface ListedViolation {
  readonly atUs: number;
  readonly text: string;
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

function listedViolations(value: unknown): readonly ListedViolation[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { invariant, atSeconds, detail } = record(item) ?? {};
    if (typeof invariant !== "string" || typeof atSeconds !== "number") return [];
    return [{ atUs: Math.round(atSeconds * 1e6), text: `${invariant}: ${String(detail)}` }];
  });
}

/** @returns the facts, or null when the value is no summary */
export function runFacts(value: unknown): RunFacts | null {
  const { verdict, digest, question, violations } = record(value) ?? {};
  if (typeof verdict !== "string" || typeof digest !== "string") return null;
  const asked = typeof question === "string" ? question : null;
  return { verdict, digest, question: asked, violations: listedViolations(violations) };
}

/** @returns the runs of a list, leaving out what is none */
export function listedRuns(value: unknown): readonly ListedRun[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { path, label } = record(item) ?? {};
    return typeof path === "string" ? [{ path, label: typeof label === "string" ? label : path }] : [];
  });
}
