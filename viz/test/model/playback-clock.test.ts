import { expect, test } from "vitest";
import { PlaybackClock, SPEEDS } from "../../model/playback-clock.ts";

test("time moves by wall time and speed, and stays within the run", () => {
  const clock = new PlaybackClock(10_000_000);
  clock.advance(50);
  expect(clock.nowUs).toBe(0);
  clock.play();
  clock.speed = 2;
  clock.advance(50);
  expect(clock.nowUs).toBe(100_000);
  clock.seek(-5);
  expect(clock.nowUs).toBe(0);
  clock.seek(99_000_000);
  expect(clock.nowUs).toBe(10_000_000);
});

test("a page that was hidden for an hour goes on where it stopped", () => {
  const clock = new PlaybackClock(10_000_000);
  clock.play();
  clock.advance(3_600_000);
  expect(clock.nowUs).toBe(100_000);
});

test("faster and slower go through all speeds and stop at both ends", () => {
  const clock = new PlaybackClock(1);
  clock.speed = 0;
  const up = SPEEDS.map(() => {
    const { speed } = clock;
    clock.changeSpeed(1);
    return speed;
  });
  expect(up).toEqual(SPEEDS);
  expect(clock.speed).toBe(100);
  clock.speed = 3.3;
  clock.changeSpeed(-1);
  expect(clock.speed).toBe(2);
});
