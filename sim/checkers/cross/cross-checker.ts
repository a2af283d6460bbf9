import type { Watcher } from "../../host/watcher.ts";
import type { CheckerReport } from "../checker.ts";

/** Watches one invariant that spans chains. */
export interface CrossChecker extends Pick<Watcher, "onObserve"> {
  finish(endUs: number): CheckerReport;
}
