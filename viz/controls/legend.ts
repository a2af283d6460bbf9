import { classColour } from "../marks/palette.ts";
import { STATUS_MEANINGS, STATUSES } from "../model/node-status.ts";
import type { Replay } from "../model/replay.ts";
import { byId, element } from "../views/page.ts";

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

/** Classes that the run used; the first ones it sent tell, without reading all of it. */
async function usedClasses({ trace }: Replay): Promise<readonly number[]> {
  const SAMPLES = 12;
  const ROWS = 20_000;
  const used = new Set<number>();
  for (let i = 0; i < SAMPLES; i++) {
    const atUs = Math.floor((trace.untilUs * i) / SAMPLES);
    const { messageClass } = await trace.messagesBetween(atUs, atUs + trace.untilUs / (4 * SAMPLES), { limit: ROWS });
    for (const each of messageClass) used.add(each);
  }
  return [...used].sort((a, b) => a - b);
}

function classToggle(replay: Replay, messageClass: number): HTMLLIElement {
  const name = replay.trace.meta.messageClasses[messageClass] ?? `class ${messageClass}`;
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
export async function buildLegend(replay: Replay): Promise<void> {
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
  byId("legend").replaceChildren(nodes, classes);
  classes.append(...(await usedClasses(replay)).map((messageClass) => classToggle(replay, messageClass)));
  classes.append(entry(swatch("--danger", "cross"), "dropped"));
}
