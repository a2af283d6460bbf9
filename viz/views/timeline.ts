import { axisBottom, type ScaleLinear, type Selection, scaleLinear, select } from "d3";
import { drawChainCounts } from "../marks/chain-counts.ts";
import { drawCounts } from "../marks/counts.ts";
import { drawFaults } from "../marks/faults.ts";
import type { Replay } from "../model/replay.ts";
import { clockText } from "../model/wording.ts";
import { byId } from "./page.ts";

const AXIS = 20;
/** Room at both ends, so that the first and the last label stay inside. */
const INSET = 12;
/** Space between two labels of the axis, at least. */
const LABEL = 90;

/** The whole run at a glance, and the scrub bar. */
export class Timeline {
  readonly #replay: Replay;
  readonly #root = byId("timeline");
  readonly #svg = select(byId<SVGSVGElement>("timeline-svg"));
  #x: ScaleLinear<number, number> = scaleLinear();
  #height = 0;
  #drawnUs = -1;
  #chainCounts: Selection<SVGGElement, unknown, null, undefined> | null = null;
  #drawnChain = -1;

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    this.#root.setAttribute("aria-valuemax", String(replay.clock.untilUs / 1e6));
    this.#root.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#root.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    this.#root.addEventListener("keydown", (event) => this.#key(event), { signal });
    const observer = new ResizeObserver(() => this.#layOut());
    observer.observe(this.#root);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#layOut();
  }

  #grab(event: PointerEvent): void {
    this.#root.setPointerCapture(event.pointerId);
    this.#seekTo(event);
  }

  #drag(event: PointerEvent): void {
    if (this.#root.hasPointerCapture(event.pointerId)) this.#seekTo(event);
  }

  #seekTo(event: PointerEvent): void {
    this.#replay.seek(this.#x.invert(event.clientX - this.#root.getBoundingClientRect().x));
  }

  /** Keys that a slider has by convention; a hundredth of the run for a page. */
  #key(event: KeyboardEvent): void {
    const { clock } = this.#replay;
    const targets: Readonly<Record<string, number>> = {
      PageUp: clock.nowUs + clock.untilUs / 100,
      PageDown: clock.nowUs - clock.untilUs / 100,
      Home: 0,
      End: clock.untilUs,
    };
    const target = Object.hasOwn(targets, event.key) ? targets[event.key] : undefined;
    if (target === undefined) return;
    event.preventDefault();
    this.#replay.seek(target);
  }

  #layOut(): void {
    const { clientWidth: width, clientHeight } = this.#root;
    this.#height = clientHeight - AXIS;
    this.#x = scaleLinear([0, this.#replay.clock.untilUs], [INSET, width - INSET]);
    this.#svg.selectAll("*").remove();
    this.#svg.attr("viewBox", `0 0 ${width} ${clientHeight}`);
    const box = { x: INSET, y: 0, width: Math.max(1, width - 2 * INSET), height: this.#height };
    const background = this.#svg.append("rect").attr("class", "background");
    for (const [name, value] of Object.entries(box)) background.attr(name, value);
    drawFaults(this.#svg.append("g"), this.#replay.faults, this.#x, this.#height);
    drawCounts(this.#svg.append("g"), this.#replay.overview, this.#x, this.#height);
    this.#chainCounts = this.#svg.append("g").attr("class", "count-chain");
    this.#drawChain();
    this.#drawAxis(width);
    this.#svg.append("rect").attr("class", "played").attr("x", INSET).attr("height", this.#height);
    const playhead = this.#svg.append("g").attr("class", "playhead");
    playhead.append("line").attr("y1", 0).attr("y2", this.#height);
    playhead.append("path").attr("d", "M-6,-4H6V2L0,8L-6,2Z");
    this.#drawnUs = -1;
    this.draw();
  }

  /** What the shown chain took in, below the counts of the whole run. */
  #drawChain(): void {
    const { chain, chains } = this.#replay;
    this.#drawnChain = chain.index;
    if (chains.length < 2 || this.#chainCounts === null) return;
    drawChainCounts(this.#chainCounts, chain, {
      x: this.#x,
      untilUs: this.#replay.clock.untilUs,
      height: this.#height,
    });
  }

  #drawAxis(width: number): void {
    const seconds = scaleLinear([0, this.#replay.clock.untilUs / 1e6], this.#x.range());
    const axis = axisBottom(seconds)
      .ticks(Math.max(2, Math.floor(width / LABEL)))
      .tickFormat((value) => clockText(Number(value) * 1e6).replace(/\.000$/, ""));
    this.#svg.append("g").attr("class", "axis").attr("transform", `translate(0,${this.#height})`).call(axis);
  }

  /** Moves the playhead. */
  draw(): void {
    if (this.#drawnChain !== this.#replay.chain.index) this.#drawChain();
    const { nowUs } = this.#replay.clock;
    if (nowUs === this.#drawnUs) return;
    this.#drawnUs = nowUs;
    const x = this.#x(nowUs);
    this.#svg.select(".playhead").attr("transform", `translate(${x},0)`);
    this.#svg.select(".played").attr("width", Math.max(0, x - INSET));
    this.#root.setAttribute("aria-valuenow", String(nowUs / 1e6));
    this.#root.setAttribute("aria-valuetext", clockText(nowUs));
  }
}
