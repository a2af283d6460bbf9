import { select } from "d3";
import type { TraceBlock } from "../../sim/trace/reader.ts";
import { drawVotes } from "../marks/votes.ts";
import type { HeightStory } from "../model/height-story.ts";
import type { Replay } from "../model/replay.ts";
import { clockText, durationText, shortHash, sizeText } from "../model/wording.ts";
import { byId, definitions, element } from "./page.ts";

const NARROWEST = 300;

/** How the shown height was decided: its block, and each member's part. */
export class HeightPanel {
  readonly #replay: Replay;
  readonly #title = byId("height-title");
  readonly #root = byId("height-state");
  readonly #follow = byId<HTMLButtonElement>("height-follow");
  readonly #votes = byId<SVGSVGElement>("votes");
  #drawn = "";

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    const toggle = () => replay.selection.selectHeight(replay.selection.height === null ? replay.height : null);
    this.#follow.addEventListener("click", toggle, { signal });
    const observer = new ResizeObserver(() => {
      this.#drawn = "";
    });
    observer.observe(this.#root);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Shows the height, if another one or its story is new. */
  draw(): void {
    const { height, story, selection, chain, chains } = this.#replay;
    const drawn = [chain.index, height, story !== null, selection.height].join("/");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#title.textContent = chains.length > 1 ? `${chain.name}, height ${height}` : `Height ${height}`;
    this.#follow.setAttribute("aria-pressed", String(selection.height === null));
    // The story before stays until the new one is there: no flicker while playing.
    if (story !== null) this.#tell(story);
  }

  #tell(story: HeightStory): void {
    const names = this.#replay.trace.meta.nodes.map((node) => node.name);
    const list = element("dl", "state");
    const terms =
      story.blocks.length === 0 ? this.#undecided(story) : story.blocks.flatMap((block) => this.#block(block, names));
    list.append(...definitions(terms));
    if (story.followers > 0)
      list.append(...definitions([["Followed by", `${story.followers} nodes outside the committee`]]));
    this.#root.replaceChildren(list);
    const width = Math.max(NARROWEST, this.#root.clientWidth);
    const selectNode = (node: number) => this.#replay.selection.selectNode(node);
    drawVotes(select(this.#votes), story, { names, width, select: selectNode });
    this.#votes.setAttribute("aria-label", describe(story, names));
  }

  #undecided(story: HeightStory): readonly (readonly [string, string])[] {
    return [["Block", `none was final by ${clockText(story.toUs)}`]];
  }

  #block(block: TraceBlock, names: readonly string[]): readonly (readonly [string, string | Node])[] {
    const { nodes } = this.#replay.chain;
    const name = (node: number) => names[node] ?? `node ${node}`;
    const delegate = (seat: number) => name(nodes[seat] ?? seat);
    const committee = element("span", "", `${block.committee.length} members`);
    committee.title = block.committee.map(delegate).join(", ");
    const hash = element("span", "hash", shortHash(block.hash));
    hash.title = block.hash;
    return [
      ["Block", hash],
      ["Proposer", delegate(block.proposer)],
      ["Committee", committee],
      ["Decided in", `view ${block.view}`],
      ["Final", `${clockText(block.finalizedUs)} (first at ${name(block.finalizedBy)})`],
      [
        "Finality",
        block.finalizedUs >= block.timeUs ? `${durationText(block.finalizedUs - block.timeUs)} after its time` : "",
      ],
      ["Certificate", `${block.signers.length} of ${block.committee.length} members`],
      ["Content", `${block.transactions} transactions, ${sizeText(block.sizeBytes)}`],
    ];
  }
}

/** @returns the votes in words, for those who do not see the drawing */
function describe(story: HeightStory, names: readonly string[]): string {
  const seats = story.seats.map((seat) => {
    const parts = [names[seat.node] ?? `node ${seat.node}`];
    if (seat.proposed) parts.push("proposed");
    if (seat.prepared.length > 0) parts.push("prepared");
    if (seat.committed) parts.push("committed");
    if (seat.finalUs !== null) parts.push(`final by ${seat.finalBy}`);
    return parts.join(" ");
  });
  return `Votes of height ${story.height}: ${seats.join("; ")}`;
}
