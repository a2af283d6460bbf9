import type { Trace } from "../../sim/trace/reader.ts";
import type { Replay } from "../model/replay.ts";
import { sizeText } from "../model/wording.ts";
import { showNotice } from "./notice.ts";

/** Damaged places told one by one. */
const LISTED = 3;

/** Says what is wrong with a trace, as soon as it comes to light: damage is found when a part is read. */
export class Condition {
  readonly #trace: Trace;
  #told = "";

  constructor({ trace }: Replay) {
    this.#trace = trace;
  }

  draw(): void {
    const { ending, damage } = this.#trace;
    const found = `${ending}/${damage.length}`;
    if (found === this.#told) return;
    this.#told = found;
    const details = damage
      .slice(0, LISTED)
      .map((part) => `at byte ${part.offset}: ${part.reason} (${sizeText(part.lengthBytes)} lost)`);
    if (damage.length > LISTED) details.push(`and ${damage.length - LISTED} more places`);
    if (ending === "cut") showNotice("This trace is truncated: it is shown as far as it is sound.", details);
    else if (ending === "interrupted") showNotice("This run was interrupted: it is shown as far as it went.", details);
    else if (damage.length > 0) showNotice("Parts of this trace are damaged and left out.", details);
  }
}
