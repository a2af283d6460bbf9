export type { BrokenInvariant, CheckedCore, Checker, CheckerReport, FaultWindow, World } from "./checker.ts";
export { EnergyChecker } from "./energy.ts";
export { RunChecks } from "./run-checks.ts";
