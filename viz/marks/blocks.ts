import type { TraceBlock } from "../../sim/trace/reader.ts";
import { clockText, shortHash, sizeText } from "../model/wording.ts";

/** One height of the strip. */
export interface BlockCell {
  readonly height: number;
  /** Final blocks of the height: none while it is being decided, two or more are a fork. */
  readonly blocks: readonly TraceBlock[];
  readonly selected: boolean;
  /** Whether the block is final at the present moment. */
  readonly reached: boolean;
}

/** @returns what a cell tells, in words */
function blockText({ height, blocks }: BlockCell): string {
  const [block] = blocks;
  if (block === undefined) return `Block ${height}, not final in this run`;
  const fork = blocks.length > 1 ? `FORK of ${blocks.length} blocks, ` : "";
  const facts = `${block.transactions} transactions, ${sizeText(block.sizeBytes)}, ${shortHash(block.hash)}`;
  return `Block ${height}, ${fork}view ${block.view}, final at ${clockText(block.finalizedUs)}, ${facts}`;
}

/** Fills a button with a block: its height, a mark for a later view, and how full it is. */
export function drawBlock(button: HTMLButtonElement, cell: BlockCell): void {
  const [block] = cell.blocks;
  const view = block?.view ?? 0;
  button.className = "block";
  button.classList.toggle("reached", cell.reached);
  button.classList.toggle("late", view > 0);
  button.classList.toggle("fork", cell.blocks.length > 1);
  button.classList.toggle("open", block === undefined);
  button.setAttribute("aria-pressed", String(cell.selected));
  button.title = blockText(cell);
  const word = document.createElement("span");
  word.className = "offscreen";
  word.textContent = "Block ";
  const number = document.createElement("span");
  number.className = "block-height";
  number.textContent = String(cell.height);
  const note = document.createElement("span");
  note.className = "block-note";
  note.textContent =
    cell.blocks.length > 1 ? "fork" : view > 0 ? `view ${view}` : block ? `${block.transactions} tx` : "open";
  button.replaceChildren(word, number, note);
}
