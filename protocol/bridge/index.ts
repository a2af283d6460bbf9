import { anchorHandler } from "./anchor.ts";
import { exitHandler } from "./exit.ts";
import { commitmentHandler } from "./informer.ts";
import { lockHandler } from "./lock.ts";
import { nominationHandler, resignationHandler } from "./nomination.ts";
import { evidenceHandler, fraudHandler } from "./operator-evidence.ts";
import type { BridgeParameters } from "./parameters.ts";
import { bidHandler, turnQuotaPeriod } from "./quota.ts";
import { refundHandler } from "./refund.ts";
import { registrationHandler } from "./registration.ts";
import { relockHandler } from "./relock.ts";
import type { BridgeWorkspace, PayloadHandler } from "./workspace-port.ts";

export { BlockTally } from "./block-tally.ts";
export { grant as grantQuota } from "./quota.ts";
export type { Bid } from "./quota-entries.ts";
export { registerAtGenesis } from "./registration.ts";
export { spaceClassOf } from "./space-class.ts";
export { subjectOf } from "./subject.ts";

/** The kinds of payloads that are about subchains. */
export type BridgeKind =
  | "register-subchain"
  | "nominate"
  | "resign"
  | "lock"
  | "relock"
  | "refund"
  | "anchor"
  | "exit"
  | "quota-bid"
  | "evidence-commit"
  | "evidence-reveal"
  | "fraud-proof";

/** @returns what executes each kind of payload about subchains under these parameters */
export function bridgeHandlers(parameters: BridgeParameters): { readonly [Kind in BridgeKind]: PayloadHandler<Kind> } {
  return {
    "register-subchain": registrationHandler(parameters),
    nominate: nominationHandler(parameters),
    resign: resignationHandler(parameters),
    lock: lockHandler(parameters),
    relock: relockHandler(parameters),
    refund: refundHandler(parameters),
    anchor: anchorHandler(parameters),
    exit: exitHandler(parameters),
    "quota-bid": bidHandler(parameters),
    "evidence-commit": commitmentHandler(),
    "evidence-reveal": evidenceHandler(parameters),
    "fraud-proof": fraudHandler(parameters),
  };
}

/** The bridge's part of a block's end: turns the quota period. */
export function bridgeClose(workspace: BridgeWorkspace, parameters: BridgeParameters): void {
  turnQuotaPeriod(workspace, parameters);
}
