import { classColour } from "../marks/palette.ts";
import { STATUS_MEANINGS, STATUSES } from "../model/node-status.ts";
import type { Replay } from "../model/replay.ts";
import { byId, element } from "../views/page.ts";

/** Number 0 stands for no class at all. */
const FIRST_CLASS = 1;

function swatch(colour: string, look = ""): HTMLSpanElement {
  const made = element("span", `swatch ${look}`);
  made.style.setProperty("--swatch", `var(${colour})`);
  return made;
}

function entry(mark: Node, text: string): HTMLLIElement {
  const item = element("li");
  item.append(mark, text);
  return item;
}

function classToggle(replay: Replay, name: string, messageClass: number): HTMLLIElement {
  const label = element("label");
  const box = element("input");
  box.type = "checkbox";
  box.checked = true;
  box.addEventListener("change", () => replay.selection.showClass(messageClass, box.checked));
  label.append(box, swatch(classColour(name)), name);
  const item = element("li");
  item.append(label);
  return item;
}

/** Builds the legend: what colours mean, and which classes of messages are drawn. */
export function buildLegend(replay: Replay): void {
  const nodes = element("ul");
  nodes.append(
    ...STATUSES.map((status) =>
      entry(swatch(`--status-${status}`, status === "down" ? "hollow" : ""), STATUS_MEANINGS[status]),
    ),
    entry(swatch("--accent", "dashed"), "proposes"),
    entry(swatch("--accent", "hollow"), "holds a lock"),
    entry(swatch("--status-idle", "pale"), "paler: behind"),
    entry(swatch("--danger", "halo"), "lost a message during a fault"),
    entry(swatch("--danger", "dashed"), "cut off"),
  );
  const classes = element("ul");
  nodes.setAttribute("aria-label", "Nodes");
  classes.setAttribute("aria-label", "Messages");
  const toggles = replay.trace.meta.messageClasses.map((name, messageClass) => classToggle(replay, name, messageClass));
  classes.append(...toggles.slice(FIRST_CLASS), entry(swatch("--danger", "cross"), "dropped"));
  byId("legend").replaceChildren(nodes, classes);
}
