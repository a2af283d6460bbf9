import type { Scenario } from "../scenario/index.ts";
import type { FailureSignature, RunEnding } from "./failure.ts";

/** The search for a smaller scenario with the same failure. */
export interface Search {
  /** The smallest so far. */
  readonly scenario: Scenario;
  /** How the smallest so far ended. */
  readonly ending: RunEnding;
  readonly failure: FailureSignature;
  /** Takes the candidate in place of the smallest so far, if it fails alike. @returns whether it did */
  attempt(candidate: Scenario): Promise<boolean>;
}
