import type { MessageTable, Overview, StateTable, Trace, TraceBlock, TraceEvent } from "../../sim/trace/reader.ts";
import { type Chain, chainsOf } from "./chains.ts";
import { type DeepLink, formatDeepLink } from "./deep-link.ts";
import { type HeightStory, heightAt, heightStory } from "./height-story.ts";
import { Latest } from "./latest.ts";
import { MessageWindow, segmentLengthUs } from "./message-window.ts";
import { lastEvents } from "./node-events.ts";
import { PlaybackClock } from "./playback-clock.ts";
import { type FaultSpan, faultSpans } from "./run-history.ts";
import { Selection } from "./selection.ts";
import { stepMoment } from "./step.ts";
import { readTransfers, type Transfer } from "./transfers.ts";

/** Buckets of the overview drawn; also what the busiest moment is measured by. */
const OVERVIEW_BUCKETS = 1024;
/** While playing, observed state is asked for this often at most. */
const STATE_PERIOD_MS = 50;
const FINEST_BUCKETS = 4096;
const NO_TRANSFERS: readonly Transfer[] = [];

/** What is read once, when a trace is opened. */
interface Outline {
  readonly overview: Overview;
  readonly blocks: readonly TraceBlock[];
  readonly faults: readonly FaultSpan[];
  readonly segmentUs: number;
}

/** A trace being replayed: a moment that moves, and what is known of it. Seeking and playing end in the same picture. */
export class Replay {
  readonly trace: Trace;
  readonly overview: Overview;
  readonly blocks: readonly TraceBlock[];
  /** The rootchain first. */
  readonly chains: readonly Chain[];
  readonly faults: readonly FaultSpan[];
  readonly clock: PlaybackClock;
  readonly selection: Selection;
  readonly #messages: MessageWindow;
  readonly #state: Latest<number, StateTable>;
  readonly #story: Latest<string, HeightStory>;
  readonly #transfers: Latest<"all", readonly Transfer[]>;
  readonly #nodeEvents: Latest<string, readonly TraceEvent[]>;
  readonly #failed: (error: unknown) => void;
  #sinceStateMs = 0;
  #lastChange = 0;

