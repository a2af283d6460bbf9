import type { Extent } from "../model/arrange.ts";

/** A canvas layer that keeps its resolution equal to the screen's. */
export class Surface {
  readonly context: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;
  #extent: Extent = { width: 0, height: 0 };

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.#canvas = canvas;
    this.context = context;
  }

  /** Size in CSS pixels, which is what marks draw in. */
  get extent(): Extent {
    return this.#extent;
  }

  /** @param ratio device pixels in a CSS pixel */
  resize(extent: Extent, ratio: number): void {
    this.#extent = extent;
    this.#canvas.width = Math.round(extent.width * ratio);
    this.#canvas.height = Math.round(extent.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  clear(): void {
    this.context.clearRect(0, 0, this.#extent.width, this.#extent.height);
  }
}
