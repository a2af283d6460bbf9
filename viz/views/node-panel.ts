import { MODES, POWER_NAMES, type StateTable, type TraceEvent } from "../../sim/trace/reader.ts";
import { batteryWords } from "../model/battery.ts";
import { STATUS_MEANINGS, statusOf, workOf } from "../model/node-status.ts";
import type { Replay } from "../model/replay.ts";
import { clockText, eventText } from "../model/wording.ts";
import { byId, definitions, element, momentButton } from "./page.ts";
import { placeWords } from "./tooltip.ts";

/** More nodes than a list should offer; the others are selected in the picture. */
const MAX_CHOICES = 2000;

/** @returns what a table says of a node, as terms and values */
export function stateWords(state: StateTable, node: number): readonly (readonly [string, string])[] {
  const { height, view } = workOf(state, node);
  const get = state.get.bind(state, node);
  // What was locked at a height that is final by now binds nobody any more.
  const locked =
    get("lockedHeight") <= get("finalHeight") ? "none" : `height ${get("lockedHeight")}, view ${get("lockedView")}`;
  return [
    ["Power", POWER_NAMES[get("up")] ?? "up"],
    ["Mode", `${MODES[get("mode")] ?? get("mode")} (${STATUS_MEANINGS[statusOf(state, node)]})`],
    ["Height", String(height)],
    ["View", String(view)],
    ["Final", get("finalHeight") === 0 ? "none" : `height ${get("finalHeight")}`],
    ["Lock", locked],
    ["Refused inputs", String(get("rejected"))],
    ...batteryWords(state, node),
  ];
}

/** The selected node: what it is, its state at the moment, and what it did last. */
export class NodePanel {
  readonly #replay: Replay;
  readonly #root = byId("node-state");
  readonly #choice = byId<HTMLSelectElement>("node-choice");
  #drawn: readonly unknown[] = [];

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    const { nodes } = replay.trace.meta;
    const none = new Option("none selected", "");
    const options = nodes
      .slice(0, MAX_CHOICES)
      .map((node, i) => new Option(`${node.name} (${node.region})`, String(i)));
    this.#choice.replaceChildren(none, ...options);
    const choose = () => replay.selection.selectNode(this.#choice.value === "" ? null : Number(this.#choice.value));
    this.#choice.addEventListener("change", choose, { signal });
  }

  /** Shows the selected node, if anything about it is new. */
  draw(): void {
    const { selection, state, nodeEvents } = this.#replay;
    const drawn = [selection.node, state, nodeEvents];
    if (drawn.every((part, i) => part === this.#drawn[i]) && this.#drawn.length > 0) return;
    this.#drawn = drawn;
    this.#choice.value = selection.node === null ? "" : String(selection.node);
    if (selection.node === null) {
      this.#root.replaceChildren(element("p", "quiet", "Click a node, or choose one from the list, to see its state."));
      return;
    }
    const about = this.#replay.trace.meta.nodes[selection.node];
    const list = element("dl", "state");
    const place = about === undefined ? "" : placeWords(about);
    list.append(...definitions([["Role", place], ...(state === null ? [] : stateWords(state, selection.node))]));
    const events = element("ul", "events");
    events.setAttribute("aria-label", "Last events, latest first");
    events.append(...nodeEvents.map((event) => this.#event(event)));
    this.#root.replaceChildren(list, events);
  }

  #event(event: TraceEvent): HTMLLIElement {
    const { faults } = this.#replay.trace.meta;
    return momentButton(clockText(event.atUs), eventText(event, faults), () => this.#replay.seek(event.atUs));
  }
}
