export type { PeerId } from "../protocol/core/ids.ts";
export type { Context, Machine, Message, Storage } from "../protocol/core/machine.ts";
export { CLIENT } from "../protocol/core/machine.ts";
export { WireKind } from "../protocol/core/wire-kind.ts";
export type {
  MachineMaker,
  NodeSeat,
  Run,
  RunOptions,
  RunOutcome,
  RunProgress,
  RunSummary,
  Verdict,
} from "./runner/index.ts";
export { createRun, runScenario } from "./runner/index.ts";
export type { Scenario } from "./scenario/scenario.ts";
