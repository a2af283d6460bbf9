import type { TraceNode } from "../../sim/trace/reader.ts";
import type { Extent } from "../model/arrange.ts";
import { batteryWords } from "../model/battery.ts";
import { STATUS_MEANINGS, statusOf, workOf } from "../model/node-status.ts";
import type { Replay } from "../model/replay.ts";
import { byId, element } from "./page.ts";

const DISTANCE = 14;

/** @returns what a node is, and where */
export function placeWords({ role, chain, region }: TraceNode): string {
  return `${role}${chain === "" ? " between chains" : ` of ${chain}`}, ${region}`;
}

/** Says which node the pointer is over, and how it does. */
export class Tooltip {
  readonly #replay: Replay;
  readonly #root = byId("tooltip");

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  hide(): void {
    this.#root.hidden = true;
  }

  /** @param at where the pointer is, in the stage's pixels */
  show(node: number | null, at: { readonly x: number; readonly y: number }, extent: Extent): void {
    if (node === null) this.hide();
    else this.#place(this.#content(node), at, extent);
  }

  /** Tells of something else than a node: a heading, and lines below it. */
  tell(lines: readonly [string, ...string[]], at: { readonly x: number; readonly y: number }, extent: Extent): void {
    const [heading, ...rest] = lines;
    this.#place([element("strong", "", heading), ...rest.map((line) => element("div", "", line))], at, extent);
  }

  #place(content: readonly Node[], at: { readonly x: number; readonly y: number }, extent: Extent): void {
    this.#root.hidden = false;
    this.#root.replaceChildren(...content);
    const { offsetWidth, offsetHeight } = this.#root;
    const right = at.x + DISTANCE + offsetWidth < extent.width;
    const below = at.y + DISTANCE + offsetHeight < extent.height;
    this.#root.style.left = `${right ? at.x + DISTANCE : Math.max(0, at.x - DISTANCE - offsetWidth)}px`;
    this.#root.style.top = `${below ? at.y + DISTANCE : Math.max(0, at.y - DISTANCE - offsetHeight)}px`;
  }

  #content(node: number): Node[] {
    const { trace, state } = this.#replay;
    const about = trace.meta.nodes[node];
    const lines = [element("strong", "", about?.name ?? `node ${node}`)];
    const where = about === undefined ? "" : placeWords(about);
    const nodes: Node[] = [...lines, element("div", "quiet", where)];
    if (state !== null) {
      const { height, view } = workOf(state, node);
      nodes.push(element("div", "", STATUS_MEANINGS[statusOf(state, node)]));
      for (const [term, value] of batteryWords(state, node)) nodes.push(element("div", "", `${term}: ${value}`));
      nodes.push(element("div", "", `height ${height}, view ${view}, final ${state.get(node, "finalHeight")}`));
    }
    return nodes;
  }
}
