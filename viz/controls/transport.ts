import { ARRANGEMENTS } from "../model/deep-link.ts";
import type { Replay } from "../model/replay.ts";
import { clockText } from "../model/wording.ts";
import { byId } from "../views/page.ts";

const PLAY_ICON = "M6 3.5v13L16.5 10z";
const PAUSE_ICON = "M5 4h3.6v12H5zM11.4 4H15v12h-3.6z";

/** Buttons and the speed slider below the timeline. */
export class Transport {
  readonly #replay: Replay;
  readonly #play = byId<HTMLButtonElement>("play");
  readonly #icon = byId<SVGPathElement>("play-icon");
  readonly #clock = byId<HTMLOutputElement>("clock");
  readonly #speed = byId<HTMLInputElement>("speed");
  readonly #speedText = byId<HTMLOutputElement>("speed-text");
  readonly #arrangements = ARRANGEMENTS.map((name) => ({ name, button: byId<HTMLButtonElement>(`arrange-${name}`) }));
  readonly #faults = byId("active-faults");
  #drawn: readonly unknown[] = [];

  constructor(replay: Replay, signal: AbortSignal) {
    this.#replay = replay;
    this.#play.addEventListener("click", () => replay.togglePlay(), { signal });
    byId("step-back").addEventListener("click", () => void replay.step(-1), { signal });
    byId("step-forward").addEventListener("click", () => void replay.step(1), { signal });
    // The slider's scale is logarithmic: its value is the power of ten.
    this.#speed.addEventListener("input", () => this.#setSpeed(10 ** Number(this.#speed.value)), { signal });
    for (const { name, button } of this.#arrangements) {
      button.addEventListener("click", () => replay.selection.arrange(name), { signal });
    }
    byId("arrange-chains").hidden = replay.chains.length < 2;
  }

  #setSpeed(speed: number): void {
    this.#replay.clock.speed = Number(speed.toPrecision(2));
  }

  /** Shows moment, speed and what is pressed. */
  draw(): void {
    const { clock, selection, faults } = this.#replay;
    const active = faults
      .filter((span) => span.fromUs <= clock.nowUs && clock.nowUs < span.toUs)
      .map((span) => span.name);
    const drawn = [clock.nowUs, clock.playing, clock.speed, selection.arrangement, active.join()];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    const [, , , , before] = this.#drawn;
    this.#drawn = drawn;
    this.#clock.textContent = clockText(clock.nowUs);
    this.#icon.setAttribute("d", clock.playing ? PAUSE_ICON : PLAY_ICON);
    this.#play.setAttribute("aria-label", clock.playing ? "Pause" : "Play");
    this.#speed.value = String(Math.log10(clock.speed));
    this.#speed.setAttribute("aria-valuetext", `${clock.speed} times`);
    this.#speedText.textContent = `${clock.speed}×`;
    for (const { name, button } of this.#arrangements) {
      button.setAttribute("aria-pressed", String(selection.arrangement === name));
    }
    if (active.join() !== before) this.#showFaults(active);
  }

  #showFaults(names: readonly string[]): void {
    const items = names.map((name) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    });
    this.#faults.replaceChildren(...items);
  }
}
