export type { BrokenInvariant, CheckedCore, Checker, CheckerReport, FaultWindow, World } from "./checker.ts";
export { RunChecks } from "./run-checks.ts";
