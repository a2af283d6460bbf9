import { Address } from "../controls/address.ts";
import { listenToKeys } from "../controls/keyboard.ts";
import { Transport } from "../controls/transport.ts";
import type { Replay } from "../model/replay.ts";
import { BlockStrip } from "./block-strip.ts";
import { ChainRows } from "./chain-rows.ts";
import { Condition } from "./condition.ts";
import { HeightPanel } from "./height-panel.ts";
import { NodePanel } from "./node-panel.ts";
import { byId } from "./page.ts";
import { Stage } from "./stage.ts";
import { Timeline } from "./timeline.ts";
import { TransferPanel } from "./transfer-panel.ts";

/** Everything that shows one open run, until `stop`. */
export class Player {
  readonly #replay: Replay;
  readonly #stopped = new AbortController();
  readonly #views: readonly { draw(nowMs: number): void }[];
  readonly #instrument = byId("instrument");
  #lastMs: number | null = null;

  constructor(replay: Replay) {
    this.#replay = replay;
    const { signal } = this.#stopped;
    // First, because it moves to the moment and the selection that the link names.
    const address = new Address(replay, signal);
    listenToKeys(replay, signal);
    this.#views = [
      // Before what shares the page's height with them.
      new ChainRows(replay, signal),
      new TransferPanel(replay),
      new Stage(replay, signal),
      new Timeline(replay, signal),
      new BlockStrip(replay, signal),
      new NodePanel(replay, signal),
      new HeightPanel(replay, signal),
      new Transport(replay, signal),
      address,
      new Condition(replay),
    ];
    requestAnimationFrame((nowMs) => this.#frame(nowMs));
  }

  stop(): void {
    this.#stopped.abort();
  }

  #frame(nowMs: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#replay.tick(nowMs - (this.#lastMs ?? nowMs));
    this.#lastMs = nowMs;
    for (const view of this.#views) view.draw(nowMs);
    this.#instrument.ariaBusy = String(this.#replay.loading);
    requestAnimationFrame((nextMs) => this.#frame(nextMs));
  }
}
