import { parseDeepLink } from "../model/deep-link.ts";
import type { Replay } from "../model/replay.ts";

/** Browsers refuse to change the address more often than about a hundred times in ten seconds. */
const PERIOD_MS = 300;

/** Keeps the page's address equal to what is shown, so that it can be passed on at any moment. */
export class Address {
  readonly #replay: Replay;
  #writtenMs = 0;

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    replay.follow(parseDeepLink(location.hash));
    addEventListener("hashchange", () => replay.follow(parseDeepLink(location.hash)), { signal });
  }

  /** @param nowMs of the frame */
  draw(nowMs: number): void {
    if (nowMs - this.#writtenMs < PERIOD_MS) return;
    const { link } = this.#replay;
    if (link === location.hash) return;
    this.#writtenMs = nowMs;
    history.replaceState(null, "", link);
  }
}
