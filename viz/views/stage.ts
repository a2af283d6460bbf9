import { type D3ZoomEvent, type Quadtree, quadtree, select, type ZoomBehavior, zoom, zoomIdentity } from "d3";
import { drawAffected } from "../marks/affected-nodes.ts";
import { drawLinks } from "../marks/links.ts";
import { MessageMark } from "../marks/messages.ts";
import { drawEmphasis, drawNodes, type NodeKinds, nodeKinds } from "../marks/nodes.ts";
import { type Palette, readPalette } from "../marks/palette.ts";
import { drawRegions } from "../marks/regions.ts";
import { Surface } from "../marks/surface.ts";
import { type DrawnTransfer, drawTransfers, type Point, TRANSFER_LINGER_US } from "../marks/transfers.ts";
import { affectedNodes } from "../model/affected.ts";
import { arrange, type Extent, type Places } from "../model/arrange.ts";
import { blocksFinalAt } from "../model/chains.ts";
import { withMotion } from "../model/motion.ts";
import { between, zoomed } from "../model/move-places.ts";
import type { Replay } from "../model/replay.ts";
import { transfersAt } from "../model/transfers.ts";
import { byId } from "./page.ts";
import { Tooltip } from "./tooltip.ts";
import { stepWords } from "./transfer-panel.ts";

/** How long nodes travel between two arrangements. */
const TRAVEL_MS = 700;
/** How near the pointer must be to a node, in pixels. */
const REACH = 12;
const MAX_ZOOM = 24;

/** Names of outcomes that only the links of devices have. */
const RADIO_OUTCOMES: ReadonlySet<string> = new Set([
  "radio lost",
  "radio collision",
  "radio queue full",
  "out of reach",
  "channel busy",
  "receive buffer full",
  "reassembly full",
  "reassembly timed out",
]);

const NO_PLACES: Places = { x: new Float32Array(0), y: new Float32Array(0), nodeRadius: 1, regions: [] };

