import type { Arrangement } from "./deep-link.ts";

/** What the viewer's user picked; `changed` tells whoever draws. */
export class Selection {
  readonly #changed: () => void;
  #node: number | null = null;
  #chain = 0;
  #height: number | null = null;
  #transfer: number | null = null;
  #arrangement: Arrangement = "map";
  readonly #hiddenClasses = new Set<number>();

  /** @param changed called after every change */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The node whose state is shown, or null. */
  get node(): number | null {
    return this.#node;
  }

  /** Number of the chain whose blocks are shown. */
  get chain(): number {
    return this.#chain;
  }

  /** Number of the transfer whose steps are shown, or null. */
  get transfer(): number | null {
    return this.#transfer;
  }

  /** The height whose votes are shown; null follows the moment. */
  get height(): number | null {
    return this.#height;
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  /** Message classes that are not drawn. */
  get hiddenClasses(): ReadonlySet<number> {
    return this.#hiddenClasses;
  }

  selectNode(node: number | null): void {
    if (node === this.#node) return;
    this.#node = node;
    this.#changed();
  }

  /** Shows a chain, and a height of it or, for null, the one of the moment. */
  selectChain(chain: number, height: number | null = null): void {
    if (chain === this.#chain && height === this.#height) return;
    this.#chain = chain;
    this.#height = height;
    this.#changed();
  }

  selectTransfer(transfer: number | null): void {
    if (transfer === this.#transfer) return;
    this.#transfer = transfer;
    this.#changed();
  }

  selectHeight(height: number | null): void {
    if (height === this.#height) return;
    this.#height = height;
    this.#changed();
  }

  arrange(arrangement: Arrangement): void {
    if (arrangement === this.#arrangement) return;
    this.#arrangement = arrangement;
    this.#changed();
  }

  showClass(messageClass: number, shown: boolean): void {
    if (shown) this.#hiddenClasses.delete(messageClass);
    else this.#hiddenClasses.add(messageClass);
    this.#changed();
  }
}
