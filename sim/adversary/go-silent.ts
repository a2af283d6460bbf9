import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import type { Misconduct } from "./byzantine-node.ts";

/** Says nothing any more, to anybody. */
export class GoSilent implements Misconduct {
  bites = 0;

  intercept(_context: Context, to: readonly PeerId[]): boolean {
    this.bites += to.length;
    return true;
  }
}
