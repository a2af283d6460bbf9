import { type BlockCell, drawBlock } from "../marks/blocks.ts";
import { heightAt } from "../model/height-story.ts";
import type { Replay } from "../model/replay.ts";
import { byId, element } from "./page.ts";

/** Width of a block and the link before it, in pixels. */
const STEP = 68;

/** The chain as a strip of blocks around the shown height; a block selects its height. */
export class BlockStrip {
  readonly #replay: Replay;
  readonly #root = byId("blocks");
  #buttons: HTMLButtonElement[] = [];
  #drawn = "";

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    this.#root.replaceChildren();
    this.#root.addEventListener("click", (event) => this.#click(event), { signal });
    this.#root.addEventListener("wheel", (event) => this.#scroll(event), { signal, passive: true });
  }

  #click(event: MouseEvent): void {
    const button = (event.target as Element).closest("button");
    const height = Number(button?.dataset.height);
    if (button === null) return;
    const { selection } = this.#replay;
    selection.selectHeight(selection.height === height ? null : height);
  }

  #scroll(event: WheelEvent): void {
    const { selection, height } = this.#replay;
    const next = height + Math.sign(event.deltaX || event.deltaY);
    if (next >= this.#first && next <= this.#last) selection.selectHeight(next);
  }

  get #first(): number {
    return this.#replay.chain.blocks[0]?.height ?? 1;
  }

  /** One above the highest final block: the height left open. */
  get #last(): number {
    return (this.#replay.chain.blocks.at(-1)?.height ?? 0) + 1;
  }

  /** Shows the blocks around the shown height. */
  draw(): void {
    const count = Math.max(1, Math.floor((this.#root.clientWidth - 6) / STEP));
    const now = heightAt(this.#replay.chain.blocks, this.#replay.clock.nowUs);
    const { height } = this.#replay;
    const first = Math.max(this.#first, Math.min(height - Math.floor(count / 2), this.#last - count + 1));
    const last = Math.min(this.#last, first + count - 1);
    const drawn = [this.#replay.chain.index, count, now, height, first, this.#replay.selection.height].join("/");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#resize(last - first + 1);
    this.#buttons.forEach((button, i) => {
      button.dataset.height = String(first + i);
      drawBlock(button, this.#cell(first + i, now, height));
    });
  }

  #cell(height: number, now: number, shown: number): BlockCell {
    const blocks = this.#replay.chain.blocks.filter((block) => block.height === height);
    return { height, blocks, selected: height === shown, reached: height < now };
  }

  #resize(count: number): void {
    while (this.#buttons.length > count) this.#buttons.pop()?.remove();
    while (this.#buttons.length < count) {
      const button = element("button", "block");
      button.type = "button";
      this.#buttons.push(button);
      this.#root.append(button);
    }
  }
}
