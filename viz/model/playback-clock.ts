/** Simulated seconds for each second that passes at the viewer. */
export const SPEEDS: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** A gap between two frames counts as this much at most: a page that was hidden resumes where it stopped. */
const MAX_FRAME_MS = 100;

/** The moment shown, and how it moves on. */
export class PlaybackClock {
  readonly untilUs: number;
  #nowUs = 0;
  #playing = false;
  #speed = 1;

  /** @param untilUs end of the recorded time */
  constructor(untilUs: number) {
    this.untilUs = untilUs;
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Any speed within the range of SPEEDS. */
  set speed(speed: number) {
    const [slowest, fastest] = [SPEEDS[0] as number, SPEEDS.at(-1) as number];
    this.#speed = Math.min(fastest, Math.max(slowest, speed));
  }

  /** Jumps to a moment, held within the run. */
  seek(timeUs: number): void {
    this.#nowUs = Math.min(this.untilUs, Math.max(0, Math.round(timeUs)));
  }

  /** Starts, from the beginning when the end was reached. */
  play(): void {
    if (this.#nowUs >= this.untilUs) this.#nowUs = 0;
    this.#playing = true;
  }

  pause(): void {
    this.#playing = false;
  }

  /** To the next faster (+1) or slower (−1) of SPEEDS. */
  changeSpeed(direction: 1 | -1): void {
    const faster = SPEEDS.find((speed) => speed > this.#speed * 1.001);
    const slower = SPEEDS.findLast((speed) => speed < this.#speed * 0.999);
    this.speed = (direction > 0 ? faster : slower) ?? this.#speed;
  }

  /** Lets time pass while playing. @param wallMs since the last frame */
  advance(wallMs: number): void {
    if (!this.#playing) return;
    this.seek(this.#nowUs + Math.min(MAX_FRAME_MS, wallMs) * 1000 * this.#speed);
    if (this.#nowUs >= this.untilUs) this.#playing = false;
  }
}