/** The network: three canvas layers that change at different rates, so that each frame redraws only what moved. */
export class Stage {
  readonly #replay: Replay;
  readonly #root = byId("stage");
  readonly #ground = new Surface(byId<HTMLCanvasElement>("ground"));
  readonly #nodes = new Surface(byId<HTMLCanvasElement>("nodes"));
  readonly #motion = new Surface(byId<HTMLCanvasElement>("motion"));
  readonly #caption = byId("caption");
  readonly #messages = new MessageMark();
  readonly #tooltip: Tooltip;
  readonly #zoom: ZoomBehavior<HTMLElement, unknown>;
  readonly #kinds: NodeKinds;
  readonly #radioOutcomes: ReadonlySet<number>;
  #anchors: ReadonlyMap<string, Point> = new Map();
  #transfers: readonly DrawnTransfer[] = [];
  #palette: Palette;
  #transform = zoomIdentity;
  #wanted: Places = NO_PLACES;
  #from: Places | null = null;
  #fromMs = 0;
  #places: Places = NO_PLACES;
  #tree: Quadtree<number> = quadtree<number>();
  #hovered: number | null = null;
  #arrangement = "";
  #stale = true;
  #drawnState: unknown = null;
  #followed: unknown = null;
  #drawnMotion: readonly unknown[] = [];

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    this.#palette = readPalette(document.documentElement, replay.trace.meta.messageClasses, replay.chains.length);
    this.#kinds = nodeKinds(replay.trace.meta.nodes, replay.chains);
    const { outcomes } = replay.trace.meta;
    this.#radioOutcomes = new Set(outcomes.flatMap((name, outcome) => (RADIO_OUTCOMES.has(name) ? [outcome] : [])));
    this.#tooltip = new Tooltip(replay);
    this.#zoom = zoom<HTMLElement, unknown>().scaleExtent([1, MAX_ZOOM]);
    this.#listen(signal);
    this.#resize();
  }

  #listen(signal: AbortSignal): void {
    this.#zoom.on("zoom", ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      this.#transform = transform;
      this.#replace(this.#wanted);
      this.#followed = null;
    });
    select(this.#root).call(this.#zoom).on("dblclick.zoom", null);
    byId("zoom-reset").addEventListener("click", () => this.#fit(), { signal });
    this.#root.addEventListener("pointermove", (event) => this.#hover(event), { signal });
    this.#root.addEventListener("pointerleave", () => this.#setHovered(null), { signal });
    this.#root.addEventListener("click", (event) => this.#click(event), { signal });
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.#root);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      select(this.#root).on(".zoom", null);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#recolour(), { signal });
  }

  #recolour(): void {
    const { trace, chains } = this.#replay;
    this.#palette = readPalette(document.documentElement, trace.meta.messageClasses, chains.length);
    this.#stale = true;
  }

  #fit(): void {
    select(this.#root).call(this.#zoom.transform, zoomIdentity);
  }

  get #extent(): Extent {
    const { clientWidth, clientHeight } = this.#root;
    return { width: Math.max(160, clientWidth), height: Math.max(160, clientHeight) };
  }

  #resize(): void {
    for (const surface of [this.#ground, this.#nodes, this.#motion]) surface.resize(this.#extent, devicePixelRatio);
    this.#wanted = this.#arranged();
    this.#from = null;
    this.#followed = null;
    this.#replace(this.#wanted);
  }

  #arranged(): Places {
    this.#arrangement = this.#replay.selection.arrangement;
    return arrange(this.#replay.trace.meta.nodes, this.#replay.selection.arrangement, this.#extent);
  }

  /** Shows other places from now on. */
  #replace(places: Places): void {
    const { k, x, y } = this.#transform;
    this.#places = zoomed(places, { scale: k, x, y });
    this.#anchors = this.#anchorsOf();
    this.#stale = true;
    const { x: xs, y: ys } = this.#places;
    this.#tree = quadtree<number>(
      Array.from(xs.keys()),
      (node) => xs[node] as number,
      (node) => ys[node] as number,
    );
  }

  /** Where each chain's transfers begin and end: at its cluster or, spread over regions, at its first node. */
  #anchorsOf(): ReadonlyMap<string, Point> {
    const { x, y, regions } = this.#places;
    return new Map(
      this.#replay.chains.map(({ name, index, nodes: [first = 0] }) => {
        const cluster = regions.find(({ chain }) => chain === index);
        return [name, cluster ?? { x: x[first] ?? 0, y: y[first] ?? 0 }];
      }),
    );
  }

  #transferAt(event: MouseEvent): DrawnTransfer | null {
    const box = this.#root.getBoundingClientRect();
    const distance = ({ x, y }: Point) => Math.hypot(x - event.clientX + box.x, y - event.clientY + box.y);
    return this.#transfers.find((drawn) => distance(drawn) <= REACH) ?? null;
  }

  #click(event: MouseEvent): void {
    const drawn = this.#transferAt(event);
    if (drawn === null) this.#replay.selection.selectNode(this.#nodeAt(event));
    else this.#replay.selection.selectTransfer(drawn.transfer.number);
  }

  #nodeAt(event: PointerEvent | MouseEvent): number | null {
    const box = this.#root.getBoundingClientRect();
    return (
      this.#tree.find(event.clientX - box.x, event.clientY - box.y, Math.max(REACH, this.#places.nodeRadius + 4)) ??
      null
    );
  }

  #hover(event: PointerEvent): void {
    const drawn = event.buttons === 0 ? this.#transferAt(event) : null;
    this.#setHovered(event.buttons === 0 && drawn === null ? this.#nodeAt(event) : null);
    const box = this.#root.getBoundingClientRect();
    const at = { x: event.clientX - box.x, y: event.clientY - box.y };
    if (drawn === null) this.#tooltip.show(this.#hovered, at, this.#extent);
    else this.#tellTransfer(drawn, at);
  }

  #tellTransfer({ transfer }: DrawnTransfer, at: Point): void {
    const { number, source, destination } = transfer;
    const heading = `Transfer ${number}, ${source} → ${destination}`;
    this.#tooltip.tell([heading, ...stepWords(transfer, this.#replay.clock.nowUs)], at, this.#extent);
  }

  #setHovered(node: number | null): void {
    if (node === null) this.#tooltip.hide();
    if (node === this.#hovered) return;
    this.#hovered = node;
    this.#root.classList.toggle("over-node", node !== null);
    this.#drawnState = null;
  }

  #travel(nowMs: number): void {
    if (this.#arrangement !== this.#replay.selection.arrangement) {
      this.#from = this.#wanted;
      this.#fromMs = nowMs;
      this.#wanted = this.#arranged();
    }
    if (this.#from === null) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const part = still ? 1 : (nowMs - this.#fromMs) / TRAVEL_MS;
    if (part < 1) this.#replace(between(this.#from, this.#wanted, part));
    else {
      this.#from = null;
      this.#followed = null;
      this.#replace(this.#wanted);
    }
  }

  /** Draws what is new since the last frame. */
  draw(nowMs: number): void {
    this.#travel(nowMs);
    this.#follow();
    if (this.#stale) {
      this.#ground.clear();
      drawLinks(this.#ground.context, this.#places, this.#palette);
      drawRegions(this.#ground.context, this.#places, this.#palette);
    }
    this.#drawNodes();
    this.#drawMotion();
    this.#stale = false;
  }

  /** Takes devices that move where they are. */
  #follow(): void {
    const { state, trace, chains } = this.#replay;
    if (state === null || this.#from !== null || state === this.#followed) return;
    this.#followed = state;
    const chainOf = (node: number) => chains.findIndex(({ name }) => name === trace.meta.nodes[node]?.chain);
    const moved = withMotion(this.#wanted, state, trace.meta.nodes, chainOf);
    if (moved !== this.#wanted) this.#replace(moved);
  }

  #drawNodes(): void {
    const { state, lastChange, selection, messages, clock, faults, trace } = this.#replay;
    const drawn = state === null ? null : `${state.timeUs}/${lastChange}/${messages === null}`;
    if (state === null || (drawn === this.#drawnState && !this.#stale)) return;
    this.#drawnState = drawn;
    this.#nodes.clear();
    const { context } = this.#nodes;
    if (messages !== null) {
      const { outcomes } = trace.meta;
      const affected = affectedNodes(messages, faults, { outcomes, timeUs: clock.nowUs });
      drawAffected(context, affected, this.#places, this.#palette);
    }
    drawNodes(context, state, this.#places, this.#palette, this.#kinds);
    const { chain } = this.#replay;
    const next = chain.byTime[blocksFinalAt(chain, clock.nowUs)];
    const emphasis = {
      selected: selection.node,
      hovered: this.#hovered,
      proposer: chain.nodes[next?.proposer ?? -1] ?? -1,
    };
    drawEmphasis(context, this.#places, this.#palette, emphasis);
  }

  #drawMotion(): void {
    const { messages, clock, selection, lastChange, trace } = this.#replay;
    const { transfers } = this.#replay;
    const drawn = [messages, clock.nowUs, lastChange, transfers];
    if (!this.#stale && drawn.every((part, i) => part === this.#drawnMotion[i])) return;
    this.#drawnMotion = drawn;
    if (trace.meta.level !== "full") {
      this.#motion.clear();
      this.#drawTransfers();
      this.#caption.textContent = "This trace holds no messages: it was recorded at level protocol.";
      return;
    }
    if (messages === null) return;
    this.#motion.clear();
    this.#drawTransfers();
    const choice = {
      timeUs: clock.nowUs,
      hiddenClasses: selection.hiddenClasses,
      node: selection.node,
      radioOutcomes: this.#radioOutcomes,
    };
    const shown = this.#messages.draw(this.#motion.context, messages, this.#places, this.#palette, choice);
    const whose = selection.node === null ? "" : ` of ${trace.meta.nodes[selection.node]?.name ?? ""}`;
    this.#caption.textContent = `${shown} message${shown === 1 ? "" : "s"}${whose} under way${messages.cut ? " (more left out)" : ""}`;
  }

  #drawTransfers(): void {
    const { transfers, clock, selection, chains } = this.#replay;
    const timeUs = clock.nowUs;
    const shown = transfersAt(transfers, timeUs, TRANSFER_LINGER_US);
    // Spread over a map, the rootchain is nowhere in particular: transfers go straight.
    const clustered = this.#places.regions.some(({ chain }) => chain !== undefined);
    const root = (clustered ? this.#anchors.get(chains[0]?.name ?? "") : null) ?? null;
    const choice = { timeUs, anchors: this.#anchors, root, chosen: selection.transfer };
    this.#transfers = drawTransfers(this.#motion.context, shown, this.#palette, choice);
  }
}
