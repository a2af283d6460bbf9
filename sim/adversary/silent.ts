import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import type { Misconduct } from "./byzantine-node.ts";

const CONSENSUS: ReadonlySet<number> = new Set([
  WireKind.proposal,
  WireKind.vote,
  WireKind.viewChange,
  WireKind.newView,
]);

/** @returns whether a message is one of consensus */
export function isConsensus({ kind }: Message): boolean {
  return CONSENSUS.has(kind);
}

/** Says nothing in consensus, and looks healthy otherwise. */
export class Silent implements Misconduct {
  bites = 0;

  intercept(_context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!isConsensus(message)) return false;
    this.bites += to.length;
    return true;
  }
}
