import { chainColour } from "../marks/chain-colour.ts";
import { NODE_SHAPES } from "../marks/node-shapes.ts";
import { classColour } from "../marks/palette.ts";
import { type NodeStatus, STATUS_MEANINGS, STATUSES } from "../model/node-status.ts";
import type { Replay } from "../model/replay.ts";
import { TRANSFER_STEPS } from "../model/transfers.ts";
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

const SHAPE_MEANINGS = {
  disc: "delegate or operator",
  square: "full node",
  diamond: "relayer or gateway",
  triangle: "light client or device",
} as const;

/** What shapes of nodes and colours of transfers mean. */
function rolesAndSteps(): HTMLUListElement {
  const list = element("ul");
  list.setAttribute("aria-label", "Roles and transfers");
  const shapes = NODE_SHAPES.map((shape) => entry(swatch("--status-idle", shape), SHAPE_MEANINGS[shape]));
  const steps = TRANSFER_STEPS.map((step) => entry(swatch(`--transfer-${step}`), step));
  list.append(...shapes, ...steps);
  return list;
}

/** Which colour is which chain. */
function chainNames({ chains }: Replay): HTMLUListElement {
  const list = element("ul");
  list.setAttribute("aria-label", "Chains");
  const items = chains.map(({ name, index }) => {
    const mark = element("span", "swatch hollow");
    mark.style.setProperty("--swatch", chainColour(index));
    return entry(mark, name);
  });
  list.append(...items);
  return list;
}

/** How a status is drawn where its colour alone does not tell it. */
const LOOKS: Readonly<Partial<Record<NodeStatus, string>>> = { down: "hollow", empty: "hollow", asleep: "small" };

/** Builds the legend: what colours mean, and which classes of messages are drawn. */
export function buildLegend(replay: Replay): void {
  const nodes = element("ul");
  nodes.append(
    ...STATUSES.map((status) => entry(swatch(`--status-${status}`, LOOKS[status] ?? ""), STATUS_MEANINGS[status])),
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
  if (replay.trace.meta.nodes.some(({ role }) => role === "device")) {
    classes.append(entry(swatch("--radio-loss", "hollow"), "lost on a device's radio"));
  }
  const ofChains = replay.chains.length > 1 ? [rolesAndSteps(), chainNames(replay)] : [];
  byId("legend").replaceChildren(...ofChains, nodes, classes);
}