  private constructor(trace: Trace, outline: Outline, failed: (error: unknown) => void) {
    this.trace = trace;
    this.overview = outline.overview;
    this.blocks = outline.blocks;
    this.chains = chainsOf(trace.meta.nodes, outline.blocks);
    this.faults = outline.faults;
    this.clock = new PlaybackClock(trace.untilUs);
    this.selection = new Selection(() => this.#refresh());
    this.#failed = failed;
    this.#messages = new MessageWindow(trace, outline.segmentUs, failed);
    this.#state = new Latest((timeUs) => trace.stateAt(timeUs), failed);
    this.#story = new Latest((key) => this.#loadStory(key), failed);
    this.#transfers = new Latest((_: "all") => readTransfers(trace), failed);
    this.#nodeEvents = new Latest((key) => this.#loadNodeEvents(key), failed);
  }

  /** Reads a trace's outline. @param failed hears of parts that could not be read later */
  static async open(trace: Trace, failed: (error: unknown) => void): Promise<Replay> {
    const [overview, finest, blocks, faults] = await Promise.all([
      trace.overview(OVERVIEW_BUCKETS),
      trace.overview(FINEST_BUCKETS),
      trace.blocks(),
      faultSpans(trace),
    ]);
    const replay = new Replay(trace, { overview, blocks, faults, segmentUs: segmentLengthUs(finest) }, failed);
    // By chain is the picture of a world of chains; one chain is best seen where its nodes stand.
    if (replay.chains.length > 1) replay.selection.arrange("chains");
    if (replay.chains.length > 1) replay.#transfers.request("all");
    replay.#refresh();
    return replay;
  }

  /** Counts changes of the selection and jumps, for views that draw only what is new. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** Messages around the moment, or null while they are being loaded. */
  get messages(): MessageTable | null {
    return this.#messages.tableAt(this.clock.nowUs);
  }

  /** Observed state of all nodes at the moment or, while playing, shortly before it. */
  get state(): StateTable | null {
    return this.#state.value;
  }

  /** The chain whose blocks are shown. */
  get chain(): Chain {
    return (this.chains[this.selection.chain] ?? this.chains[0]) as Chain;
  }

  /** All transfers between chains by their beginning; none while they are being read. */
  get transfers(): readonly Transfer[] {
    return this.#transfers.value ?? NO_TRANSFERS;
  }

  /** The height whose votes are shown. */
  get height(): number {
    return this.selection.height ?? heightAt(this.chain.blocks, this.clock.nowUs);
  }

  /** How the shown height was decided, or null while that is being loaded. */
  get story(): HeightStory | null {
    return this.#story.key === this.#storyKey ? this.#story.value : null;
  }

  /** The selected node's last events, latest first. */
  get nodeEvents(): readonly TraceEvent[] {
    const { node } = this.selection;
    const own = node !== null && this.#nodeEvents.key?.startsWith(`${node}@`) === true;
    return own ? (this.#nodeEvents.value ?? []) : [];
  }

  /** Whether anything about the present moment is still being read. */
  get loading(): boolean {
    const { loading } = this.#transfers;
    return loading || this.messages === null || this.#state.loading || this.#story.loading || this.#nodeEvents.loading;
  }

  /** A link to what is shown now. */
  get link(): string {
    const { node, height, arrangement } = this.selection;
    const chain = this.chain.index === 0 ? null : this.chain.name;
    return formatDeepLink({ timeUs: this.clock.nowUs, node, chain, height, speed: this.clock.speed, arrangement });
  }

  /** Shows what a link names. */
  follow(link: DeepLink): void {
    const known = link.node !== null && link.node < this.trace.meta.nodes.length;
    if (link.speed !== null) this.clock.speed = link.speed;
    if (link.arrangement !== null) this.selection.arrange(link.arrangement);
    this.selection.selectNode(known ? link.node : null);
    const chain = this.chains.find(({ name }) => name === link.chain) ?? this.chains[0];
    this.selection.selectChain(chain?.index ?? 0, link.height);
    if (link.timeUs !== null) this.seek(link.timeUs);
  }

  /** Starts or stops; a stopped replay shows the state of exactly its moment. */
  togglePlay(): void {
    if (this.clock.playing) this.clock.pause();
    else this.clock.play();
    this.#refresh();
  }

  /** Jumps to a moment. */
  seek(timeUs: number): void {
    this.clock.seek(timeUs);
    this.#refresh();
  }

  /**
   * Lets time pass. Playing waits for messages that are still being loaded, as a film does.
   *
   * @param wallMs since the last frame
   */
  tick(wallMs: number): void {
    if (!this.clock.playing || this.messages === null) return;
    this.clock.advance(wallMs);
    this.#sinceStateMs += wallMs;
    if (this.#sinceStateMs < STATE_PERIOD_MS && this.clock.playing) return;
    this.#refresh();
  }

  /** Goes to the next (+1) or previous (−1) event of the selected node, or of the run. */
  async step(direction: 1 | -1): Promise<void> {
    this.clock.pause();
    const { trace, blocks } = this;
    const fromUs = this.clock.nowUs;
    try {
      this.seek(await stepMoment({ trace, blocks, fromUs, direction, node: this.selection.node }));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Resolves once everything about the present moment is there. */
  async settled(): Promise<void> {
    const loads = [this.#state.settled(), this.#story.settled(), this.#nodeEvents.settled(), this.#transfers.settled()];
    await Promise.all([this.#messages.load(this.clock.nowUs), ...loads]);
  }

  #refresh(): void {
    this.#lastChange += 1;
    this.#sinceStateMs = 0;
    const { nowUs } = this.clock;
    const { node } = this.selection;
    this.#state.request(nowUs);
    this.#story.request(this.#storyKey);
    if (node !== null) this.#nodeEvents.request(`${node}@${nowUs}`);
  }

  get #storyKey(): string {
    return `${this.chain.index}@${this.height}`;
  }

  #loadStory(key: string): Promise<HeightStory> {
    const [index, height] = key.split("@").map(Number) as [number, number];
    return heightStory(this.trace, this.chains[index] as Chain, height);
  }

  #loadNodeEvents(key: string): Promise<readonly TraceEvent[]> {
    const [node, timeUs] = key.split("@").map(Number) as [number, number];
    return lastEvents(this.trace, node, timeUs);
  }
}
