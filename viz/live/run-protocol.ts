import type { Scenario } from "../../sim/index.ts";
import type { BackendName } from "../../sim/platform/browser/run-ports.ts";

/** Asks the worker for a run. */
export interface RunRequest {
  /** A whole scenario, as `orrery run FILE --dry-run --json` prints it. */
  readonly scenario: Scenario;
  readonly backend: BackendName;
}

/** What the worker tells of a run. */
export type RunReport =
  | { readonly kind: "progress"; readonly simulatedUs: number; readonly events: number; readonly blocks: number }
  | { readonly kind: "finished"; readonly digest: string; readonly verdict: string; readonly events: number }
  | { readonly kind: "failed"; readonly reason: string };
