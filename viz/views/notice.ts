import { byId, element } from "./page.ts";

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
