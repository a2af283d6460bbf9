import type { Trace } from "../../sim/trace/reader.ts";
import { sizeText } from "../model/wording.ts";
import { byId, element } from "./page.ts";

const LISTED = 3;

/** Tells the user, clearly and once, that something is wrong; nothing takes the message away. */
export function showNotice(message: string, details: readonly string[] = []): void {
  const root = byId("notice");
  root.hidden = false;
  const list = element("ul");
  list.append(...details.map((detail) => element("li", "", detail)));
  root.replaceChildren(element("strong", "", message), ...(details.length > 0 ? [list] : []));
}

export function hideNotice(): void {
  byId("notice").hidden = true;
}

/** Says what is wrong with a trace, if anything is. */
export function showCondition({ ending, damage }: Trace): void {
  const details = damage
    .slice(0, LISTED)
    .map((part) => `at byte ${part.offset}: ${part.reason} (${sizeText(part.lengthBytes)} lost)`);
  if (damage.length > LISTED) details.push(`and ${damage.length - LISTED} more places`);
  if (ending === "cut") showNotice("This trace is truncated: it is shown as far as it is sound.", details);
  else if (ending === "interrupted") showNotice("This run was interrupted: it is shown as far as it went.", details);
  else if (damage.length > 0) showNotice("Parts of this trace are damaged and left out.", details);
}
