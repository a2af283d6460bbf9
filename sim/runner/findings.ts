import type { CheckerReport } from "../checkers/checker.ts";
import type { LoadTally, OrderOutcome } from "../workload/load-figures.ts";
import type { OperationOutcome } from "../workload/operations.ts";
import type { DeviceFindings } from "./device-figures.ts";
import type { LightCosts } from "./light-figures.ts";
import type { LedgerFigures } from "./root-ledger-figures.ts";
import type { RunFigures } from "./run-figures.ts";
import type { Window } from "./spans.ts";

/** All that expectations are held against, and that the summary tells. */
export interface Findings {
  readonly figures: RunFigures;
  /** Names of the chains, as `figures` has them. */
  readonly chains: readonly string[];
  readonly reports: readonly CheckerReport[];
  /** Names of chains with more Byzantine members than they can bear; none where left out. */
  readonly unpromised?: ReadonlySet<string>;
  /** When something was broken on purpose. */
  readonly windows: readonly Window[];
  readonly simulatedUs: number;
  /** Delivered. */
  readonly messages: number;
  /** Started before the drain. */
  readonly transfers: readonly OrderOutcome[];
  /** By load, over the same transfers. */
  readonly tallies: readonly LoadTally[];
  /** Not there where nothing was undertaken. */
  readonly operations?: readonly OperationOutcome[];
  readonly ledger: LedgerFigures;
  readonly light: readonly LightCosts[];
  /** By group. */
  readonly devices: readonly DeviceFindings[];
  /** Nodes that evidence or forensics prove guilty, Byzantine ones only. */
  readonly culprits: readonly { readonly name: string; readonly chain: string }[];
}
