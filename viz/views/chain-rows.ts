import { chainColour } from "../marks/chain-colour.ts";
import { blockNear, CHAIN_ROW, drawChainRow, type RowWindow } from "../marks/chain-row.ts";
import { type Palette, readPalette } from "../marks/palette.ts";
import { Surface } from "../marks/surface.ts";
import { blocksFinalAt, type Chain } from "../model/chains.ts";
import type { Replay } from "../model/replay.ts";
import { clockText } from "../model/wording.ts";
import { byId, element } from "./page.ts";

/** Width of a usual block interval of the rootchain, in pixels. */
const INTERVAL = 22;

/** A row of blocks for each chain, around the present moment; hidden for a single chain, which the strip below shows alone. */
export class ChainRows {
  readonly #replay: Replay;
  readonly #root = byId("chain-rows");
  readonly #names = byId("chain-names");
  readonly #canvas = byId<HTMLCanvasElement>("chain-blocks");
  readonly #surface = new Surface(this.#canvas);
  readonly #buttons: readonly HTMLButtonElement[];
  #palette: Palette;
  #drawn = "";

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    this.#palette = this.#readPalette();
    const many = replay.chains.length > 1;
    this.#root.hidden = !many;
    byId("instrument").classList.toggle("many-chains", many);
    this.#buttons = replay.chains.map((chain) => this.#nameButton(chain));
    this.#names.replaceChildren(...(many ? this.#buttons : []));
    this.#canvas.addEventListener("click", (event) => this.#click(event), { signal });
    this.#canvas.addEventListener("pointermove", (event) => this.#hover(event), { signal });
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.#names.parentElement as Element);
    signal.addEventListener("abort", () => observer.disconnect());
    const recolour = () => {
      this.#palette = this.#readPalette();
      this.#drawn = "";
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal });
    this.#resize();
  }

  #readPalette(): Palette {
    return readPalette(document.documentElement, [], this.#replay.chains.length);
  }

  #nameButton(chain: Chain): HTMLButtonElement {
    const button = element("button", "chain-name");
    button.type = "button";
    const mark = element("span", "swatch");
    mark.style.setProperty("--swatch", chainColour(chain.index));
    button.append(mark, element("span", "chain-label", chain.name), element("span", "chain-height", ""));
    button.title = chain.name;
    button.addEventListener("click", () => this.#replay.selection.selectChain(chain.index));
    return button;
  }

  #resize(): void {
    const width = Math.max(1, (this.#names.parentElement?.clientWidth ?? 0) - this.#names.offsetWidth);
    const height = this.#replay.chains.length * CHAIN_ROW;
    this.#canvas.style.setProperty("width", `${width}px`);
    this.#canvas.style.setProperty("height", `${height}px`);
    this.#surface.resize({ width, height }, devicePixelRatio);
    this.#drawn = "";
  }

  #windowOf(chain: Chain): RowWindow {
    const { chains, clock, selection, height } = this.#replay;
    const { width } = this.#surface.extent;
    const halfUs = ((chains[0]?.intervalUs ?? 1) * width) / INTERVAL / 2;
    const shown = selection.height !== null && selection.chain === chain.index ? height : null;
    return { fromUs: clock.nowUs - halfUs, toUs: clock.nowUs + halfUs, width, nowUs: clock.nowUs, height: shown };
  }

  #blockAt(event: MouseEvent) {
    const chain = this.#replay.chains[Math.floor(event.offsetY / CHAIN_ROW)];
    const block = chain === undefined ? null : blockNear(chain, this.#windowOf(chain), event.offsetX + INTERVAL / 3);
    return chain === undefined || block === null ? null : { chain, block };
  }

  #click(event: MouseEvent): void {
    const found = this.#blockAt(event);
    if (found !== null) this.#replay.selection.selectChain(found.chain.index, found.block.height);
  }

  #hover(event: MouseEvent): void {
    const found = this.#blockAt(event);
    this.#canvas.classList.toggle("over-block", found !== null);
    const about = found?.block;
    this.#canvas.title =
      about === undefined
        ? ""
        : `${about.chain} block ${about.height}, final at ${clockText(about.finalizedUs)}, ${about.transactions} transactions`;
  }

  /** Shows the rows, if the moment or the choice is another. */
  draw(): void {
    const { chains, clock, selection } = this.#replay;
    if (chains.length < 2) return;
    const drawn = [clock.nowUs, selection.chain, selection.height].join("/");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#surface.clear();
    const { context, extent } = this.#surface;
    for (const chain of chains) {
      this.#name(chain);
      const top = chain.index * CHAIN_ROW;
      drawChainRow(context, chain, this.#palette, { window: this.#windowOf(chain), top });
    }
    context.fillStyle = this.#palette.accent;
    context.fillRect(Math.round(extent.width / 2), 0, 1.5, extent.height);
  }

  #name(chain: Chain): void {
    const button = this.#buttons[chain.index];
    const final = chain.byTime[blocksFinalAt(chain, this.#replay.clock.nowUs) - 1]?.height ?? 0;
    const label = button?.querySelector(".chain-height");
    if (button === undefined || label === null || label === undefined) return;
    if (label.textContent !== String(final)) label.textContent = String(final);
    button.setAttribute("aria-pressed", String(this.#replay.selection.chain === chain.index));
  }
}
